/* Files dragged onto the box of a form go into its file control. */
(function () {
  "use strict";
  document.querySelectorAll("[data-drop]").forEach(function (box) {
    var control = box.querySelector("input[type=file]");
    ["dragenter", "dragover"].forEach(function (name) {
      box.addEventListener(name, function (event) {
        event.preventDefault();
        box.classList.add("over");
      });
    });
    ["dragleave", "drop"].forEach(function (name) {
      box.addEventListener(name, function () { box.classList.remove("over"); });
    });
    box.addEventListener("drop", function (event) {
      event.preventDefault();
      if (event.dataTransfer && event.dataTransfer.files.length) {
        control.files = event.dataTransfer.files;
      }
    });
  });
})();
