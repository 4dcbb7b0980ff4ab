// One block is marked (under the pointer or the focus) and one is chosen, in every view of a file at once.

/** Views have `mark(key, own)` and `choose(key, own)`; `own` is true for the view where it happened: it need not scroll. */
export class Linking {
  #views = new Set();

  marked = null;

  chosen = null;

  add(view) {
    this.#views.add(view);
    return view;
  }

  remove(view) {
    this.#views.delete(view);
  }

  /** `key`: a block's id; null: none. */
  mark(key, from = null) {
    if (key === this.marked) return;
    this.marked = key;
    for (const view of this.#views) view.mark?.(key, view === from);
  }

  choose(key, from = null) {
    this.chosen = key;
    for (const view of this.#views) view.choose?.(key, view === from);
  }
}

/** Pointer and focus in `element`, whose descendants name their block in `data-block`, become marks and choices. */
export function listen(element, linking, view, selector = "[data-block]") {
  const key = (event) => event.target.closest?.(selector)?.dataset.block ?? null;
  element.addEventListener("pointerover", (event) => linking.mark(key(event), view));
  element.addEventListener("pointerleave", () => linking.mark(null, view));
  element.addEventListener("focusin", (event) => linking.mark(key(event), view));
  element.addEventListener("click", (event) => key(event) !== null && linking.choose(key(event), view));
  element.addEventListener("keydown", (event) => {
    if ((event.key !== "Enter" && event.key !== " ") || key(event) === null || event.target.matches("button")) return;
    event.preventDefault();
    linking.choose(key(event), view);
  });
}

/** Set a class on what belongs to `key` in `element`, take it from everything else; the first one is returned. */
export function paint(element, name, key) {
  for (const one of element.querySelectorAll(`.${name}`)) one.classList.remove(name);
  if (key === null) return null;
  const found = element.querySelectorAll(`[data-block="${CSS.escape(key)}"]`);
  for (const one of found) one.classList.add(name);
  return found[0] ?? null;
}
