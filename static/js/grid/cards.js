// On a phone one village at a time; everywhere the count of cells and the words to chase with follow what was saved.
(function () {
  "use strict";
  var grid = window.luoshiGrid;
  if (!grid) return;
  var rows = grid.rows();
  var now = 0;
  function show(at) {
    now = Math.max(0, Math.min(rows.length - 1, at));
    rows.forEach(function (row, place) { row.classList.toggle("grid-now", place === now); });
    var words = document.querySelector("[data-card-place]");
    if (words) words.textContent = (now + 1) + " / " + rows.length;
  }
  document.body.classList.add("grid-cards");
  document.addEventListener("click", function (event) {
    var button = event.target.closest ? event.target.closest("[data-card]") : null;
    if (!button) return;
    if (grid.isDirty(rows[now])) grid.save(rows[now]);
    show(now + Number(button.dataset.card));
    window.scrollTo(0, 0);
  });
  grid.table.addEventListener("focusin", function (event) {
    var at = rows.indexOf(grid.rowOf(event.target));
    if (at >= 0 && at !== now) show(at);
  });
  var first = rows.findIndex(function (row) { return row.dataset.chase; });
  show(first < 0 ? 0 : first);
  grid.table.addEventListener("grid:saved", function () {
    var missing = grid.table.querySelectorAll("td.g-miss").length;
    var all = grid.table.querySelectorAll("[data-cell]").length;
    var count = document.querySelector("[data-count]");
    if (count) count.textContent = grid.say.sayCount.replace("#", all - missing).replace("$", missing);
    var text = document.querySelector("[data-chase-text]");
    if (text) text.value = rows.map(function (row) { return row.dataset.chase; }).filter(Boolean).join("\n");
  });
})();
