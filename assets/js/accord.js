// The one module that pages load. Everything works without it; it starts what both frameworks bring and adds a few
// comforts of our own.

import { initAll as initGovuk } from "./govuk-frontend.min.js";
import { initAll as initMoj } from "./moj-frontend.min.js";

/** A button marked data-accord-print prints the page; without scripts it stays hidden. */
function initPrintButtons() {
  for (const button of document.querySelectorAll("[data-accord-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  }
}

/** Paper cannot be unfolded: open what is folded before printing, fold it again afterwards. */
function initPrintedDetails() {
  const opened = new Set();
  window.addEventListener("beforeprint", () => {
    for (const details of document.querySelectorAll("details:not([open])")) {
      opened.add(details);
      details.open = true;
    }
  });
  window.addEventListener("afterprint", () => {
    for (const details of opened) details.open = false;
    opened.clear();
  });
}

/** A select marked data-accord-autocomplete becomes a box to type in; the library loads only where it is wanted. */
async function initAutocomplete() {
  const selects = document.querySelectorAll("select[data-accord-autocomplete]");
  if (selects.length === 0) return;
  await import("./accessible-autocomplete.min.js");
  for (const selectElement of selects) {
    window.accessibleAutocomplete.enhanceSelectElement({ selectElement, defaultValue: "" });
  }
}

initGovuk();
initMoj();
initPrintButtons();
initPrintedDetails();
initAutocomplete();
