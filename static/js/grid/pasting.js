// A block copied from Excel or WPS fills the cells from where the hand is; what cannot be read is shown first.
(function () {
  "use strict";
  var grid = window.luoshiGrid;
  if (!grid) return;
  var preview = document.querySelector("[data-preview]");
  var waiting = null;
  var sent = null; // what was pasted last, to be read again with what was chosen

  var SHEET = /urn:schemas-microsoft-com:office:(excel|spreadsheet)|content="?(Excel|ET)\.|google-sheets|LibreOffice|Kingsoft/i;
  var MOST = 300; // lines and columns that one merged cell is taken for
  // More than one cell: text beyond the break that ends the only line.
  function several(text) { return /[\t\r\n]/.test(text.replace(/(\r\n|\r|\n)$/, "")); }
  function words(cell) {
    Array.prototype.forEach.call(cell.querySelectorAll("br, p + p, div + div"), function (node) {
      node.parentNode.insertBefore(document.createTextNode("\u0001"), node);
    });
    return cell.textContent.replace(/\s+/g, " ").replace(/ ?\u0001 ?/g, "\n").trim();
  }
  function isHidden(node) { return node.hidden || /display\s*:\s*none/i.test(node.getAttribute("data-style") || ""); }
  // Styles are put aside before they are parsed: the page's policy forbids them, even where they are never shown.
  function unstyled(html) {
    return html.replace(/<[^<>]*>/g, function (tag) {
      return tag.replace(/^<(\/?)style/i, "<$1x-style").replace(/(["'\s])style\s*=/gi, "$1 data-style=");
    });
  }
  // A table as HTML, with a blank for every further place of a merged cell; nothing of it is run or loaded.
  function table(html) {
    var found = new DOMParser().parseFromString(unstyled(html), "text/html").querySelector("table");
    if (!found) return null;
    var read = { cells: [], hidden: "", merged: "", apart: "" };
    if (Array.prototype.some.call(found.querySelectorAll("col, td, th"), isHidden)) read.apart = "yes"; // a hidden column
    var taken = [];
    Array.prototype.forEach.call(found.rows, function (row, down) {
      var line = taken[down] = taken[down] || [];
      Array.prototype.forEach.call(row.cells, function (cell) {
        var at = 0;
        while (line[at] !== undefined) at += 1;
        if (cell.rowSpan > 1 || cell.colSpan > 1) read.merged = "yes";
        for (var low = 0; low < Math.min(cell.rowSpan || 1, MOST); low += 1) {
          var own = taken[down + low] = taken[down + low] || [];
          for (var right = 0; right < Math.min(cell.colSpan, MOST); right += 1) own[at + right] = "";
        }
        line[at] = words(cell);
      });
      if (isHidden(row)) read.hidden = "yes"; else read.cells.push(Array.prototype.map.call(line, function (text) { return text || ""; }));
    });
    return read;
  }
  // What a spreadsheet writes as text is exact; a table of a page or a document is exact as HTML alone.
  function block(data, single) {
    var text = data.getData("text/plain").replace(/[\v\f]/g, "\u2028"); // a break within a cell, as a document writes it
    var html = data.getData("text/html");
    var read = html && html.indexOf("<table") >= 0 ? table(html) : null;
    var many = read && (read.cells.length > 1 || (read.cells.length === 1 && read.cells[0].length > 1));
    if (many && (!text || !SHEET.test(html))) return { block: JSON.stringify(read.cells), merged: read.merged, apart: read.apart };
    if (!several(text) && !single) return null;
    return { text: text, hidden: read ? read.hidden : "", merged: read ? read.merged : "", apart: read ? read.apart : "" };
  }
  function shown(row) { return row.offsetParent !== null; }
  document.addEventListener("paste", function (event) {
    var input = document.activeElement;
    if (!grid.isCell(input) || !event.clipboardData) return;
    var found = block(event.clipboardData, input.tagName === "SELECT");
    if (!found) return;
    event.preventDefault();
    var row = grid.rowOf(input);
    var data = new URLSearchParams(new FormData(document.getElementById("row-" + row.dataset.row)));
    Object.keys(found).forEach(function (name) { if (found[name]) data.append(name, found[name]); });
    data.append("place", row.dataset.row);
    data.append("column", grid.columnOf(input));
    data.append("places", grid.rows().filter(shown).map(function (one) { return one.dataset.row; }).join(","));
    sent = data;
    read();
  });
  function read() {
    grid.fetchJson(grid.table.dataset.block, sent).then(take, function () {
      take({ fill: [], faults: [grid.say.sayUnpasted], title: "", asked: {}, far: {}, chosen: {} });
    });
  }
  // What a heading or a line means is chosen here, and the block read again with it.
  function choice(answer, fault) {
    var name = answer.asked[fault];
    var select = document.createElement("select");
    select.className = "form-select form-select-sm d-inline-block w-auto ms-2";
    select.setAttribute("aria-label", fault);
    select.add(new Option(grid.say.sayChoose, "?"));
    answer.options[name.split("-")[0]].forEach(function (one) { select.add(new Option(one[1], one[0])); });
    select.add(new Option(grid.say.sayLeft, ""));
    select.addEventListener("change", function () {
      if (select.value === "?") return;
      answer.chosen[name] = select.value;
      sent.set("chosen", JSON.stringify(answer.chosen));
      read();
    });
    return select;
  }
  function right(answer, fault, line) {
    var made = document.createElement("button");
    made.type = "button";
    made.className = "btn btn-link btn-sm p-0 ms-2";
    made.textContent = grid.say.sayRight;
    made.addEventListener("click", function () {
      waiting.push(answer.far[fault]);
      line.remove();
      preview.querySelector("[data-preview-fill]").hidden = false;
      preview.querySelector("[data-preview-fill]").focus();
    });
    return made;
  }
  function fill(cells) {
    var rows = [];
    cells.forEach(function (cell) {
      var row = grid.table.querySelector('tr[data-row="' + cell.place + '"]');
      var input = row && grid.find(row, cell.column);
      if (!input) return;
      grid.put(input, cell.text);
      if (cell.sure) grid.sure(row, input);
      if (rows.indexOf(row) < 0) rows.push(row);
    });
    grid.saveTogether(rows.filter(grid.isDirty));
  }
  function take(answer) {
    if (!answer.faults.length) { preview.hidden = true; waiting = null; fill(answer.fill); return; }
    waiting = answer.fill;
    preview.hidden = false;
    preview.querySelector("[data-preview-title]").textContent = answer.title;
    var list = preview.querySelector("[data-preview-faults]");
    list.textContent = "";
    answer.faults.forEach(function (fault) {
      var line = document.createElement("li");
      line.textContent = fault;
      if (answer.asked[fault]) line.appendChild(choice(answer, fault));
      if (answer.far[fault]) line.appendChild(right(answer, fault, line));
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
