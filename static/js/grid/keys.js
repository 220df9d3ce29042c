// Keys as in a spreadsheet: arrows and Enter move (Tab does by itself), typing replaces, F2 edits, Esc takes back, Ctrl+Z undoes a save, Ctrl+Y does it again.
// While an input method composes (compositionstart to compositionend, keyCode 229) nothing moves.
(function () {
  "use strict";
  var grid = window.luoshiGrid;
  if (!grid) return;
  var editing = false;
  var before = "";
  grid.composing = false;

  function enter(input) {
    editing = false;
    before = input.value;
    if (input.select) input.select();
  }
  grid.table.addEventListener("focusin", function (event) { if (grid.isCell(event.target)) enter(event.target); });
  // The first click chooses a cell, the second edits it: sets the caret, or opens the list of stages. A finger edits at once.
  var fine = window.matchMedia("(pointer: fine)").matches;
  grid.table.addEventListener("mousedown", function (event) {
    if (!grid.isCell(event.target)) return;
    if (event.target === document.activeElement) { editing = true; return; }
    if (fine && event.target.tagName === "SELECT") { event.preventDefault(); event.target.focus(); }
  });
  grid.table.addEventListener("mouseup", function (event) {
    if (grid.isCell(event.target) && !editing) event.preventDefault(); // keeps the whole text chosen, so that typing replaces
  });
  grid.table.addEventListener("compositionstart", function () { grid.composing = true; });
  grid.table.addEventListener("compositionend", function () { grid.composing = false; editing = true; });
  grid.table.addEventListener("input", function (event) { if (grid.isCell(event.target)) editing = true; });

  function edit(input) {
    editing = true;
    if (input.setSelectionRange) input.setSelectionRange(input.value.length, input.value.length);
  }
  function takeBack(input) {
    if (input.value !== before) {
      input.value = before;
      input.dispatchEvent(new Event("input", { bubbles: true }));
    }
    enter(input);
  }
  function move(input, key) {
    if (key === "ArrowUp" || key === "ArrowDown") return grid.vertical(input, key === "ArrowUp" ? -1 : 1);
    return grid.horizontal(input, key === "ArrowLeft" ? -1 : 1);
  }
  function arrow(event, input) {
    var sideways = event.key === "ArrowLeft" || event.key === "ArrowRight";
    if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) {
      if (event.altKey && input.tagName === "SELECT") editing = true; // its list opens
      return;
    }
    if (editing && (sideways || input.tagName === "SELECT")) return;
    event.preventDefault();
    grid.go(move(input, event.key));
  }
  function confirmed(event, input) {
    event.preventDefault();
    var to = grid.vertical(input, event.shiftKey ? -1 : 1);
    if (to) grid.go(to); else { enter(input); if (grid.isDirty(grid.rowOf(input))) grid.save(grid.rowOf(input)); }
  }
  // Ctrl+Z takes back the last save, Ctrl+Y and Ctrl+Shift+Z do it again; in a row with unsaved text they edit the text.
  function stepped(event, row) {
    var key = event.key.toLowerCase();
    if (grid.isDirty(row) || (key !== "z" && key !== "y")) return;
    event.preventDefault();
    if (key === "z" && !event.shiftKey) grid.undo(row); else grid.redo(row);
  }
  grid.table.addEventListener("keydown", function (event) {
    var input = event.target;
    if (!grid.isCell(input) || event.isComposing || grid.composing || event.keyCode === 229) return;
    if (event.key.indexOf("Arrow") === 0) return arrow(event, input);
    if (event.key === "Enter") return confirmed(event, input);
    if (event.key === "Escape") return takeBack(input);
    if (event.key === "F2") { event.preventDefault(); return edit(input); }
    if (event.key === " " && input.tagName === "SELECT") editing = true;
    if ((event.ctrlKey || event.metaKey) && !event.altKey) stepped(event, grid.rowOf(input));
  });
})();
