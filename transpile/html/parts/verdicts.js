// The four verdicts: their words, their marks (never a colour alone), and which of them satisfy a requirement.

import { el } from "./dom.js";

export const WORDS = ["proved", "tested", "refuted", "undecided"];

export const MARKS = { proved: "✓", tested: "≈", refuted: "✗", undecided: "?" };

const MEANINGS = {
  proved: "equal on every input that the contract allows",
  tested: "no difference on the inputs that were tried",
  refuted: "different on a known input",
  undecided: "no answer",
};

/** The verdict as a mark and a word. */
export function badge(word) {
  return el(
    "span",
    { class: `badge ${word}`, title: MEANINGS[word] },
    el("span", { class: "mark", "aria-hidden": "true" }, MARKS[word]),
    word,
  );
}

/** The mark alone; its word is for screen readers. */
export function mark(word) {
  return el(
    "span",
    { class: `badge small ${word}`, title: word },
    el("span", { class: "mark", "aria-hidden": "true" }, MARKS[word]),
    el("span", { class: "unseen" }, word),
  );
}

/** How many blocks have each verdict. */
export function tally(blocks) {
  const counts = Object.fromEntries(WORDS.map((word) => [word, 0]));
  for (const block of blocks) counts[block.verdict] += 1;
  return counts;
}

/** Whether a block is emitted as code whose verdict satisfies `require`. */
export function meets(block, require) {
  if (block.trapped) return false;
  if (block.verdict === "tested") return require !== "proved";
  if (block.verdict === "undecided") return require === "any";
  return block.verdict === "proved";
}

/** A toggle for each verdict with its count; `changed` is told the set of words that are on. */
export function filters(changed) {
  const on = new Set(WORDS);
  const buttons = new Map(WORDS.map((word) => [word, chip(word)]));
  function chip(word) {
    const count = el("span", { class: "count" }, "0");
    const toggle = () => {
      if (!on.delete(word)) on.add(word);
      button.setAttribute("aria-pressed", String(on.has(word)));
      changed(on);
    };
    const button = el("button", { type: "button", class: "chip", "aria-pressed": "true", on: { click: toggle } }, badge(word), count);
    return button;
  }
  const element = el("div", { class: "chips", role: "group", "aria-label": "Show blocks that are" }, ...buttons.values());
  return {
    element,
    count(counts) {
      for (const [word, button] of buttons) button.querySelector(".count").textContent = String(counts[word] ?? 0);
    },
  };
}
