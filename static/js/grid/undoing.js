// Steps back through one's own saves of today, and forth again: the server knows them, the screen shows all their rows.
(function () {
  "use strict";
  var grid = window.luoshiGrid;
  if (!grid) return;
  var SOON = 120; // milliseconds until it is looked again whether the rows on their way have arrived
  var steps = Promise.resolve(); // one after the other, however fast the keys come

  function settled() {
    return new Promise(function (resolve) {
      (function look() { if (grid.isBusy()) window.setTimeout(look, SOON); else resolve(); })();
    });
  }
  // What was typed and not saved yet stays typed; all else shows what the database holds.
  function clean(row) {
    var values = {};
    grid.inputs(row).forEach(function (input) { if (!grid.changed(input)) values[input.name] = input.value; });
    return values;
  }
  function show(row, answer) {
    var before = clean(row);
    var note = row.querySelector("[data-note]");
    var keepsNote = note && grid.changed(note);
    grid.take(row, answer, before);
    if (!note || keepsNote) return;
    note.value = note.dataset.was = answer.note;
    grid.hidden(row, "note-was").value = answer.note;
    grid.hidden(row, "about").value = answer.about === null ? "" : answer.about;
    grid.mark(note);
  }
  function step(row, again, set) {
    var data = new URLSearchParams(new FormData(document.getElementById("row-" + row.dataset.row)));
    data.append("places", grid.rows().map(function (one) { return one.dataset.row; }).join(","));
    if (again) data.append("again", "1");
    if (set) data.append("set", set);
    return grid.fetchJson(grid.table.dataset.back, data).then(function (answer) {
      var places = Object.keys(answer.rows);
      places.forEach(function (place) {
        var found = grid.table.querySelector('tr[data-row="' + place + '"]');
        if (found) show(found, answer.rows[place]);
      });
      if (!places.length) grid.tell(row, answer.said);
    }, function (fault) {
      grid.tell(row, { offline: grid.say.sayOffline, "signed-out": grid.say.saySignedOut }[fault.message] || grid.say.sayFailed, "bad");
    });
  }
  function queue(row, again, set) {
    steps = steps.then(settled).then(function () { return step(row, again, set); });
  }
  grid.undo = function (row, set) { queue(row, false, set); }; // the last save, or the one that is named
  grid.redo = function (row) { queue(row, true); };
})();
