// Every form sent by POST: its key, the token of the hour, a draft until it arrived, and filled in again if it did not.
(function () {
  "use strict";
  var drafts = window.luoshiDrafts;
  var PATIENCE = 4000; // milliseconds the store is given before the form goes without a draft
  var FRESH = 60000; // milliseconds in which a form on its way elsewhere is not spoken of
  var words = document.querySelector("[data-drafts]");
  var say = words ? words.dataset : {};

  function address(form, button) {
    var action = (button && button.getAttribute("formaction")) || form.getAttribute("action") || window.location.href;
    var url = new URL(action, window.location.href);
    return url.pathname + url.search;
  }
  function isOurs(form) {
    return drafts.person && (form.getAttribute("method") || "").toLowerCase() === "post" && !form.hasAttribute("data-unkept") &&
      !form.querySelector("input[type=password]");
  }
  function controls(form) {
    return Array.prototype.filter.call(form.elements, function (one) {
      return one.name && !one.disabled && !/^(hidden|submit|button|image|reset)$/.test(one.type) && one.tagName !== "FIELDSET";
    });
  }
  function hidden(form) {
    return Array.prototype.filter.call(form.elements, function (one) {
      return one.type === "hidden" && drafts.isContent([one.name]) && one.name;
    });
  }
  function entries(form, button) {
    var found = Array.from(new FormData(form).entries()).filter(function (entry) {
      return drafts.isContent(entry) && (typeof entry[1] === "string" || entry[1].name);
    });
    return button && button.name ? found.concat([[button.name, button.value]]) : found;
  }
  function alike(form) {
    return Array.prototype.filter.call(document.forms, function (one) { return isOurs(one) && address(one) === address(form); });
  }
  function draftOf(form, button, key) {
    var all = entries(form, null);
    return {
      key: key,
      content: drafts.contentOf(address(form, button), entries(form, button)),
      place: { address: address(form), nth: alike(form).indexOf(form), hidden: hidden(form).map(function (one) { return [one.name, one.value]; }) },
      fields: all.filter(function (entry) { return typeof entry[1] === "string"; }),
      files: all.filter(function (entry) { return typeof entry[1] !== "string"; }),
    };
  }
  function put(form, name, value) {
    var field = form.querySelector('input[type=hidden][name="' + name + '"]');
    if (!field) {
      field = document.createElement("input");
      field.type = "hidden";
      field.name = name;
      form.appendChild(field);
    }
    field.value = value;
  }
  function keep(form, button, key) {
    var old = form.dataset.draft;
    form.dataset.draft = key;
    return drafts.keep(draftOf(form, button, key)).then(function (kept) {
      return (kept && old && old !== key ? drafts.drop([old]) : Promise.resolve()).then(function () { return kept; });
    });
  }
  function patiently(promise) {
    return Promise.race([promise, new Promise(function (done) { window.setTimeout(done, PATIENCE); })]);
  }

  // A form is kept first and sent then; whoever presses again meanwhile sends nothing more.
  document.addEventListener("submit", function (event) {
    var form = event.target, button = event.submitter || null;
    if (event.defaultPrevented || !isOurs(form)) return;
    if (form.dataset.keeping) { event.preventDefault(); return; }
    if (drafts.token()) put(form, "csrfmiddlewaretoken", drafts.token());
    if (form.dataset.kept) { delete form.dataset.kept; return; }
    var key = drafts.keyFor(drafts.contentOf(address(form, button), entries(form, button)));
    put(form, drafts.FIELD, key);
    if (form.hasAttribute("data-sign-out")) { event.preventDefault(); signOut(form); return; }
    if (!controls(form).length) return;
    event.preventDefault();
    form.dataset.keeping = "yes";
    patiently(keep(form, button, key)).then(function () { send(form, button); });
  });
  function send(form, button) {
    delete form.dataset.keeping;
    form.dataset.kept = "yes";
    form.requestSubmit(button || undefined);
    delete form.dataset.kept; // a check of the browser's own may have held it back
  }
  // Who signs out takes what was not sent along, after being asked.
  function signOut(form) {
    drafts.mine().then(function (found) {
      if (found.length && !window.confirm(say.sayLeave.replace("#", found.length))) return;
      drafts.drop(found.map(function (draft) { return draft.key; })).then(function () { send(form, null); });
    });
  }

  // htmx: the token and the key at each request; when it leads to the sign-in page, what was typed is kept first.
  document.addEventListener("htmx:configRequest", function (event) {
    var asked = event.detail;
    asked.headers["X-CSRFToken"] = drafts.token();
    if (asked.verb === "get" || !drafts.person) return;
    asked.parameters.csrfmiddlewaretoken = drafts.token();
    asked.luoshiContent = drafts.contentOf(asked.path, Array.from(asked.formData.entries()));
    asked.headers["Idempotency-Key"] = drafts.keyFor(asked.luoshiContent);
  });
  document.addEventListener("htmx:afterRequest", function (event) {
    var content = event.detail.requestConfig.luoshiContent;
    if (content && event.detail.successful) drafts.settled(content);
  });
  // A fragment that is refused says so on the page, in the words of the page it would have been.
  function refused(event) {
    var page = new DOMParser().parseFromString(event.detail.xhr.responseText || "", "text/html");
    var why = Array.from(page.querySelectorAll("#content h1, #content p:not([hidden])"), function (one) { return one.textContent.trim(); });
    var old = document.querySelector("[data-refused]");
    if (old) old.remove();
    var box = line("div", why.join(" ") || say.sayFailed);
    box.className = "alert alert-danger";
    box.setAttribute("role", "alert");
    box.dataset.refused = "";
    document.getElementById("content").prepend(box);
    box.scrollIntoView({ block: "center" });
  }
  document.addEventListener("htmx:responseError", refused);
  document.addEventListener("htmx:sendError", refused);
  document.addEventListener("htmx:beforeOnLoad", function (event) {
    var onward = event.detail.xhr.getResponseHeader("HX-Redirect") || "";
    if (onward.indexOf(document.body.dataset.signIn) !== 0) return;
    event.preventDefault();
    var typed = Array.prototype.filter.call(document.forms, function (form) { return isOurs(form) && isChanged(form); });
    patiently(Promise.all(typed.map(function (form) {
      var key = drafts.newKey();
      return keep(form, null, key).then(function (kept) { return kept ? key : ""; });
    }))).then(function (kept) {
      var key = (kept || []).find(Boolean);
      var url = new URL(onward, window.location.href);
      if (key) { url.searchParams.set("lost", key); url.searchParams.set("next", drafts.url); }
      window.location.assign(url.href);
    });
  });
  function isChanged(form) {
    return controls(form).some(function (one) {
      if (one.type === "checkbox" || one.type === "radio") return one.checked !== one.defaultChecked;
      if (one.options) return isChosen(one);
      return one.type === "file" ? one.files.length > 0 : one.value !== one.defaultValue;
    });
  }
  function isChosen(list) {
    var options = Array.prototype.slice.call(list.options);
    var asked = options.some(function (one) { return one.defaultSelected; });
    return options.some(function (one, at) {
      return one.selected !== (asked || list.multiple ? one.defaultSelected : at === 0);
    });
  }

  // Filling in again: the same form of the page, recognised by where it goes, what it asks and what it holds unseen.
  function formOf(draft) {
    var names = draft.fields.concat(draft.files).map(function (entry) { return entry[0]; });
    var found = Array.prototype.filter.call(document.forms, function (form) {
      return isOurs(form) && address(form) === draft.place.address && controls(form).some(function (one) {
        return names.indexOf(one.name) >= 0;
      });
    });
    if (found.length < 2) return found[0];
    // Of several alike the one that holds most of the same unseen: what tells the time differs, what tells the row does not.
    var wanted = draft.place.hidden.map(function (entry) { return JSON.stringify(entry); });
    var same = found.map(function (form) {
      return hidden(form).filter(function (one) { return wanted.indexOf(JSON.stringify([one.name, one.value])) >= 0; }).length;
    });
    var most = Math.max.apply(null, same);
    var first = same.indexOf(most);
    return most === wanted.length || first === same.lastIndexOf(most) ? found[first] : undefined;
  }
  // Gives what could not be put back of what a person fills in, as pairs of name and text.
  function fill(form, draft) {
    var waiting = {}, touched = [];
    draft.fields.forEach(function (entry) { (waiting[entry[0]] = waiting[entry[0]] || []).push(entry[1]); });
    hidden(form).forEach(function (one) { if ((waiting[one.name] || []).length) one.value = waiting[one.name].shift(); });
    controls(form).forEach(function (one) { if (set(one, waiting[one.name] || [], draft.files)) touched.push(one); });
    touched.forEach(function (one) {
      for (var fold = one.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
      if (one.getAttribute("role") !== "combobox") one.dispatchEvent(new Event(one.type === "text" || one.tagName === "TEXTAREA" ? "input" : "change", { bubbles: true }));
    });
    return typed(draft).filter(function (entry) { return take(waiting[entry[0]], entry[1]); });
  }
  // What of a draft a person filled in, without what its form held unseen.
  function typed(draft) {
    var unseen = draft.place.hidden.map(function (entry) { return entry[0]; });
    return draft.fields.filter(function (entry) { return entry[1] && unseen.indexOf(entry[0]) < 0; });
  }
  // A form whose rows come and go: the server draws it from what was typed, as by its button that only looks.
  function drawn(form, draft) {
    var data = new URLSearchParams(draft.fields.filter(drafts.isContent));
    data.append("action", form.dataset.redraw);
    return fetch(draft.place.address, { method: "POST", body: data, headers: { "X-CSRFToken": drafts.token() } }).then(function (answer) {
      if (!answer.ok || answer.redirected) throw new Error("not drawn");
      return answer.text();
    }).then(function (html) {
      var fresh = new DOMParser().parseFromString(html, "text/html").querySelector("form[data-redraw]");
      if (!fresh) return;
      form.replaceChildren.apply(form, Array.from(document.importNode(fresh, true).childNodes));
      if (window.htmx) window.htmx.process(form);
    }).catch(function () {}); // then what is missing is told
  }
  function take(values, value) {
    var at = values.indexOf(value);
    if (at >= 0) values.splice(at, 1);
    return at >= 0;
  }
  // Set one control; true when that changed it.
  function set(one, values, files) {
    if (one.type === "checkbox" || one.type === "radio") {
      var was = one.checked;
      one.checked = take(values, one.value);
      return one.checked !== was;
    }
    if (one.options) {
      return Array.prototype.map.call(one.options, function (option) {
        var chosen = option.selected;
        option.selected = take(values, option.value);
        return option.selected !== chosen;
      }).some(Boolean);
    }
    if (one.type === "file") {
      var bag = new DataTransfer();
      files.forEach(function (entry) { if (entry[0] === one.name) bag.items.add(entry[1]); });
      if (bag.files.length) one.files = bag.files;
      return bag.files.length > 0;
    }
    if (!values.length) return false;
    var before = one.value;
    one.value = values.shift();
    return one.value !== before;
  }

  function notice(draft, text, rest) {
    var box = document.createElement("div");
    box.className = "alert alert-warning";
    box.setAttribute("role", "status");
    box.dataset.unsent = draft.key;
    box.appendChild(line("div", text));
    rest.forEach(function (one) { box.appendChild(line("div", one)); });
    return box;
  }
  function line(tag, text) {
    var made = document.createElement(tag);
    made.textContent = text;
    return made;
  }
  function moment(draft) {
    var at = new Date(draft.at);
    return [at.getHours(), at.getMinutes()].map(function (part) { return (100 + part + "").slice(1); }).join(":");
  }
  function discard(box, draft) {
    var button = line("button", say.sayDiscard);
    button.type = "button";
    button.className = "btn btn-sm btn-outline-secondary mt-2";
    button.addEventListener("click", function () {
      drafts.drop([draft.key]).then(function () { if (draft.url === drafts.url) window.location.reload(); else box.remove(); });
    });
    box.appendChild(button);
  }
  function bring(draft) {
    var form = formOf(draft);
    var missed = form ? fill(form, draft) : typed(draft);
    if (!missed.length || !form || !form.hasAttribute("data-redraw")) { tell(form, draft, missed); return; }
    drawn(form, draft).then(function () { tell(form, draft, fill(form, draft)); });
  }
  function tell(form, draft, missed) {
    var rest = missed.length ? [say.sayMissed + " " + missed.map(function (entry) { return entry[0] + ": " + entry[1]; }).join("; ")] : [];
    if (draft.lost.length) rest.push(say.sayFiles + " " + draft.lost.join(", "));
    var box = notice(draft, (form ? say.sayUnsent : say.sayNoForm).replace("#", moment(draft)), rest);
    discard(box, draft);
    if (form) {
      form.dataset.draft = draft.key;
      drafts.bind(draft.content, draft.key);
      for (var fold = form.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
      form.insertBefore(box, form.firstChild);
      box.scrollIntoView({ block: "center" });
    } else {
      document.getElementById("content").prepend(box);
    }
  }
  function point(draft) {
    var box = notice(draft, say.sayElsewhere.replace("#", moment(draft)), []);
    var link = line("a", draft.label);
    link.href = draft.url;
    box.appendChild(link);
    box.appendChild(document.createElement("br"));
    discard(box, draft);
    document.getElementById("content").prepend(box);
  }
  if (say.sayUnsent && document.body.dataset.method === "GET") drafts.mine().then(function (found) {
    found.forEach(function (draft) {
      if (draft.url === drafts.url && draft.place) bring(draft);
      else if (draft.url.split("?")[0] !== window.location.pathname && Date.now() - draft.at > FRESH) point(draft);
    });
  });

  // A page that says what was not saved says truly whether this browser kept it, and leads back to the form.
  var lost = document.querySelector("[data-lost]");
  if (lost) drafts.has(lost.dataset.lost).then(function (draft) {
    if (!draft) return;
    document.querySelectorAll("[data-lost-gone]").forEach(function (one) { one.hidden = true; });
    document.querySelectorAll("[data-lost-kept]").forEach(function (one) { one.hidden = false; });
    document.querySelectorAll("a[data-lost-back]").forEach(function (one) { one.href = draft.url; });
    document.querySelectorAll("input[data-lost-back]").forEach(function (one) { one.value = draft.url; });
  });
})();
