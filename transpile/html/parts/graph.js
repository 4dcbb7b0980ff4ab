// The control-flow graph of a function: its blocks as nodes with their verdicts. Needs `dagre` for the places.

import { el, reveal, svg } from "./dom.js";
import { listen, paint } from "./linking.js";
import { MARKS } from "./verdicts.js";

export const MOST_NODES = 400;

const CHARACTER = 7.3;
const HEIGHT = 26;
const LONGEST = 28;
const LOOP = 18;

/** The graph of `blocks` of one function; text instead where it would be no help. */
export function graph(blocks, linking) {
  if (blocks.length > MOST_NODES) return plain(`${blocks.length} blocks: too many to draw (the most is ${MOST_NODES}).`);
  if (!blocks.some((block) => block.successors?.length)) return plain("No edges between blocks are known here.");
  const placed = layout(blocks);
  const drawing = svg(
    "svg",
    { viewBox: `0 0 ${placed.width} ${placed.height}`, width: placed.width, height: placed.height, role: "group", "aria-label": "Control-flow graph" },
    arrowhead(),
    ...placed.edges.map(edge),
    ...placed.nodes.map(node),
  );
  const element = el("div", { class: "graph" }, drawing);
  const view = {
    element,
    mark(key, own) {
      const found = paint(element, "marked", key);
      if (found && !own) reveal(element, found);
    },
    choose(key, own) {
      const found = paint(element, "chosen", key);
      if (!found) return;
      focusable(drawing, found);
      if (!own) reveal(element, found);
    },
  };
  focusable(drawing, drawing.querySelector(".node"));
  walk(drawing, placed.edges);
  listen(element, linking, linking.add(view));
  return view;
}

function plain(text) {
  return { element: el("p", { class: "quiet" }, text) };
}

/** Nodes with middles and sizes, edges with their points. */
function layout(blocks) {
  const { dagre } = globalThis;
  const drawn = new dagre.graphlib.Graph();
  drawn.setGraph({ nodesep: 22, ranksep: 30, marginx: 10, marginy: 10 });
  drawn.setDefaultEdgeLabel(() => ({}));
  const ids = new Map(blocks.map((block) => [block.label, block.id]));
  for (const block of blocks) drawn.setNode(block.id, { width: (short(block.label).length + 4) * CHARACTER, height: HEIGHT });
  for (const block of blocks) {
    for (const next of new Set(block.successors ?? [])) if (ids.has(next)) drawn.setEdge(block.id, ids.get(next));
  }
  dagre.layout(drawn);
  const { width, height } = drawn.graph();
  return {
    width: Math.ceil(width),
    height: Math.ceil(height),
    nodes: blocks.map((block) => ({ block, ...drawn.node(block.id) })),
    edges: drawn.edges().map(({ v, w }) => ({ from: v, to: w, points: v === w ? loop(drawn.node(v)) : drawn.edge(v, w).points })),
  };
}

function short(label) {
  return label.length > LONGEST ? `${label.slice(0, LONGEST - 1)}…` : label;
}

function arrowhead() {
  const shape = svg("path", { d: "M0 0 8 4 0 8z" });
  return svg("defs", {}, svg("marker", { id: "arrowhead", viewBox: "0 0 8 8", refX: 7, refY: 4, markerWidth: 7, markerHeight: 7, orient: "auto" }, shape));
}

function edge({ from, to, points }) {
  const places = points.map(({ x, y }) => `${x.toFixed(1)} ${y.toFixed(1)}`);
  const d = from === to ? `M${places[0]} C${places[1]} ${places[3]} ${places[4]}` : `M${places[0]} L${places.slice(1).join(" ")}`;
  return svg("path", { class: "edge", d, "marker-end": "url(#arrowhead)" });
}

/** An edge from a block to itself: out of its right side and back into it. */
function loop({ x, y, width }) {
  const right = x + width / 2;
  return [
    { x: right, y: y - LOOP / 3 },
    { x: right + LOOP, y: y - LOOP },
    { x: right + LOOP, y },
    { x: right + LOOP, y: y + LOOP },
    { x: right, y: y + LOOP / 3 },
  ];
}

function node({ block, x, y, width, height }) {
  const next = block.successors?.length ? `goes to ${block.successors.join(", ")}` : "goes nowhere in this function";
  return svg(
    "g",
    { class: `node ${block.verdict}`, "data-block": block.id, tabindex: "-1", role: "button", "aria-label": `${block.label}, ${block.verdict}, ${next}`, transform: `translate(${x - width / 2} ${y - height / 2})` },
    svg("rect", { width, height, rx: 4 }),
    svg("text", { x: 9, y: height / 2, class: "mark" }, MARKS[block.verdict]),
    svg("text", { x: 9 + 2 * CHARACTER, y: height / 2 }, short(block.label)),
  );
}

function focusable(drawing, one) {
  for (const other of drawing.querySelectorAll('.node[tabindex="0"]')) other.setAttribute("tabindex", "-1");
  one?.setAttribute("tabindex", "0");
}

/** Down goes to the first successor, Up to the first predecessor, Left and Right through the blocks in their order. */
function walk(drawing, edges) {
  const at = (key) => drawing.querySelector(`[data-block="${CSS.escape(key)}"]`);
  const moves = {
    ArrowDown: (current) => at(edges.find((one) => one.from === current.dataset.block)?.to ?? ""),
    ArrowUp: (current) => at(edges.find((one) => one.to === current.dataset.block)?.from ?? ""),
    ArrowRight: (current) => current.nextElementSibling,
    ArrowLeft: (current) => current.previousElementSibling?.closest(".node"),
    Home: () => drawing.querySelector(".node"),
    End: () => drawing.querySelector(".node:last-of-type"),
  };
  drawing.addEventListener("keydown", (event) => {
    const current = event.target.closest(".node");
    const to = current && moves[event.key]?.(current);
    if (!moves[event.key]) return;
    event.preventDefault();
    if (!to) return;
    focusable(drawing, to);
    to.focus();
  });
}
