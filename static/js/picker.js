// A text box that suggests organisations: arrows, Enter, Esc; a pinyin input method is left alone while it composes.
// [data-picker] holds a text box, a list and (in forms) a hidden key; with data-go, choosing opens the page.
(function () {
  "use strict";
  if (window.luoshiPicker) return;
  window.luoshiPicker = true;
  var WAIT = 150; // milliseconds after the last key
  var waiting = 0;
  var asking = null;

  function parts(input) {
    var box = input.closest("[data-picker]");
    return {
      box: box,
      key: box.querySelector("[data-picker-key]"),
      list: box.querySelector("[role=listbox]"),
      status: box.querySelector("[data-picker-status]"),
    };
  }
  function isPicker(node) {
    return node && node.matches && node.matches("[data-picker] input[role=combobox]");
  }
  function close(input) {
    var p = parts(input);
    p.list.hidden = true;
    p.list.innerHTML = "";
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  }
  function options(list) {
    return Array.prototype.slice.call(list.querySelectorAll("[role=option]:not([aria-disabled])"));
  }
  function mark(input, step) {
    var all = options(parts(input).list);
    if (!all.length) return;
    var now = all.findIndex(function (o) { return o.getAttribute("aria-selected") === "true"; });
    var next = now < 0 ? (step > 0 ? 0 : all.length - 1) : (now + step + all.length) % all.length;
    all.forEach(function (o, i) { o.setAttribute("aria-selected", i === next ? "true" : "false"); });
    input.setAttribute("aria-activedescendant", all[next].id);
    all[next].scrollIntoView({ block: "nearest" });
  }
  function choose(input, option) {
    var p = parts(input);
    if (p.box.hasAttribute("data-go")) { window.location.href = option.dataset.url; return; }
    input.value = option.dataset.label;
    if (p.key) {
      p.key.value = option.dataset.key;
      p.key.dispatchEvent(new Event("change", { bubbles: true }));
    }
    close(input);
  }
  function show(input, html) {
    var p = parts(input);
    p.list.innerHTML = html;
    options(p.list).forEach(function (o, i) { o.id = p.list.id + "_" + i; });
    var some = options(p.list).length > 0;
    p.list.hidden = false;
    input.setAttribute("aria-expanded", "true");
    input.removeAttribute("aria-activedescendant");
    if (p.status) p.status.textContent = some ? p.status.dataset.some : p.status.dataset.none;
  }
  function ask(input) {
    var text = input.value.trim();
    if (asking) asking.abort();
    if (!text) { close(input); return; }
    var url = new URL(parts(input).box.dataset.url, window.location.href);
    url.searchParams.set("q", text);
    url.searchParams.set("part", "options");
    asking = new AbortController();
    fetch(url, { signal: asking.signal, credentials: "same-origin" })
      .then(function (answer) { return answer.ok && !answer.redirected ? answer.text() : ""; })
      .then(function (html) { if (document.activeElement === input) show(input, html); })
      .catch(function () {});
  }

  document.addEventListener("input", function (event) {
    if (!isPicker(event.target)) return;
    var p = parts(event.target);
    if (p.key) p.key.value = "";
    if (event.isComposing) return;
    window.clearTimeout(waiting);
    waiting = window.setTimeout(ask, WAIT, event.target);
  });
  document.addEventListener("compositionend", function (event) {
    if (!isPicker(event.target)) return;
    window.clearTimeout(waiting);
    waiting = window.setTimeout(ask, WAIT, event.target);
  });
  document.addEventListener("keydown", function (event) {
    var input = event.target;
    if (!isPicker(input) || event.isComposing || event.keyCode === 229) return;
    var list = parts(input).list;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (list.hidden) ask(input);
      else mark(input, event.key === "ArrowDown" ? 1 : -1);
    } else if (event.key === "Enter" && !list.hidden) {
      var all = options(list);
      var chosen = all.find(function (o) { return o.getAttribute("aria-selected") === "true"; });
      if (!chosen && all.length === 1) chosen = all[0];
      if (chosen) { event.preventDefault(); choose(input, chosen); }
    } else if (event.key === "Escape" && !list.hidden) {
      event.preventDefault();
      close(input);
    }
  });
  document.addEventListener("mousedown", function (event) {
    var option = event.target.closest ? event.target.closest("[data-picker] [role=option]") : null;
    if (!option) return;
    event.preventDefault(); // the text box keeps the focus
    choose(option.closest("[data-picker]").querySelector("input[role=combobox]"), option);
  });
  document.addEventListener("focusout", function (event) {
    if (isPicker(event.target)) close(event.target);
  });
})();
