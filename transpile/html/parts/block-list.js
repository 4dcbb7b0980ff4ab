// The blocks of a file in a list that can be filtered by verdict and grows while a translation runs.

import { el, reveal, rove, stop } from "./dom.js";
import { listen, paint } from "./linking.js";
import { mark, WORDS } from "./verdicts.js";

export function blockList(linking) {
  const element = el("ol", { class: "block-list", "aria-label": "Blocks" });
  const rows = new Map();
  let shown = new Set(WORDS);
  const view = {
    element,
    /** Show `block`, in place of what was known of it. Rows are in the order of the blocks in the file. */
    put(block) {
      const row = rowOf(block);
      row.hidden = !shown.has(block.verdict);
      const known = rows.get(block.id);
      if (known) known.replaceWith(row);
      else element.insertBefore(row, after(block));
      rows.set(block.id, row);
      if (!element.querySelector('[tabindex="0"]')) stop(element, ".row", row.querySelector(".row"));
    },
    show(words) {
      shown = new Set(words);
      for (const row of rows.values()) row.hidden = !shown.has(row.dataset.verdict);
      stop(element, ".row", element.querySelector("li:not([hidden]) .row"));
    },
    clear() {
      rows.clear();
      element.replaceChildren();
    },
    mark(key, own) {
      const found = paint(element, "marked", key);
      if (found && !own) reveal(element, found);
    },
    choose(key, own) {
      for (const one of element.querySelectorAll("[aria-current]")) one.removeAttribute("aria-current");
      const row = paint(element, "chosen", key)?.querySelector(".row");
      if (!row) return;
      row.setAttribute("aria-current", "true");
      stop(element, ".row", row);
      if (!own) reveal(element, row);
    },
  };
  function after(block) {
    const last = element.lastElementChild;
    if (!last || Number(last.dataset.order) < place(block)) return null;
    return [...element.children].find((row) => Number(row.dataset.order) > place(block)) ?? null;
  }
  rove(element, ".row");
  listen(element, linking, linking.add(view));
  return view;
}

/** The order of blocks: by source line, then by number. A block's id is `<file>.<number>`. */
export function place(block) {
  return block.lines[0] * 1e6 + Number(block.id.split(".")[1]);
}

function rowOf(block) {
  const note = block.trapped ? `traps here; ${block.reason}` : block.reason;
  return el(
    "li",
    { "data-block": block.id, "data-order": place(block), "data-verdict": block.verdict },
    el(
      "button",
      { type: "button", class: "row", tabindex: "-1" },
      mark(block.verdict),
      el("span", { class: "label" }, block.label),
      el("span", { class: "lines" }, `${block.lines[0]}–${block.lines[1]}`),
      el("span", { class: "note" }, note || block.function || ""),
    ),
  );
}
