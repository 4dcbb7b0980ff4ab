// What surrounds the work: theme, tabs, keys, dropping files.

import { el } from "../parts/dom.js";

const THEMES = ["system", "light", "dark"];

/** A button that goes through the themes; the choice is kept on this machine. */
export function themeSwitch(button) {
  const use = (theme) => {
    if (theme === "system") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
    button.textContent = `Theme: ${theme}`;
  };
  let theme = THEMES.includes(localStorage.getItem("theme")) ? localStorage.getItem("theme") : "system";
  use(theme);
  button.addEventListener("click", () => {
    theme = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length];
    localStorage.setItem("theme", theme);
    use(theme);
  });
}

/** Tabs by the ARIA pattern: arrows move and show, one tab stop. Returns a function that shows one. */
export function tabs(list, shown) {
  const all = [...list.querySelectorAll('[role="tab"]')];
  function show(tab, focus = false) {
    for (const one of all) {
      one.setAttribute("aria-selected", String(one === tab));
      one.tabIndex = one === tab ? 0 : -1;
      document.getElementById(one.getAttribute("aria-controls")).hidden = one !== tab;
    }
    if (focus) tab.focus();
    shown(tab.id);
  }
  for (const tab of all) tab.addEventListener("click", () => show(tab));
  list.addEventListener("keydown", (event) => {
    const here = all.filter((tab) => !tab.hidden);
    const at = here.indexOf(document.activeElement);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: here.length - 1 }[event.key];
    if (at < 0 || to === undefined) return;
    event.preventDefault();
    show(here[(to + here.length) % here.length], true);
  });
  return (id) => show(document.getElementById(id));
}

/** `rows`: `{keys, label, what, run}`; `keys` as `event.key` with `Alt+` or `Mod+` (Control, or Command on a Mac) before it. */
export function shortcuts(rows) {
  const byKeys = new Map(rows.flatMap((row) => (row.run ? [[row.keys, row.run]] : [])));
  document.addEventListener(
    "keydown",
    (event) => {
      const typing = event.target.matches("input, select, textarea");
      const name = `${event.ctrlKey || event.metaKey ? "Mod+" : ""}${event.altKey ? "Alt+" : ""}${event.altKey ? plain(event) : event.key}`;
      const run = byKeys.get(name);
      if (!run || (typing && !name.includes("+"))) return;
      event.preventDefault();
      event.stopPropagation();
      run();
    },
    true,
  );
}

/** The key itself: with Alt some layouts give another character. */
function plain(event) {
  return event.code.startsWith("Key") || event.code.startsWith("Digit") ? event.code.at(-1).toLowerCase() : event.key;
}

/** The list of keys in a dialog. Returns a function that opens it. */
export function helpDialog(dialog, rows) {
  const lines = rows.map((row) => el("tr", {}, el("th", { scope: "row" }, el("kbd", {}, row.label)), el("td", {}, row.what)));
  const close = el("button", { type: "button", on: { click: () => dialog.close() } }, "Close");
  dialog.replaceChildren(el("h2", { id: "help-title" }, "Keys"), el("table", {}, el("tbody", {}, ...lines)), close);
  return () => dialog.showModal();
}

/** Files that are dropped anywhere on the page. */
export function dropping(veil, dropped) {
  const carries = (event) => event.dataTransfer?.types.includes("Files");
  for (const name of ["dragenter", "dragover"]) {
    document.addEventListener(name, (event) => {
      if (!carries(event)) return;
      event.preventDefault();
      veil.hidden = false;
    }, true);
  }
  veil.addEventListener("dragleave", () => (veil.hidden = true));
  document.addEventListener("drop", (event) => {
    veil.hidden = true;
    if (!carries(event)) return;
    event.preventDefault();
    event.stopPropagation();
    if (event.dataTransfer.files.length > 0) dropped(event.dataTransfer.files[0]);
  }, true);
}
