// Reads scripts named on the command line and prints, as JSON, what in them Chromium 87 does not have:
// {file: ["line: what", …]}. Syntax by parsing as ES2020; calls of newer library functions by their names.
"use strict";
const fs = require("fs");
const path = require("path");
const modules = path.join(__dirname, "..", "..", "node_modules");
const acorn = require(path.join(modules, "acorn"));
const walk = require(path.join(modules, "acorn-walk"));

const METHODS = new Set([
  "at", "findLast", "findLastIndex", "toSorted", "toReversed", "toSpliced", "with", "isWellFormed",
  "toWellFormed", "checkVisibility", "showPopover", "hidePopover", "togglePopover", "startViewTransition", "setHTML",
  "setHTMLUnsafe", "getHTML", "showPicker", "isSubsetOf", "intersection", "union", "difference",
]);
const GLOBALS = new Set(["structuredClone", "reportError", "Iterator", "Temporal", "URLPattern", "CompressionStream",
  "EyeDropper", "Highlight", "Sanitizer", "navigation", "scheduler", "cookieStore", "Float16Array"]);
const STATICS = new Set(["Object.hasOwn", "Object.groupBy", "Map.groupBy", "Array.fromAsync", "Promise.withResolvers",
  "Promise.try", "AbortSignal.timeout", "AbortSignal.any", "URL.canParse", "URL.parse", "crypto.randomUUID",
  "Response.json", "RegExp.escape", "Intl.supportedValuesOf"]);

function faults(text) {
  let tree;
  try {
    tree = acorn.parse(text, { ecmaVersion: 2020, sourceType: "script", locations: true });
  } catch (error) {
    return [`${error.loc ? error.loc.line : 0}: ${error.message}`];
  }
  const found = [];
  walk.simple(tree, {
    CallExpression(node) {
      const callee = node.callee;
      if (callee.type === "MemberExpression" && !callee.computed) {
        const name = callee.property.name;
        if (METHODS.has(name)) found.push(`${node.loc.start.line}: .${name}()`);
        if (callee.object.type === "Identifier" && STATICS.has(`${callee.object.name}.${name}`)) {
          found.push(`${node.loc.start.line}: ${callee.object.name}.${name}()`);
        }
      }
      if (callee.type === "Identifier" && GLOBALS.has(callee.name)) found.push(`${node.loc.start.line}: ${callee.name}()`);
    },
    NewExpression(node) {
      if (node.callee.type === "Identifier" && GLOBALS.has(node.callee.name)) {
        found.push(`${node.loc.start.line}: new ${node.callee.name}`);
      }
    },
  });
  return found;
}

const answer = {};
for (const file of process.argv.slice(2)) answer[file] = faults(fs.readFileSync(file, "utf8"));
process.stdout.write(JSON.stringify(answer));
