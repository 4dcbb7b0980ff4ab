// All that is known of one block: verdict, reason, both sides, relation, checks, counterexample and every candidate.

import { el } from "./dom.js";
import { code } from "./listing.js";
import { badge, mark } from "./verdicts.js";

const UNITS = { cuda: "kernels", python: "lines" };

const OUTCOMES = { passed: "proved", failed: "refuted", open: "undecided", skipped: "skipped" };

/** The panel's content; `target` names the direction, `level` the rank of its heading. */
export function panel(block, target, level = 2) {
  return el(
    "div",
    { class: `panel ${block.verdict}`, "data-verdict": block.verdict },
    heading(block, level),
    block.reason ? el("p", { class: "reason" }, block.reason) : null,
    block.trapped ? el("p", { class: "reason" }, "The output traps here instead of running this block.") : null,
    evidence(block.evidence ?? {}),
    part("Source and target", el("div", { class: "pair" }, sideOf("source", block.source), sideOf(target, block.target))),
    rows("Held at entry", ["in the source", "in the target"], Object.entries(block.relation ?? {})),
    checks(block.rungs ?? []),
    part("Cost", el("p", {}, cost(block, target))),
    candidates(block, target),
  );
}

function heading(block, level) {
  return el(
    "div",
    { class: "panel-head" },
    badge(block.verdict),
    el(`h${level}`, { class: "label", tabindex: "-1" }, block.label),
    el("span", { class: "quiet" }, `lines ${block.lines[0]}–${block.lines[1]}${block.function ? `, ${block.function}` : ""}`),
  );
}

function sideOf(title, lines) {
  return el("figure", { class: "side" }, el("figcaption", {}, title), scrolling(code(lines), title));
}

/** Text that may be wider than its box: the keyboard can scroll it. */
function scrolling(pre, title) {
  pre.setAttribute("tabindex", "0");
  pre.setAttribute("role", "group");
  pre.setAttribute("aria-label", title);
  return pre;
}

function part(title, content) {
  return el("div", { class: "part" }, el("h3", {}, title), content);
}

function rows(title, heads, entries) {
  if (entries.length === 0) return null;
  const head = el("tr", {}, ...heads.map((name) => el("th", { scope: "col" }, name)));
  const body = entries.map(([first, ...rest]) =>
    el("tr", {}, el("th", { scope: "row" }, first), ...rest.map((value) => el("td", {}, value))),
  );
  return part(title, el("table", { class: "facts" }, el("thead", {}, head), el("tbody", {}, ...body)));
}

/** What stands behind a verdict, whichever it is. */
function evidence(found) {
  const parts = [];
  if (found.assumptions?.length) parts.push(part("Taken for granted", bullets(found.assumptions)));
  if (found.runs !== undefined) parts.push(part("Tests", el("p", {}, `${found.runs} inputs without a difference, seed ${found.seed}`)));
  if (found.differs?.length) parts.push(part("Differs in", bullets(found.differs)));
  const witness = Object.entries(found.witness ?? {});
  parts.push(rows("Counterexample", ["location", "value", "decimal"], witness.map(([place, value]) => [place, value, decimal(value)])));
  parts.push(rows("More about the reason", ["what", "value"], Object.entries(found.detail ?? {})));
  return parts;
}

/** A hexadecimal value as a decimal one, and as a negative number where the top bit of 32 or 64 is set. */
export function decimal(text) {
  const value = text.startsWith("-") ? -BigInt(text.slice(1)) : BigInt(text);
  const width = [32n, 64n].find((bits) => value >> (bits - 1n) === 1n);
  if (width !== undefined) return `${value} (${BigInt.asIntN(Number(width), value)})`;
  return value >> 64n > 0n ? "" : String(value);
}

function bullets(lines) {
  return el("ul", {}, ...lines.map((line) => el("li", {}, line)));
}

function checks(rungs) {
  if (rungs.length === 0) return null;
  const steps = rungs.map((rung) =>
    el(
      "li",
      { class: OUTCOMES[rung.outcome] },
      el("span", { class: "outcome" }, rung.outcome),
      el("span", { class: "rung-name" }, rung.name),
      rung.detail ? el("span", {}, rung.detail) : null,
      rung.assumptions.length ? el("span", { class: "quiet" }, `assuming ${rung.assumptions.join("; ")}`) : null,
    ),
  );
  return part("Checks, from the weakest to the strongest", el("ol", { class: "rungs" }, ...steps));
}

function cost(block, target) {
  const unit = UNITS[target] ?? "instructions";
  return `${block.cost} ${unit}, proposed by ${block.proposer || "nobody"}; solver resources: ${block.rlimit}`;
}

function candidates(block, target) {
  const tried = block.history ?? [];
  if (tried.length === 0) return null;
  const same = block.target.join("\n");
  return part(`Candidates (${tried.length})`, el("ol", { class: "history" }, ...tried.map((one) => el("li", {}, candidate(one, target, same)))));
}

function candidate(one, target, same) {
  const judge = one.judge ? `, judged by ${one.judge}` : "";
  const chosen = one.target.length > 0 && one.target.join("\n") === same;
  return el(
    "details",
    {},
    el(
      "summary",
      {},
      mark(one.verdict),
      ` ${one.proposer}, ${one.step}: ${one.verdict}${judge}, ${one.cost} ${UNITS[target] ?? "instructions"}`,
      chosen ? el("strong", {}, " (in the output)") : null,
    ),
    one.reason ? el("p", { class: "reason" }, one.reason) : null,
    one.target.length ? scrolling(code(one.target), "candidate") : null,
    one.filled.length ? part("Filled in by the solver", bullets(one.filled)) : null,
    evidence(one.evidence ?? {}),
  );
}
