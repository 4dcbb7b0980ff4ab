// The views of one file of a job: both panes, the list of blocks, the graph and the panel, kept in step while blocks come in.

import { blockList, place } from "../parts/block-list.js";
import { el } from "../parts/dom.js";
import { graph } from "../parts/graph.js";
import { panel } from "../parts/panel.js";
import { filters, meets, tally } from "../parts/verdicts.js";

const REDRAW_MS = 250;

export class Workbench {
  #blocks = new Map();

  #file = null;

  #target = "";

  #timer = 0;

  #graphOf = "";

  #drawn = null;

  #painted = "";

  #kept = null;

  /** `views`: elements `list`, `graph`, `about`; `fetchBlock(id)` gives a block with its history. */
  constructor(linking, source, target, views, fetchBlock) {
    Object.assign(this, { linking, source, target, views, fetchBlock });
    this.list = blockList(linking);
    this.chips = filters((words) => this.list.show(words));
    this.which = el("select", { "aria-label": "Function", on: { change: () => this.#choseFunction() } });
    views.list.replaceChildren(this.chips.element, this.list.element);
    linking.add({ choose: (key) => this.#chosen(key) });
    this.clear();
  }

  clear(note = "Translate something: its blocks appear here as they are proved.") {
    this.#kept = null;
    clearTimeout(this.#timer);
    this.#timer = 0;
    this.#blocks.clear();
    this.#file = null;
    this.list.clear();
    this.#graphOf = "";
    this.#painted = "";
    this.#forget();
    this.linking.mark(null);
    this.linking.choose(null);
    this.target.show("", "");
    this.source.place([]);
    this.chips.count({});
    this.views.graph.replaceChildren(el("p", { class: "quiet" }, "No blocks yet."));
    this.views.about.replaceChildren(el("p", { class: "quiet" }, note));
  }

  /** A file with its source, and its text when it is finished; `to`: the direction. The choice stays if it can. */
  open(file, to) {
    const chosen = this.#blocks.get(this.linking.chosen);
    const again = this.#file?.number === file.number;
    this.clear("Waiting for the first block.");
    this.#kept = again && chosen ? chosen : null;
    this.#file = file;
    this.#target = to;
  }

  /** What is known of blocks, new or newer. */
  put(blocks) {
    for (const block of blocks) {
      this.#blocks.set(block.id, { ...this.#blocks.get(block.id), ...block, whole: false });
      this.list.put(this.#blocks.get(block.id));
    }
    if (this.linking.chosen !== null) this.list.choose(this.linking.chosen, true);
    this.#timer ||= setTimeout(() => this.draw(), REDRAW_MS);
  }

  get blocks() {
    return [...this.#blocks.values()].sort((a, b) => place(a) - place(b));
  }

  /** Both panes, counts and graph, as far as things are known. */
  draw() {
    clearTimeout(this.#timer);
    this.#timer = 0;
    const { blocks } = this;
    this.chips.count(tally(blocks));
    this.source.place(blocks);
    this.#drawTarget(blocks);
    this.#drawGraph(blocks);
    this.#chosen(this.linking.chosen);
  }

  /** Choose a block: the one asked for, else the first that does not meet the requirement. */
  settle(key, require) {
    const { blocks } = this;
    if (blocks.length === 0) this.views.about.replaceChildren(el("p", { class: "quiet" }, "There are no blocks."));
    const kept = blocks.find((block) => this.#kept && same(block, this.#kept));
    const first = kept ?? this.#blocks.get(key) ?? blocks.find((block) => !meets(block, require)) ?? blocks[0];
    if (first && (this.linking.chosen === null || !this.#blocks.has(this.linking.chosen))) this.linking.choose(first.id);
  }

  /** The next or previous block, in the order of the source; with `open`, among those that are not proved. */
  step(by, open = false) {
    const all = this.blocks;
    const at = all.findIndex((block) => block.id === this.linking.chosen);
    for (let next = at + by; all[next]; next += by) {
      if (open && all[next].verdict === "proved") continue;
      this.linking.choose(all[next].id);
      return;
    }
  }

  #drawTarget(blocks) {
    const { text, outputs } = this.#file ?? {};
    const name = outputs?.[0] ?? { cuda: "out.cu", python: "out.py" }[this.#target] ?? "out.s";
    const pieces = text ? blocks.map((block) => ({ ...block, lines: block.target_lines })) : [];
    const lines = text ? [] : collected(blocks, pieces);
    const shown = text || lines.join("\n");
    if (shown !== this.target.text) this.target.show(shown, name);
    this.target.place(pieces);
  }

  #drawGraph(blocks) {
    const names = [...new Set(blocks.map((block) => block.function))];
    if (!names.includes(this.#graphOf)) this.#graphOf = names[0] ?? "";
    const own = blocks.filter((block) => block.function === this.#graphOf);
    const state = JSON.stringify([this.#graphOf, names, own.map((block) => [block.id, block.verdict, block.successors])]);
    if (names.length === 0 || state === this.#painted) return;
    this.#painted = state;
    this.#forget();
    this.which.replaceChildren(...names.map((name) => el("option", { value: name, selected: name === this.#graphOf }, name)));
    this.#drawn = graph(own, this.linking);
    this.views.graph.replaceChildren(el("label", { class: "which" }, "Function ", this.which), this.#drawn.element);
    this.#drawn.choose?.(this.linking.chosen, false);
  }

  #forget() {
    if (this.#drawn) this.linking.remove(this.#drawn);
    this.#drawn = null;
  }

  #choseFunction() {
    const block = this.blocks.find((one) => one.function === this.which.value);
    if (block) this.linking.choose(block.id);
  }

  #chosen(key) {
    const block = this.#blocks.get(key);
    if (!block) return;
    this.#about(block);
    if (block.function !== this.#graphOf) {
      this.#graphOf = block.function;
      this.#drawGraph(this.blocks);
    }
    if (!block.whole && !block.id.startsWith("live.")) this.#complete(block.id);
  }

  /** Lists and events leave the history out: it is fetched for the block that is looked at. */
  async #complete(id) {
    const whole = await this.fetchBlock(id).catch(() => null);
    const known = this.#blocks.get(id);
    if (!whole || !known) return;
    this.#blocks.set(id, { ...known, ...whole, whole: true });
    if (this.linking.chosen === id) this.#about(this.#blocks.get(id));
  }

  #about(block) {
    const { about } = this.views;
    const state = JSON.stringify(block);
    if (about.dataset.shows === block.id && this.aboutState === state) return;
    this.aboutState = state;
    about.dataset.shows = block.id;
    about.replaceChildren(panel(block, this.#target));
  }
}

/** Without the whole text, the blocks' own texts one after the other. */
function collected(blocks, pieces) {
  const lines = [];
  for (const block of blocks) {
    const first = lines.length + 1;
    lines.push(...block.target);
    if (block.target.length > 0) pieces.push({ ...block, lines: [first, lines.length] });
  }
  return lines;
}

/** Whether both are the same block, by whatever number they go. */
function same(one, other) {
  return one.function === other.function && one.label === other.label && one.lines[0] === other.lines[0];
}
