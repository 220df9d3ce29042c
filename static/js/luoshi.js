// What every page needs beyond HTML: nothing but small comforts; pages read without it.
(function () {
  "use strict";
  // A form that has been sent is not sent twice by an impatient second click.
  document.addEventListener("submit", function (event) {
    var form = event.target;
    if (event.defaultPrevented || form.method !== "post" || form.hasAttribute("data-repeatable")) return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "yes";
    window.setTimeout(function () { delete form.dataset.sent; }, 4000);
  });
  // A button may ask once before it acts: data-confirm holds the question.
  document.addEventListener("click", function (event) {
    var button = event.target.closest ? event.target.closest("[data-confirm]") : null;
    if (button && !window.confirm(button.dataset.confirm)) event.preventDefault();
  });
  // Text to paste elsewhere is copied at a click; the old way serves pages without https, as on an intranet.
  function copy(button) {
    var field = document.querySelector(button.dataset.copy);
    var fold = field.closest("details");
    if (fold) fold.open = true;
    field.focus();
    field.select();
    if (!document.execCommand("copy")) return;
    var words = button.querySelector("span") || button;
    words.textContent = button.dataset.copied;
  }
  // A page meant for paper offers to print itself.
  document.addEventListener("click", function (event) {
    if (!event.target.closest) return;
    if (event.target.closest("[data-print]")) window.print();
    if (event.target.closest("[data-copy]")) copy(event.target.closest("[data-copy]"));
  });
  // Filters send themselves when a choice changes; the button stays for those without scripts.
  document.addEventListener("change", function (event) {
    var form = event.target.form;
    if (form && form.hasAttribute("data-autosend")) form.requestSubmit ? form.requestSubmit() : form.submit();
  });
  // On a phone what is read second starts folded; without scripts it stands open.
  if (window.matchMedia("(max-width: 575.98px)").matches) {
    document.querySelectorAll("details[data-fold]").forEach(function (part) { part.open = false; });
  }
})();
