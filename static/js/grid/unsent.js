// Rows that could not be saved are kept in this browser until they are, and stand in the grid again when it is opened.
(function () {
  "use strict";
  var grid = window.luoshiGrid;
  var drafts = window.luoshiDrafts;
  if (!grid || !drafts) return;

  function keyOf(row) { return "row-" + drafts.person + "-" + row.dataset.row; }
  grid.table.addEventListener("grid:failed", function (event) {
    var row = event.detail;
    if (!grid.isDirty(row)) return;
    var fields = Array.from(grid.body(row).entries());
    var content = drafts.contentOf(row.dataset.url, fields);
    drafts.keep({ key: keyOf(row), row: row.dataset.row, fields: fields, files: [], content: content, sent: drafts.keyFor(content) });
  });
  grid.table.addEventListener("grid:saved", function (event) {
    if (event.detail && !grid.isDirty(event.detail)) drafts.drop([keyOf(event.detail)]);
  });

  drafts.mine().then(function (found) {
    found.filter(function (draft) { return draft.row; }).forEach(function (draft) {
      var row = grid.table.querySelector('tr[data-row="' + draft.row + '"]');
      if (row) bring(row, draft);
    });
  });
  // What was typed stands in its cell again, over what the person saw then: if it was changed since, both are shown.
  // A cell that was not touched shows what the database holds now.
  function bring(row, draft) {
    var sent = {};
    draft.fields.forEach(function (entry) { sent[entry[0]] = entry[1]; });
    function isTouched(name) {
      var cell = /^(?:c|was|version)-(.+)$/.exec(name);
      if (cell) return sent["c-" + cell[1]] === undefined || sent["c-" + cell[1]].trim() !== sent["was-" + cell[1]];
      return !/^(note|note-was|about)$/.test(name) || sent.note.trim() !== sent["note-was"];
    }
    draft.fields.filter(function (entry) { return isTouched(entry[0]); }).forEach(function (entry) {
      var field = row.querySelector('[name="' + entry[0] + '"]');
      if (!field) return;
      field.value = entry[1];
      if (entry[0].indexOf("was-") === 0) row.querySelector('[name="c-' + entry[0].slice(4) + '"]').dataset.was = entry[1];
      if (entry[0] === "note-was") row.querySelector("[data-note]").dataset.was = entry[1];
    });
    drafts.bind(draft.content, draft.sent);
    grid.inputs(row).forEach(grid.mark);
    if (!grid.isDirty(row)) { drafts.drop([draft.key]); return; }
    grid.tell(row, grid.say.sayUnsent, "changed");
    grid.offer(row, grid.say.sayRetry, function () { grid.save(row); });
    grid.offer(row, grid.say.sayDiscard, function () {
      drafts.drop([draft.key]).then(function () {
        grid.inputs(row).forEach(function (input) { input.value = input.dataset.was === undefined ? input.value : input.dataset.was; });
        window.location.reload();
      });
    });
  }
})();
