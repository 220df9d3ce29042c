// Each row saves by itself and says so; what could not be saved stays, is tried again, and nothing typed is lost.
(function () {
  "use strict";
  var grid = window.luoshiGrid;
  var drafts = window.luoshiDrafts;
  if (!grid) return;
  var AT_ONCE = 3; // rows on their way at the same time
  var AGAIN = 8000; // milliseconds until a failed save is tried again
  var REST = 4000; // milliseconds without a key after which the row under the hand is saved
  var queue = [];
  var sending = 0;
  var timers = {};

  grid.tell = say;
  grid.offer = button;
  function state(row) { return row.querySelector("[data-said]"); }
  function say(row, text, kind) {
    var box = state(row);
    box.textContent = "";
    if (kind === "saved") {
      var tick = document.createElement("i");
      tick.className = "bi bi-check2 text-success";
      tick.setAttribute("aria-hidden", "true");
      box.appendChild(tick);
    }
    var words = document.createElement("span");
    words.textContent = kind === "saved" ? " " + text : text;
    if (kind === "bad") words.className = "gfault";
    box.appendChild(words);
    row.dataset.state = kind || "";
  }
  function button(row, text, act) {
    var made = document.createElement("button");
    made.type = "button";
    made.className = "btn btn-link btn-sm p-0 ms-2";
    made.tabIndex = -1;
    made.textContent = text;
    made.addEventListener("click", act);
    state(row).appendChild(made);
  }
  function body(row) {
    var data = new URLSearchParams(new FormData(document.getElementById("row-" + row.dataset.row)));
    data.delete("csrfmiddlewaretoken"); // the cookie's own goes along with each request
    data.delete(drafts.FIELD);
    return data;
  }
  grid.body = body;
  // What a cell says now is right; another text is asked about again.
  grid.sure = function (row, input) {
    var name = "sure-" + input.dataset.cell;
    var field = grid.hidden(row, name) || document.createElement("input");
    field.type = "hidden";
    field.name = name;
    field.setAttribute("form", "row-" + row.dataset.row);
    field.value = input.value;
    if (!field.parentNode) input.closest("td").appendChild(field);
  };
  // The same content goes under the same key until it is answered: what arrived although the answer did not is saved once.
  function fetchJson(url, data) {
    var content = drafts.contentOf(url, Array.from(data.entries()));
    var headers = { Accept: "application/json", "X-CSRFToken": drafts.token(), "Idempotency-Key": drafts.keyFor(content) };
    return fetch(url, { method: "POST", body: data, credentials: "same-origin", headers: headers }).then(function (answer) {
      var kind = answer.headers.get("Content-Type") || "";
      if (answer.redirected || (answer.status === 403 && kind.indexOf("json") < 0)) throw new Error("signed-out");
      if (kind.indexOf("json") < 0) throw new Error("failed");
      return answer.json().then(function (said) {
        if (!answer.ok) throw Object.assign(new Error("refused"), { said: said.said });
        drafts.settled(content);
        return said;
      });
    }, function () { throw new Error("offline"); });
  }
  grid.fetchJson = fetchJson;

  // Save a row: at once when a place is free, else as soon as one is.
  grid.save = function (row) {
    window.clearTimeout(timers[row.dataset.row]);
    if (row.dataset.sending) { row.dataset.again = "yes"; return; }
    if (queue.indexOf(row) < 0) queue.push(row);
    next();
  };
  function next() {
    while (sending < AT_ONCE && queue.length) send(queue.shift());
  }
  function send(row) {
    var sent = {};
    grid.inputs(row).forEach(function (input) { sent[input.name] = input.value; });
    row.dataset.sending = "yes";
    sending += 1;
    say(row, grid.say.saySaving);
    fetchJson(row.dataset.url, body(row)).then(function (answer) {
      take(row, answer, sent);
    }, function (fault) {
      failed(row, fault);
    }).then(function () {
      delete row.dataset.sending;
      sending -= 1;
      if (row.dataset.again) { delete row.dataset.again; if (grid.isDirty(row)) grid.save(row); }
      next();
    });
  }
  // The rows that a pasted block filled go together, and are one save to undo.
  grid.saveTogether = function (rows) {
    if (rows.length < 2) { rows.forEach(grid.save); return; }
    var all = {};
    var sent = {};
    rows.forEach(function (row) {
      window.clearTimeout(timers[row.dataset.row]);
      var place = row.dataset.row;
      all[place] = {};
      body(row).forEach(function (value, name) { all[place][name] = value; });
      sent[place] = all[place];
      row.dataset.sending = "yes";
      say(row, grid.say.saySaving);
    });
    var data = new URLSearchParams();
    data.append("tasks", grid.table.dataset.tasks);
    data.append("rows", JSON.stringify(all));
    fetchJson(grid.table.dataset.rows, data).then(function (answer) {
      rows.forEach(function (row) {
        delete row.dataset.sending;
        var own = answer.rows[row.dataset.row];
        if (own) take(row, own, sent[row.dataset.row]); else failed(row, new Error("failed"));
      });
    }, function (fault) {
      rows.forEach(function (row) { delete row.dataset.sending; failed(row, fault, rows); });
    }).then(function () {
      rows.forEach(function (row) { if (row.dataset.again) { delete row.dataset.again; if (grid.isDirty(row)) grid.save(row); } });
    });
  };
  // What failed together is tried again together, for it may have arrived; each row is kept in this browser meanwhile.
  function failed(row, fault, together) {
    var words = { offline: grid.say.sayOffline, "signed-out": grid.say.saySignedOut, refused: fault.said }[fault.message] || grid.say.sayFailed;
    function again() { if (together) againTogether(together); else grid.save(row); }
    say(row, words, "bad");
    button(row, grid.say.sayRetry, again);
    if (!together || together[0] === row) timers[row.dataset.row] = window.setTimeout(again, AGAIN);
    grid.table.dispatchEvent(new CustomEvent("grid:failed", { detail: row }));
  }
  function againTogether(rows) {
    rows.forEach(function (row) { window.clearTimeout(timers[row.dataset.row]); });
    var left = rows.filter(function (row) { return grid.isDirty(row) && !row.dataset.sending; });
    if (left.length) grid.saveTogether(left);
  }
  // What the server holds now becomes what stood there before; what was typed meanwhile stays typed.
  function take(row, answer, sent) {
    var left = {};
    answer.clashes.forEach(function (clash) { left[clash.key] = true; });
    Object.keys(answer.refused).forEach(function (key) { left[key] = true; });
    Object.keys(answer.cells).forEach(function (key) {
      if (!left[key]) settle(row, key, answer.cells[key], sent);
    });
    var note = row.querySelector("[data-note]");
    if (sent && !answer.unkept && note.value === sent[note.name]) {
      note.dataset.was = note.value.trim();
      grid.hidden(row, "note-was").value = note.dataset.was;
      grid.mark(note);
    }
    row.dataset.chase = answer.chase;
    grid.inputs(row).forEach(function (input) {
      var reason = answer.refused[input.dataset.cell];
      input.closest("td").classList.toggle("g-bad", Boolean(reason));
      input.setAttribute("aria-invalid", reason ? "true" : "false");
    });
    note.closest("td").classList.toggle("g-bad", Boolean(answer.unkept));
    note.setAttribute("aria-invalid", answer.unkept ? "true" : "false");
    tell(row, answer);
    grid.table.dispatchEvent(new CustomEvent("grid:saved", { detail: row }));
  }
  function settle(row, key, cell, sent) {
    var input = row.querySelector('[data-cell="' + key + '"]');
    if (!input) return;
    if (!sent || input.value === sent[input.name]) {
      if (input.tagName === "SELECT" && cell.text === "" && !input.querySelector('option[value=""]')) input.add(new Option("", ""), 0);
      input.value = cell.text;
    }
    input.dataset.was = cell.text;
    delete input.dataset.offered;
    grid.hidden(row, "was-" + key).value = cell.text;
    grid.hidden(row, "version-" + key).value = cell.version;
    var td = input.closest("td");
    td.classList.toggle("g-miss", cell.missing);
    td.classList.toggle("g-late", cell.tone === "late");
    td.classList.toggle("g-lag", cell.tone === "lag");
    td.querySelector("[data-why]").textContent = cell.why;
    grid.mark(input);
  }
  function tell(row, answer) {
    var faults = Object.keys(answer.refused);
    if (answer.clashes.length) {
      say(row, grid.say.sayClash, "clash");
      answer.clashes.forEach(function (clash) { show(clash); });
    } else if (answer.saved) {
      say(row, answer.saved + " " + grid.say.saySaved, "saved");
    } else if (answer.said) {
      say(row, answer.said, "saved");
    } else if (!faults.length && !answer.unkept) {
      say(row, grid.say.saySaved, "saved");
    }
    faults.forEach(function (key) {
      if (!answer.saved && faults[0] === key && !answer.clashes.length) say(row, "", "bad");
      var input = row.querySelector('[data-cell="' + key + '"]');
      var words = document.createElement("span");
      words.className = "gfault";
      words.textContent = grid.title(grid.columnOf(input)) + ": " + answer.refused[key];
      state(row).appendChild(words);
      if ((answer.asked || []).indexOf(key) >= 0) button(row, grid.say.sayRight, function () { grid.sure(row, input); grid.save(row); });
    });
    if (answer.unkept) {
      if (!answer.saved && !faults.length && !answer.clashes.length) say(row, "", "bad");
      var unkept = document.createElement("span");
      unkept.className = "gfault";
      unkept.textContent = answer.unkept;
      state(row).appendChild(unkept);
    }
    if (answer.set) button(row, grid.say.sayUndo, function () { grid.undo(row, answer.set); });
  }
  function show(clash) {
    var place = document.querySelector("[data-clashes]");
    var old = place.querySelector('[data-clash="' + clash.key + '"]');
    if (old) old.remove();
    place.insertAdjacentHTML("beforeend", clash.html);
  }
  // One of two values is chosen: theirs is taken as it stands, mine is saved over it knowingly.
  document.addEventListener("click", function (event) {
    var chosen = event.target.closest ? event.target.closest("[data-clash] [data-use]") : null;
    if (!chosen) return;
    var panel = chosen.closest("[data-clash]");
    var row = grid.table.querySelector('tr[data-row="' + panel.dataset.place + '"]');
    var input = row && row.querySelector('[data-cell="' + panel.dataset.clash + '"]');
    if (!input) return; // without the row the form does it
    event.preventDefault();
    input.dataset.was = panel.dataset.was;
    grid.hidden(row, "was-" + panel.dataset.clash).value = panel.dataset.was;
    grid.hidden(row, "version-" + panel.dataset.clash).value = panel.dataset.version;
    if (chosen.dataset.use === "theirs") input.value = panel.dataset.was;
    grid.mark(input);
    panel.remove();
    grid.go(input);
    if (grid.isDirty(row)) grid.save(row); else say(row, grid.say.saySaved, "saved");
  });

  grid.take = take; // for what goes back through the saves
  grid.isBusy = function () { return sending > 0 || queue.length > 0 || grid.rows().some(function (row) { return row.dataset.sending; }); };

  // When a row is saved: the hand leaves it, rests, or the window is left.
  grid.table.addEventListener("focusout", function (event) {
    var row = grid.rowOf(event.target);
    var to = event.relatedTarget && grid.table.contains(event.relatedTarget) ? grid.rowOf(event.relatedTarget) : null;
    if (row && row !== to && grid.isDirty(row)) grid.save(row);
  });
  grid.table.addEventListener("input", function (event) {
    if (!grid.isCell(event.target)) return;
    var row = grid.rowOf(event.target);
    grid.mark(event.target);
    if (speaks(event.target)) about(row, event.target);
    if (!grid.isDirty(row)) return;
    say(row, grid.say.sayChanged, "changed");
    window.clearTimeout(timers[row.dataset.row]);
    timers[row.dataset.row] = window.setTimeout(function () { if (!grid.composing && grid.isDirty(row)) grid.save(row); }, REST);
  });
  grid.table.addEventListener("submit", function (event) {
    event.preventDefault();
    grid.save(grid.rowOf(event.target));
  });
  document.addEventListener("visibilitychange", function () {
    if (document.visibilityState === "hidden") grid.rows().filter(grid.isDirty).forEach(grid.save);
  });
  window.addEventListener("online", function () { grid.rows().filter(grid.isDirty).forEach(grid.save); });
  window.addEventListener("beforeunload", function (event) {
    if (!grid.rows().some(function (row) { return grid.isDirty(row) || row.dataset.sending; })) return;
    event.preventDefault();
    event.returnValue = grid.say.sayLeave;
  });
  // The note of a row is about the matter last touched in it, and says so.
  function about(row, input) {
    var field = grid.hidden(row, "about");
    if (field) { field.value = input.dataset.cell; field.removeAttribute("data-first"); }
    name(row);
  }
  // A matter told in words has its own: a remark is about figures and stages.
  function speaks(input) { return Boolean(input.dataset.cell) && (input.tagName === "SELECT" || input.classList.contains("num")); }
  function name(row) {
    var field = grid.hidden(row, "about");
    var input = field && field.value ? row.querySelector('[data-cell="' + field.value + '"]') : null;
    var words = row.querySelector("[data-about-words]");
    if (words) words.textContent = input && row.querySelector("[data-note]").value ? grid.say.sayAbout + " " + grid.title(grid.columnOf(input)) : "";
  }
  grid.table.addEventListener("focusin", function (event) {
    if (!grid.isCell(event.target)) return;
    var row = grid.rowOf(event.target);
    var field = grid.hidden(row, "about");
    if (speaks(event.target) && field && (!field.value || field.hasAttribute("data-first"))) about(row, event.target);
  });
  grid.table.addEventListener("input", function (event) { if (event.target.hasAttribute("data-note")) name(grid.rowOf(event.target)); });
  grid.rows().forEach(function (row) { if (row.querySelector("[data-note]")) name(row); });
})();
