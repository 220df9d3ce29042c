// A block copied from Excel or WPS fills the cells from where the hand is; what cannot be read is shown first.
(function () {
  "use strict";
  var grid = window.luoshiGrid;
  if (!grid) return;
  var preview = document.querySelector("[data-preview]");
  var waiting = null;

  function lines(text) { return text.replace(/\r\n?/g, "\n").replace(/\n$/, "").split("\n").map(function (line) { return line.split("\t"); }); }
  // The table of a spreadsheet as HTML, for those that send no tabs; nothing of it is run or loaded.
  function table(html) {
    var found = new DOMParser().parseFromString(html, "text/html").querySelector("table");
    if (!found) return null;
    return Array.prototype.map.call(found.rows, function (row) {
      return Array.prototype.map.call(row.cells, function (cell) { return cell.textContent.replace(/\s+/g, " ").trim(); });
    });
  }
  function block(data) {
    var text = data.getData("text/plain");
    var html = data.getData("text/html");
    if (text.indexOf("\t") < 0 && html && html.indexOf("<table") >= 0) return table(html) || lines(text);
    return text.indexOf("\t") >= 0 || text.trim().indexOf("\n") >= 0 ? lines(text) : null;
  }
  function shown(row) { return row.offsetParent !== null; }
  document.addEventListener("paste", function (event) {
    var input = document.activeElement;
    if (!grid.isCell(input) || !event.clipboardData) return;
    var found = block(event.clipboardData);
    if (!found) {
      if (input.tagName !== "SELECT") return;
      found = lines(event.clipboardData.getData("text/plain"));
    }
    event.preventDefault();
    var row = grid.rowOf(input);
    var data = new URLSearchParams(new FormData(document.getElementById("row-" + row.dataset.row)));
    data.append("block", JSON.stringify(found));
    data.append("place", row.dataset.row);
    data.append("column", grid.columnOf(input));
    data.append("places", grid.rows().filter(shown).map(function (one) { return one.dataset.row; }).join(","));
    grid.fetchJson(grid.table.dataset.block, data).then(take, function () {
      take({ fill: [], faults: [grid.say.sayFailed], title: "" });
    });
  });
  function fill(cells) {
    var rows = [];
    cells.forEach(function (cell) {
      var row = grid.table.querySelector('tr[data-row="' + cell.place + '"]');
      var input = row && grid.find(row, cell.column);
      if (!input) return;
      grid.put(input, cell.text);
      if (rows.indexOf(row) < 0) rows.push(row);
    });
    grid.saveTogether(rows.filter(grid.isDirty));
  }
  function take(answer) {
    if (!answer.faults.length) { fill(answer.fill); return; }
    waiting = answer.fill;
    preview.hidden = false;
    preview.querySelector("[data-preview-title]").textContent = answer.title;
    var list = preview.querySelector("[data-preview-faults]");
    list.textContent = "";
    answer.faults.forEach(function (fault) {
      var line = document.createElement("li");
      line.textContent = fault;
      list.appendChild(line);
    });
    preview.querySelector("[data-preview-fill]").hidden = !answer.fill.length;
    preview.querySelector(answer.fill.length ? "[data-preview-fill]" : "[data-preview-drop]").focus();
  }
  document.addEventListener("click", function (event) {
    var chosen = event.target.closest ? event.target.closest("[data-preview-fill], [data-preview-drop]") : null;
    if (!chosen) return;
    if (chosen.hasAttribute("data-preview-fill") && waiting) fill(waiting);
    waiting = null;
    preview.hidden = true;
  });
})();
