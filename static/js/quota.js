// Splitting a figure: what the shares add up to and what is missing, said while typing. The server checks again.
(function () {
  "use strict";
  function read(text) {
    var plain = (text || "").normalize("NFKC").trim().replace(/\s+万$/, "万");
    var scale = 1;
    // A comma or a blank separates thousands or nothing: what else it may mean is not guessed.
    if (/[,\s]/.test(plain)) {
      if (!/^[+-]?\d{1,3}([,\s]\d{3})+(\.\d+)?万?$/.test(plain)) return NaN;
      plain = plain.replace(/[,\s]/g, "");
    }
    if (/万$/.test(plain)) { scale = 10000; plain = plain.slice(0, -1); }
    return plain === "" ? 0 : Number(plain) * scale;
  }
  function shown(value) {
    return String(Math.round(value * 100) / 100);
  }
  function add(form) {
    var sum = 0, bad = false;
    form.querySelectorAll("input.share").forEach(function (box) {
      var value = read(box.value);
      if (isNaN(value)) bad = true; else sum += value;
    });
    var typed = form.querySelector("input[name=target]");
    var fixed = form.querySelector("[data-target]");
    var target = read(typed ? typed.value : fixed ? fixed.dataset.target : "");
    form.querySelector("[data-sum]").textContent = bad ? "?" : shown(sum);
    var place = form.querySelector("[data-gap]");
    if (bad || isNaN(target)) { place.textContent = "?"; return; }
    var gap = Math.round((sum - target) * 100) / 100;
    place.textContent = gap === 0 ? form.dataset.even : (gap < 0 ? form.dataset.short : form.dataset.over) + " " + shown(Math.abs(gap));
    place.classList.toggle("text-danger", gap !== 0);
  }
  // What was typed before this script came.
  document.querySelectorAll("form[data-split]").forEach(function (form) {
    var typed = Array.prototype.some.call(form.querySelectorAll("input"), function (box) { return box.value !== box.defaultValue; });
    if (typed) add(form);
  });
  document.addEventListener("input", function (event) {
    var form = event.target.form;
    if (form && form.hasAttribute("data-split")) add(form);
  });
  // Several cells pasted into one box would run together to one figure: they go where columns are read.
  document.addEventListener("paste", function (event) {
    var box = event.target, place = box.form && box.form.querySelector("textarea[name=pasted]");
    if (!place || !box.classList.contains("share")) return;
    var text = (event.clipboardData || window.clipboardData).getData("text").replace(/[\v\f]/g, "\u2028");
    if (!/[\t\r\n]/.test(text.replace(/[\r\n]+$/, ""))) return;
    event.preventDefault();
    place.value = text;
    place.focus();
    place.scrollIntoView({ block: "center" });
  });
  // Enter and the arrows go down and up the column instead of sending the form.
  document.addEventListener("keydown", function (event) {
    var box = event.target;
    if (!box.classList || !box.classList.contains("share")) return;
    var step = event.key === "Enter" || event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (!step) return;
    var boxes = Array.prototype.slice.call(box.form.querySelectorAll("input.share:not([disabled])"));
    var next = boxes[boxes.indexOf(box) + step];
    event.preventDefault();
    if (next) { next.focus(); next.select(); }
  });
})();
