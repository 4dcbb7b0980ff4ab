// Elements from plain values. Text is only ever set as text: nothing that comes from an input is read as markup.

const SVG = "http://www.w3.org/2000/svg";

/** An HTML element. `on` in the properties holds listeners; `true` sets an attribute, `false` and `null` leave it out. */
export function el(tag, properties = {}, ...children) {
  return filled(document.createElement(tag), properties, children);
}

/** The same for a drawing. */
export function svg(tag, properties = {}, ...children) {
  return filled(document.createElementNS(SVG, tag), properties, children);
}

function filled(element, properties, children) {
  for (const [name, value] of Object.entries(properties)) {
    if (name === "on") {
      for (const [event, listener] of Object.entries(value)) element.addEventListener(event, listener);
    } else if (value !== false && value !== null && value !== undefined) {
      element.setAttribute(name, value === true ? "" : String(value));
    }
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** Arrow keys, Home and End move the focus among the children that match; only one of them is a tab stop. */
export function rove(container, selector) {
  const all = () => [...container.querySelectorAll(selector)].filter((one) => !one.closest("[hidden]"));
  container.addEventListener("focusin", (event) => {
    const current = event.target.closest(selector);
    if (current) stop(container, selector, current);
  });
  container.addEventListener("keydown", (event) => {
    const items = all();
    const at = items.indexOf(document.activeElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1 }[event.key];
    if (at < 0 || to === undefined || !items[to]) return;
    event.preventDefault();
    items[to].focus();
  });
}

/** Make `current` the tab stop among its like. */
export function stop(container, selector, current) {
  for (const one of container.querySelectorAll(`${selector}[tabindex="0"]`)) one.setAttribute("tabindex", "-1");
  current?.setAttribute("tabindex", "0");
}

/** Scroll `element` into the middle of `box`, and nothing else. */
export function reveal(box, element) {
  const outer = box.getBoundingClientRect();
  const inner = element.getBoundingClientRect();
  if (inner.top >= outer.top && inner.bottom <= outer.bottom) return;
  const room = Math.max(0, (outer.height - inner.height) / 2);
  box.scrollTop += inner.top - outer.top - room;
}
