// The report as a page: reads the record that stands in the document and shows one file of it at a time.

import { blockList } from "./block-list.js";
import { el } from "./dom.js";
import { graph } from "./graph.js";
import { Linking } from "./linking.js";
import { listing } from "./listing.js";
import { panel } from "./panel.js";
import { badge, filters, meets, tally, WORDS } from "./verdicts.js";

const report = JSON.parse(document.getElementById("report").textContent);
const view = el("div", { class: "file-view" });

const files = report.files.map((file, number) => ({
  ...file,
  blocks: file.functions.flatMap((one) => one.blocks.map((block) => ({ ...block, function: one.name }))).map((block, index) => ({ ...block, id: `${number}.${index}` })),
}));

function counts() {
  const head = el("tr", {}, el("th", { scope: "col" }, "file"), ...WORDS.map((word) => el("th", { scope: "col", class: "number" }, badge(word))), el("th", { scope: "col" }, `meets ${report.require}`));
  const lines = files.map((file, number) =>
    el(
      "tr",
      {},
      el("th", { scope: "row" }, el("a", { href: `#${number}` }, file.file), ` to ${file.target}`),
      ...WORDS.map((word) => el("td", { class: "number" }, String(file.verdicts[word]))),
      el("td", {}, file.meets ? "yes" : "no"),
    ),
  );
  const sum = el("tr", {}, el("th", { scope: "row" }, "all"), ...WORDS.map((word) => el("td", { class: "number" }, String(report.verdicts[word]))), el("td", {}, report.meets ? "yes" : "no"));
  return el("table", { class: "counts" }, el("thead", {}, head), el("tbody", {}, ...lines, files.length > 1 ? sum : null));
}

const COLUMNS = ["tried", "unread", "proposed", "repeated", "dearer", "unassembled", "emulated", "refuted", "undecided", "tested", "proved", "chosen", "saved", "requests", "tokens_in", "tokens_out"];

/** What each step of each proposer gave; nothing without language models. */
function yields() {
  if (report.yields.every((row) => row.step === "rules")) return null;
  const shown = COLUMNS.filter((name) => report.yields.some((row) => row[name]));
  const head = el("tr", {}, ...["proposer", "step", ...shown].map((name) => el("th", { scope: "col" }, name)));
  const lines = report.yields.map((row) => el("tr", {}, el("th", { scope: "row" }, row.proposer), el("td", {}, row.step), ...shown.map((name) => el("td", { class: "number" }, String(row[name])))));
  return el("table", { class: "counts" }, el("thead", {}, head), el("tbody", {}, ...lines));
}

function diagnostics(file) {
  if (file.diagnostics.length === 0) return null;
  const lines = file.diagnostics.map((one) => {
    const place = one.line ? `${file.file}:${one.line}:${one.column}` : file.file;
    return el("li", { class: one.severity }, el("code", {}, place), ` ${one.severity}: ${one.message}`, one.hint ? el("span", { class: "quiet" }, ` (${one.hint})`) : null);
  });
  return el("section", { class: "part", "aria-label": "Messages" }, el("h3", {}, "Messages"), el("ul", { class: "diagnostics" }, ...lines));
}

/** One file: list, both sides, graph and the panel of the chosen block. */
function show(number, key) {
  const file = files[number];
  const linking = new Linking();
  const list = blockList(linking);
  const chips = filters((words) => list.show(words));
  chips.count(tally(file.blocks));
  for (const block of file.blocks) list.put(block);
  const about = el("section", { class: "about", "aria-label": "Block" });
  const drawn = el("section", { class: "drawn", "aria-label": "Control flow" });
  let shown = "";
  linking.add({
    choose(chosen) {
      const block = file.blocks.find((one) => one.id === chosen);
      if (!block) return;
      about.replaceChildren(panel(block, file.target, 3));
      history.replaceState(null, "", `#${chosen}`);
      if (shown === block.function || !file.blocks.some((one) => one.successors)) return;
      shown = block.function;
      const flow = graph(file.blocks.filter((one) => one.function === shown), linking);
      drawn.replaceChildren(el("h3", {}, `Control flow of ${shown}`), flow.element);
      flow.choose?.(chosen, true);
    },
  });
  const left = listing(file.blocks, "source", `source of ${file.file}`, linking);
  const right = listing(file.blocks, "target", `target for ${file.target}`, linking);
  view.replaceChildren(
    el("h2", {}, `${file.file} to ${file.target}`),
    diagnostics(file) ?? "",
    ...(file.blocks.length === 0 ? [] : [chips.element, el("div", { class: "sides" }, list.element, left.element, right.element), el("div", { class: "below" }, about, drawn)]),
  );
  const first = file.blocks.find((block) => block.id === key) ?? file.blocks.find((block) => !meets(block, report.require)) ?? file.blocks[0];
  if (first) linking.choose(first.id);
}

/** `#1` is the second file, `#1.4` its fifth block. */
function follow() {
  const [number] = location.hash.slice(1).split(".").map(Number);
  const worst = files.findIndex((file) => !file.meets);
  show(files[number] && location.hash ? number : Math.max(worst, 0), location.hash.slice(1));
}

document.getElementById("content").replaceChildren(counts(), yields() ?? "", view);
if (files.length > 0) {
  window.addEventListener("hashchange", follow);
  follow();
}
