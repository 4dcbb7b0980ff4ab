// An editor that is one side of a translation: blocks are linked to the other views, verdicts and messages are in the gutter.

import { modeOf } from "./languages.js";

const { ace } = globalThis;
const THEME = { cssClass: "ace-transpile", isDark: false, cssText: "", $id: "ace/theme/transpile" };

/** One side. `label` names it for screen readers. */
export class Pane {
  #pieces = [];

  #byId = new Map();

  #decorated = [];

  #markers = { marked: null, chosen: null };

  #quiet = false;

  constructor(element, label, linking, readOnly = false) {
    this.linking = linking;
    this.editor = ace.edit(element, {
      readOnly,
      theme: THEME,
      useWorker: false,
      showPrintMargin: false,
      enableKeyboardAccessibility: true,
      tabSize: 8,
      useSoftTabs: false,
      highlightActiveLine: !readOnly,
      highlightGutterLine: false,
      fixedWidthGutter: true,
      textInputAriaLabel: label,
    });
    this.editor.textInput.setAriaOptions({ setLabel: true });
    this.editor.renderer.setScrollMargin(4, 4);
    this.editor.session.setUseWrapMode(false);
    linking.add(this);
    this.editor.on("mousemove", (event) => linking.mark(this.#at(event.getDocumentPosition().row), this));
    this.editor.container.addEventListener("mouseleave", () => linking.mark(null, this));
    this.editor.selection.on("changeCursor", () => this.#moved());
  }

  get text() {
    return this.editor.getValue();
  }

  /** Replace the text; nothing of an earlier one stays. */
  show(text, name) {
    this.#quiet = true;
    this.place([]);
    this.annotate([]);
    const top = this.editor.renderer.getScrollTop();
    if (text !== this.text) this.editor.setValue(text, -1);
    this.editor.session.setMode(modeOf(name));
    this.editor.renderer.scrollToY(top);
    this.editor.session.getUndoManager().reset();
    this.#quiet = false;
  }

  /** Where the blocks are: `{id, verdict, lines: [first, last]}`, counted from 1. */
  place(pieces) {
    const { session } = this.editor;
    for (const [row, name] of this.#decorated) session.removeGutterDecoration(row, name);
    this.#decorated = [];
    this.#pieces = pieces.filter((piece) => piece.lines).sort((a, b) => a.lines[0] - b.lines[0]);
    this.#byId = new Map(this.#pieces.map((piece) => [piece.id, piece]));
    for (const { verdict, lines } of this.#pieces) {
      for (let row = lines[0] - 1; row < lines[1]; row += 1) {
        this.#decorated.push([row, ` of-block ${verdict}${row === lines[0] - 1 ? " first" : ""} `]);
      }
    }
    for (const [row, name] of this.#decorated) session.addGutterDecoration(row, name);
    for (const kind of ["marked", "chosen"]) this.#paint(kind, this.linking[kind]);
  }

  /** Messages at their lines. */
  annotate(places) {
    const kinds = { error: "error", warning: "warning", note: "info" };
    this.editor.session.setAnnotations(
      places
        .filter((one) => one.line > 0)
        .map((one) => ({ row: one.line - 1, column: Math.max(0, (one.column ?? 1) - 1), type: kinds[one.severity] ?? "error", text: one.hint ? `${one.message}\n${one.hint}` : one.message })),
    );
  }

  /** Bring a line into view and put the cursor there. */
  goTo(line, column = 1) {
    this.editor.gotoLine(line, Math.max(0, column - 1), false);
    this.editor.focus();
  }

  mark(key, own) {
    this.#paint("marked", key);
    if (!own) this.#reveal(key);
  }

  choose(key, own) {
    this.#paint("chosen", key);
    if (!own) this.#reveal(key);
  }

  #paint(kind, key) {
    const { session } = this.editor;
    if (this.#markers[kind] !== null) session.removeMarker(this.#markers[kind]);
    const piece = this.#byId.get(key);
    const { Range } = ace.require("ace/range");
    this.#markers[kind] = piece ? session.addMarker(new Range(piece.lines[0] - 1, 0, piece.lines[1] - 1, 1), `block-${kind}`, "fullLine") : null;
  }

  #reveal(key) {
    const piece = this.#byId.get(key);
    if (!piece) return;
    const [first, last] = [this.editor.getFirstVisibleRow(), this.editor.getLastVisibleRow()];
    if (piece.lines[0] - 1 >= first && piece.lines[1] - 1 <= last) return;
    const tall = piece.lines[1] - piece.lines[0] > last - first;
    this.editor.scrollToLine(piece.lines[0] - 1, !tall, false);
  }

  #at(row) {
    return this.#pieces.find((piece) => piece.lines[0] - 1 <= row && row < piece.lines[1])?.id ?? null;
  }

  #moved() {
    if (this.#quiet || !this.editor.isFocused()) return;
    const key = this.#at(this.editor.getCursorPosition().row);
    this.linking.mark(key, this);
    if (key !== null && key !== this.linking.chosen) this.linking.choose(key, this);
  }
}
