// The tree of organisations: a branch that is loaded already opens and closes without asking the server again.
(function () {
  "use strict";
  function branch(toggle) {
    return document.getElementById(toggle.getAttribute("aria-controls"));
  }
  document.addEventListener("click", function (event) {
    var toggle = event.target.closest ? event.target.closest("[data-tree-toggle]") : null;
    if (!toggle || event.ctrlKey || event.metaKey || event.shiftKey) return;
    var below = branch(toggle);
    if (!below.querySelector("ul")) return; // htmx fetches it
    event.preventDefault();
    event.stopPropagation();
    var open = toggle.getAttribute("aria-expanded") !== "true";
    toggle.setAttribute("aria-expanded", open ? "true" : "false");
    below.hidden = !open;
  }, true);
  document.addEventListener("htmx:afterSwap", function (event) {
    var toggle = event.detail.requestConfig && event.detail.requestConfig.elt;
    if (toggle && toggle.hasAttribute("data-tree-toggle")) toggle.setAttribute("aria-expanded", "true");
  });
})();
