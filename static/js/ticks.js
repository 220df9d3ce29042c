/* Boxes ticked in a form: all or none with one click, and how many (and what they sum up to) said on the button that sends them.
   Without this, ticking works all the same, and the server looks at what was ticked. */
"use strict";
(function () {
  document.querySelectorAll("form[data-ticks]").forEach(function (form) {
    function boxes() {
      return Array.prototype.filter.call(form.elements, function (box) {
        return box.type === "checkbox" && box.name === form.dataset.ticks && !box.disabled;
      });
    }
    function say() {
      var ticked = boxes().filter(function (box) { return box.checked; });
      var count = ticked.length;
      var sum = ticked.reduce(function (so_far, box) { return so_far + Number(box.dataset.count || 0); }, 0);
      Array.prototype.filter.call(form.elements, function (button) {
        return button.hasAttribute("data-ticked"); // also one that stands outside of the form
      }).forEach(function (button) {
        var words = count === 1 && button.dataset.tickedOne ? button.dataset.tickedOne : button.dataset.ticked;
        button.textContent = words.replace("{}", count).replace("{sum}", sum);
      });
    }
    form.querySelectorAll("[data-tick-buttons]").forEach(function (place) { place.hidden = false; });
    form.addEventListener("click", function (event) {
      var button = event.target.closest("[data-tick]");
      if (!button) return;
      boxes().forEach(function (box) { box.checked = button.dataset.tick === "all"; });
      say();
    });
    document.addEventListener("change", function (event) { if (event.target.form === form) say(); });
    window.addEventListener("pageshow", say); // coming back, a browser may put ticks where they were
    say();
  });
})();
