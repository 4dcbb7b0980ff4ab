// The options of a translation in a small panel: those that the chosen direction has.

import { el } from "../parts/dom.js";

const ROWS = [
  { name: "require", label: "Require", choices: ["tested", "proved", "any"], hint: "what every block must meet" },
  { name: "lm", label: "Language model", models: true },
  { name: "march", label: "Architecture", hint: "as the target's gcc spells it: rv64gcv" },
  { name: "memory_model", label: "Memory model", choices: ["relaxed", "tso"] },
  { name: "function", label: "Function", hint: "only this one" },
  { name: "extents", label: "Extents", hint: "ARRAY=EXPRESSION; several with ; between", list: ";" },
  { name: "scratch", label: "Scratch arrays", hint: "several with ; between", list: ";" },
  { name: "define", label: "Define", hint: "NAME or NAME=VALUE; several with ; between", list: ";" },
  { name: "standard", label: "Standard" },
  { name: "layout", label: "Layout", choices: ["auto", "fixed", "free"] },
  { name: "input", label: "Input", hint: "the name of a companion" },
  { name: "seed", label: "Seed", number: true, hint: "of the tests' inputs" },
  { name: "rlimit", label: "Solver resources", number: true, hint: "for one proof" },
  { name: "trap_division", label: "Trap where division faults", flag: true },
  { name: "allow_untranslated", label: "Trap in blocks that do not meet the requirement", flag: true },
];

/** The panel in `element`. `values(to)` are the options that were set; `companions()` the files that go with the source. */
export function optionsPanel(element) {
  let offered = {};
  const has = (row, to) => Boolean(offered[to]?.[row.name]);
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
    /** What the server has: `options` by direction, `models` that may be asked for. */
    offer({ options, models }) {
      offered = options;
      const menu = element.querySelector("#option-lm");
      menu.replaceChildren(el("option", { value: "" }, "default"), ...models.map((name) => el("option", {}, name)));
    },
    direction(to) {
      for (const [row, one] of fields) one.hidden = !has(row, to);
    },
    values(to) {
      const set = ROWS.filter((row) => has(row, to)).map((row) => [row.name, value(row, fields.get(row).querySelector("input, select"))]);
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
  if (row.choices || row.models) {
    return el("select", properties, el("option", { value: "" }, "default"), ...(row.choices ?? []).map((choice) => el("option", {}, choice)));
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
