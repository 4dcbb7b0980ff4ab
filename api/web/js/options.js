// The options of a translation in a small panel: those that the chosen direction has.

import { el } from "../parts/dom.js";

const ASSEMBLY = ["riscv", "aarch64"];
const ALL = [...ASSEMBLY, "cuda", "python"];

const ROWS = [
  { name: "require", of: ALL, label: "Require", choices: ["tested", "proved", "any"], hint: "what every block must meet" },
  { name: "lm", of: ALL, label: "Language models", hint: "none, embedded, hf:NAME, openai:MODEL@URL" },
  { name: "march", of: ASSEMBLY, label: "Architecture", hint: "as the target's gcc spells it: rv64gcv" },
  { name: "memory_model", of: ASSEMBLY, label: "Memory model", choices: ["relaxed", "tso"] },
  { name: "trap_division", of: ASSEMBLY, label: "Trap where division faults", flag: true },
  { name: "allow_untranslated", of: [...ASSEMBLY, "cuda"], label: "Trap in blocks that do not meet the requirement", flag: true },
  { name: "function", of: ["cuda"], label: "Function", hint: "only this one" },
  { name: "extents", of: ["cuda"], label: "Extents", hint: "ARRAY=EXPRESSION, separated by ;", list: ";" },
  { name: "scratch", of: ["cuda"], label: "Scratch arrays", hint: "separated by ;", list: ";" },
  { name: "standard", of: ["cuda"], label: "Standard", hint: "c99, c11, …" },
  { name: "layout", of: ["python"], label: "Layout", choices: ["auto", "fixed", "free"] },
  { name: "input", of: ["python"], label: "Input", hint: "the name of a companion" },
  { name: "seed", of: ALL, label: "Seed", number: true },
  { name: "rlimit", of: ALL, label: "Solver resources", number: true, hint: "for one proof" },
];

/** The panel in `element`. `values(to)` are the options that were set; `companions()` the files that go with the source. */
export function optionsPanel(element) {
  const companions = new Map();
  const fields = new Map(ROWS.map((row) => [row, field(row)]));
  const list = el("ul", { class: "companions" });
  const pick = el("input", { type: "file", multiple: true, on: { change: () => add(pick.files) } });
  async function add(files) {
    for (const file of files) companions.set(file.name, await file.text());
    pick.value = "";
    tell();
  }
  function tell() {
    const remove = (name) => () => {
      companions.delete(name);
      tell();
      pick.focus();
    };
    list.replaceChildren(
      ...[...companions.keys()].map((name) => el("li", {}, el("code", {}, name), el("button", { type: "button", on: { click: remove(name) }, "aria-label": `Remove ${name}` }, "Remove"))),
    );
  }
  const grid = el("div", { class: "fields" }, ...fields.values());
  element.replaceChildren(grid, el("div", { class: "field wide" }, el("label", {}, el("span", {}, "Companions: headers, copybooks, data "), pick), list));
  return {
    companions: () => Object.fromEntries(companions),
    direction(to) {
      for (const [row, one] of fields) one.hidden = !row.of.includes(to);
    },
    values(to) {
      const set = ROWS.filter((row) => row.of.includes(to)).map((row) => [row.name, value(row, fields.get(row).querySelector("input, select"))]);
      return Object.fromEntries(set.filter(([, one]) => one !== null));
    },
    restore(options) {
      for (const [row, one] of fields) fill(row, one.querySelector("input, select"), options[row.name]);
    },
  };
}

function field(row) {
  const hint = row.hint ? el("span", { class: "quiet", id: `hint-${row.name}` }, row.hint) : null;
  const properties = { id: `option-${row.name}`, "aria-describedby": hint ? hint.id : null };
  return el("div", { class: row.flag ? "field flag" : "field" }, el("label", { for: properties.id }, row.label), input(row, properties), hint);
}

function input(row, properties) {
  if (row.choices) {
    return el("select", properties, el("option", { value: "" }, "default"), ...row.choices.map((choice) => el("option", {}, choice)));
  }
  const type = row.flag ? "checkbox" : row.number ? "number" : "text";
  return el("input", { ...properties, type, autocomplete: "off", spellcheck: row.flag || row.number ? null : "false" });
}

/** null: not set. */
function value(row, one) {
  if (row.flag) return one.checked || null;
  const text = one.value.trim();
  if (text === "") return null;
  if (row.number) return Number(text);
  return row.list ? text.split(row.list).map((part) => part.trim()).filter(Boolean) : text;
}

function fill(row, one, found) {
  if (row.flag) one.checked = Boolean(found);
  else one.value = Array.isArray(found) ? found.join(`${row.list ?? ","} `) : (found ?? "");
}
