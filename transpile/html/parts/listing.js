// One side of a file as plain text, a piece for each block, linked to the other views.

import { el, reveal, rove, stop } from "./dom.js";
import { listen, paint } from "./linking.js";
import { MARKS } from "./verdicts.js";

const LINE = 18.75;
const EDGES = 4.8;

/** `side`: "source" or "target"; `title`: its name for the reader. */
export function listing(blocks, side, title, linking) {
  const element = el("div", { class: "listing", role: "group", "aria-label": title, tabindex: "-1" }, ...blocks.map((block) => piece(block, side)));
  const view = {
    element,
    mark(key, own) {
      const found = paint(element, "marked", key);
      if (found && !own) reveal(element, found);
    },
    choose(key, own) {
      const found = paint(element, "chosen", key);
      if (!found) return;
      stop(element, ".piece", found);
      if (!own) reveal(element, found);
    },
  };
  stop(element, ".piece", element.querySelector(".piece"));
  rove(element, ".piece");
  listen(element, linking, linking.add(view));
  return view;
}

function piece(block, side) {
  const element = drawn(block, side);
  element.style.containIntrinsicBlockSize = `${block[side].length * LINE + EDGES}px`;
  return element;
}

function drawn(block, side) {
  const where = side === "source" ? `, lines ${block.lines[0]} to ${block.lines[1]}` : "";
  return el(
    "div",
    { class: `piece ${block.verdict}`, "data-block": block.id, tabindex: "-1", role: "group", "aria-label": `${side} of ${block.label}, ${block.verdict}${where}` },
    el("span", { class: side === "source" ? "gutter" : "gutter short", "aria-hidden": "true" }, MARKS[block.verdict], side === "source" ? ` ${block.lines[0]}` : ""),
    code(block[side]),
  );
}

/** Lines as they are. */
export function code(lines) {
  return el("pre", {}, lines.join("\n"));
}
