// Elements from data. Text is only ever text: there is no way to hand over markup.

const SVG = "http://www.w3.org/2000/svg";

/** An element; `attributes` that are null, undefined or false are left out. */
export function h(tag, attributes = {}, ...children) {
  return filled(document.createElement(tag), attributes, children);
}

/** The same for the inside of a drawing. */
export function s(tag, attributes = {}, ...children) {
  return filled(document.createElementNS(SVG, tag), attributes, children);
}

function filled(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (value === true) element.setAttribute(name, "");
    else if (value !== null && value !== undefined && value !== false) {
      element.setAttribute(name, String(value));
    }
  }
  element.append(...children.flat(3).filter(isShown));
  return element;
}

function isShown(child) {
  return child !== null && child !== undefined && child !== false && child !== "";
}

/**
 * Make the children of `parent` look like `wanted`, keeping the elements that are there:
 * focus, scrolling and opened details survive. `data-key` names what must not be mixed up.
 */
export function renew(parent, ...wanted) {
  const after = document.createDocumentFragment();
  after.append(...wanted.flat(3).filter(isShown));
  align(parent, after);
}

function align(old, fresh) {
  const keyed = new Map();
  for (const child of old.children) {
    if (child.dataset?.key) keyed.set(child.dataset.key, child);
  }
  let at = old.firstChild;
  for (const next of [...fresh.childNodes]) {
    const same = match(at, next, keyed);
    if (!same) {
      old.insertBefore(next, at);
      continue;
    }
    if (same !== at) old.insertBefore(same, at);
    at = same.nextSibling;
    update(same, next);
  }
  while (at) {
    const gone = at;
    at = at.nextSibling;
    gone.remove();
  }
}

function match(at, next, keyed) {
  const key = next.dataset?.key;
  if (key) {
    const known = keyed.get(key);
    return known?.nodeName === next.nodeName ? known : null;
  }
  const fits = at && at.nodeName === next.nodeName && !at.dataset?.key;
  return fits ? at : null;
}

function update(old, next) {
  if (old.nodeType !== Node.ELEMENT_NODE) {
    if (old.data !== next.data) old.data = next.data;
    return;
  }
  for (const { name } of [...old.attributes]) {
    const kept = name === "open" && old.nodeName === "DETAILS";
    if (!next.hasAttribute(name) && !kept) old.removeAttribute(name);
  }
  for (const { name, value } of next.attributes) {
    if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  }
  // What somebody is choosing or writing at this moment is theirs.
  if (old === document.activeElement && "value" in old && old.nodeName !== "BUTTON") return;
  const { value } = next;
  align(old, next);
  if (old.nodeName === "SELECT" || old.nodeName === "INPUT") old.value = value;
}
