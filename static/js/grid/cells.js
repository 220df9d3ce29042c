// The grid as the other modules see it: rows, cells, where the hand is, what was changed.
(function () {
  "use strict";
  var table = document.querySelector("[data-grid]");
  if (!table) return;
  var grid = { table: table, say: table.dataset };

  grid.rows = function () { return Array.prototype.slice.call(table.querySelectorAll("tbody tr")); };
  grid.inputs = function (row) { return Array.prototype.slice.call(row.querySelectorAll(".ginput")); };
  grid.rowOf = function (node) { return node.closest("tr[data-row]"); };
  grid.columnOf = function (input) { return input.closest("td").dataset.column; };
  grid.isCell = function (node) { return Boolean(node && node.classList && node.classList.contains("ginput")); };
  grid.find = function (row, column) { return row.querySelector('td[data-column="' + column + '"] .ginput'); };
  grid.hidden = function (row, name) { return row.querySelector('input[name="' + name + '"]'); };

  // The nearest cell up or down in the same column, over villages whom the task does not concern.
  grid.vertical = function (input, step) {
    var rows = grid.rows();
    var column = grid.columnOf(input);
    for (var at = rows.indexOf(grid.rowOf(input)) + step; at >= 0 && at < rows.length; at += step) {
      var found = grid.find(rows[at], column);
      if (found) return found;
    }
    return null;
  };
  // The next cell of the same row.
  grid.horizontal = function (input, step) {
    var all = grid.inputs(grid.rowOf(input));
    return all[all.indexOf(input) + step] || null;
  };
  grid.go = function (input) {
    if (!input) return false;
    input.focus();
    if (input.select) input.select();
    return true;
  };
  grid.changed = function (input) {
    if (input.hasAttribute("data-learned")) return false; // says nothing by itself
    return input.value.trim() !== input.dataset.was && input.value !== input.dataset.offered;
  };
  grid.isDirty = function (row) { return grid.inputs(row).some(grid.changed); };
  grid.mark = function (input) {
    input.closest("td").classList.toggle("g-changed", grid.changed(input));
  };
  // A stage is chosen by its number or its name; text boxes take the text.
  grid.put = function (input, text) {
    if (input.value === text) return;
    input.value = text;
    grid.mark(input);
    input.dispatchEvent(new Event("input", { bubbles: true }));
  };
  grid.title = function (column) {
    var head = table.querySelector('thead th[data-column="' + column + '"] a');
    return head ? head.textContent : "";
  };
  table.classList.add("grid-ready");
  grid.inputs(table).forEach(grid.mark);
  window.luoshiGrid = grid;
})();
