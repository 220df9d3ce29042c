/* Rows ticked in a list: how many, and all of the page with one tick. Without this, ticking works all the same. */
"use strict";
(function () {
  const form = document.querySelector("[data-selected]");
  if (!form) return;
  const boxes = Array.from(document.querySelectorAll('input[name="chosen"][form="selected"]'));
  const all = form.querySelector('input[name="all"]');
  const holder = form.querySelector("[data-selected-page]");
  const page = holder.querySelector("input");
  const count = form.querySelector("[data-selected-count]");
  function say() {
    const ticked = boxes.filter((box) => box.checked).length;
    count.hidden = all.checked || !ticked;
    count.textContent = count.dataset.words.replace("{}", ticked);
    page.checked = ticked > 0 && ticked === boxes.length;
    page.indeterminate = ticked > 0 && ticked < boxes.length;
  }
  holder.hidden = false;
  page.addEventListener("change", function () {
    boxes.forEach((box) => { box.checked = page.checked; });
    say();
  });
  const none = form.querySelector("[data-selected-none]");
  none.hidden = false;
  none.addEventListener("click", function () {
    boxes.concat(all).forEach((box) => { box.checked = false; });
    say();
  });
  window.addEventListener("pageshow", say); // coming back, a browser may put ticks where they were
  boxes.concat(all).forEach((box) => box.addEventListener("change", say));
  say();
})();
