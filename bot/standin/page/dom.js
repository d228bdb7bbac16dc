// Small tools for building the page. Everything a person wrote goes in as a text node, never as markup.

const SVG = "http://www.w3.org/2000/svg";
const signs = new WeakMap();

/** Build an element. `on` holds listeners, other props become attributes; null and false are left out. */
export function h(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === null || value === undefined || value === false) continue;
    if (name === "on") for (const [event, run] of Object.entries(value)) node.addEventListener(event, run);
    else if (name === "class") node.className = value;
    else if (name === "value") node.value = value;
    else node.setAttribute(name, value === true ? "" : String(value));
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

/** An icon of the sprite in index.html; words beside it or aria-label on its button name it. */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  const use = document.createElementNS(SVG, "use");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  use.setAttribute("href", `#i-${name}`);
  svg.append(use);
  return svg;
}

/** A button with an icon only; `label` is read aloud and shown on hover. */
export function iconButton(name, label, testid, run) {
  const props = { type: "button", class: "icon-button", "aria-label": label, title: label };
  return h("button", { ...props, "data-testid": testid, on: { click: run } }, icon(name));
}

/** Set text only when it differs, so that screen readers are not told twice. */
export function say(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/** Set or remove an attribute. */
export function mark(node, name, value) {
  if (value === null || value === undefined || value === false) node.removeAttribute(name);
  else if (node.getAttribute(name) !== String(value === true ? "" : value)) {
    node.setAttribute(name, value === true ? "" : String(value));
  }
}

function refocus(replaced, fresh) {
  const held = document.activeElement?.dataset.focus;
  const twin =
    held && [...fresh.querySelectorAll("[data-focus]")].find((node) => node.dataset.focus === held);
  return () => (twin || fresh).focus({ preventScroll: true });
}

/**
 * Make `parent` show `items` (each {key, sign, build}) with as little change as possible.
 * A node stays while its sign stays, so that focus, selection and scroll survive an update of the world.
 */
export function reconcile(parent, items) {
  const old = new Map([...parent.children].map((node) => [node.dataset.key, node]));
  let place = parent.firstElementChild;
  for (const item of items) {
    const key = String(item.key);
    let node = old.get(key);
    old.delete(key);
    if (!node || signs.get(node) !== item.sign) {
      const fresh = item.build();
      fresh.dataset.key = key;
      signs.set(fresh, item.sign);
      if (node) {
        const back = node.contains(document.activeElement) ? refocus(node, fresh) : null;
        if (node === place) place = fresh;
        node.replaceWith(fresh);
        back?.();
      }
      node = fresh;
    }
    if (node === place) place = place.nextElementSibling;
    else parent.insertBefore(node, place);
  }
  for (const node of old.values()) {
    const neighbour = node.nextElementSibling || node.previousElementSibling;
    const held = node.contains(document.activeElement);
    node.remove();
    if (held) neighbour?.focus({ preventScroll: true });
  }
}

/**
 * Let arrow keys walk the children of a list that match `selector`: one of them takes Tab, as in a native list.
 * `pick` (optional) runs for the child that was reached, as in a tab list.
 */
export function arrows(list, selector, { keys = ["ArrowUp", "ArrowDown"], pick = null } = {}) {
  list.addEventListener("keydown", (event) => {
    const step = { [keys[0]]: -1, [keys[1]]: 1, Home: -Infinity, End: Infinity }[event.key];
    const items = [...list.querySelectorAll(selector)].filter((node) => node.checkVisibility());
    const from = items.findIndex((node) => node === event.target);
    if (step === undefined || from < 0) return;
    event.preventDefault();
    const to = items[Math.max(0, Math.min(items.length - 1, from + step))];
    to.focus();
    pick?.(to);
  });
  list.addEventListener("focusin", (event) => {
    const item = event.target.closest(selector);
    if (item && list.contains(item)) rove(list, selector, item);
  });
}

/** Give Tab to one child of a list (the last one asked for, else `fallback`). */
export function rove(list, selector, wanted) {
  const items = [...list.querySelectorAll(selector)];
  const chosen = items.includes(wanted) ? wanted : items.find((node) => node.tabIndex === 0) || items.at(-1);
  for (const node of items)
    if (node.tabIndex !== (node === chosen ? 0 : -1)) node.tabIndex = node === chosen ? 0 : -1;
  return chosen;
}
