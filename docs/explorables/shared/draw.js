// What the explorables draw with: elements, scales, axes, tables, numbers. Knows nothing of kernels or state.

const fine = (pixels) => Math.round(pixels * 100) / 100; // a hundredth of a pixel is fine enough

// Set attributes; `text` is the content, null takes an attribute away. What has not changed is not touched, so that
// the browser need not lay out or paint it again.
export function set(element, attributes) {
  for (const [name, value] of Object.entries(attributes)) {
    const text = typeof value === "number" ? String(fine(value)) : value;
    if (name === "text") {
      if (element.textContent !== text) element.textContent = text;
    } else if (element.getAttribute(name) === text) continue;
    else if (text === null) element.removeAttribute(name);
    else element.setAttribute(name, text);
  }
  return element;
}

// Add an element of the parent's kind, HTML or SVG.
export const add = (parent, tag, attributes = {}) =>
  set(parent.appendChild(document.createElementNS(parent.namespaceURI, tag)), attributes);

// A layer of the drawing, an element of its own with a name.
export const layer = (svg, part, tag = "g", attributes = {}) => add(svg, tag, { "data-part": part, ...attributes });

// Layers that update themselves: given what is to be seen, `view`, they draw it. `d` and `rows` are functions of it.
export function pathLayer(svg, part, attributes, d) {
  const element = layer(svg, part, "path", attributes);
  return (view) => set(element, { d: d(view) });
}
export function textLayer(svg, part, attributes, change) {
  const element = layer(svg, part, "text", attributes);
  return (view) => set(element, change(view));
}
export function marksLayer(svg, part, tag, attributes, rows, each) {
  const group = layer(svg, part, "g", attributes);
  return (view) => marks(group, tag, rows(view), (row, i) => each(view, row, i));
}

// Make the parent hold one element for each row, reusing those that are there; rows give the attributes.
export function marks(parent, tag, rows, attributes) {
  while (parent.childElementCount > rows.length) parent.lastElementChild.remove();
  for (const [i, row] of rows.entries()) set(parent.children[i] ?? add(parent, tag), attributes(row, i));
}

// A straight scale from the numbers a…b to the pixels c…d, with `back` for the way back and `ticks` at round numbers.
export function scale(a, b, c, d) {
  const to = (value) => c + ((value - a) / (b - a)) * (d - c);
  to.back = (pixel) => a + ((pixel - c) / (d - c)) * (b - a);
  to.ticks = (most = 6) => {
    const rough = (b - a) / most;
    const power = 10 ** Math.floor(Math.log10(rough));
    const step = power * [1, 2, 5, 10].find((factor) => factor * power >= rough * 0.999);
    const first = Math.ceil(a / step - 1e-9);
    return Array.from({ length: Math.floor(b / step + 1e-9) - first + 1 }, (_, i) => (first + i) * step);
  };
  Object.assign(to, { from: c, to: d });
  return to;
}

// A logarithmic scale from a to b; the first pixels, `room`, lead straight from 0 to a. What is beyond b stays there.
export function logScale(a, b, c, d, room) {
  const log = scale(Math.log10(a), Math.log10(b), c + room, d);
  const to = (value) => (value < a ? c + (room * value) / a : Math.min(d, log(Math.log10(value))));
  to.ticks = () => [0, ...log.ticks().map((power) => 10 ** power)];
  return Object.assign(to, { from: c, to: d, text: String });
}

// The d of a path through points; a null or a number that is not finite leaves a gap.
export const path = (xs, ys) =>
  xs
    .map((x, i) => {
      const here = Number.isFinite(ys[i]) && ys[i] !== null;
      const before = i > 0 && Number.isFinite(ys[i - 1]) && ys[i - 1] !== null;
      return here ? `${before ? "L" : "M"}${x.toFixed(1)} ${ys[i].toFixed(1)}` : "";
    })
    .join("");

// The d of a curve in a panel with the scales x and y.
export const curvePath = (xs, ys, { x, y }) =>
  path(
    xs.map(x),
    ys.map((value) => (value === null ? value : y(value))),
  );

// Both axes of a panel with ticks, numbers and labels, into a <g> of their own. `x` and `y` are scales.
export function axes(group, x, y, { xLabel = "", yLabel = "", xTicks = 6, yTicks = 4 }) {
  if (!group.childElementCount) for (let i = 0; i < 2; i++) add(group, "g");
  const [lines, texts] = group.children;
  const [top, bottom] = [Math.min(y.from, y.to), Math.max(y.from, y.to)];
  const left = x.from;
  const write = (along, ticks) => along.text ?? ((tick) => number(tick, digits(ticks)));
  const digits = (ticks) => Math.max(0, -Math.floor(Math.log10(ticks[1] - ticks[0]) + 1e-9));
  const [across, up] = [x.ticks(xTicks), y.ticks(yTicks)];
  marks(
    lines,
    "path",
    [
      `M${left} ${top}V${bottom}H${x.to}`,
      ...across.map((tick) => `M${x(tick)} ${bottom}v4`),
      ...up.map((tick) => `M${left} ${y(tick)}h-4`),
    ],
    (d) => ({ d, class: "axis" }),
  );
  const middle = (left + x.to) / 2;
  marks(
    texts,
    "text",
    [
      ...(xLabel ? across : []).map((tick) => [x(tick), bottom + 16, "middle", write(x, across)(tick)]),
      ...up.map((tick) => [left - 7, y(tick) + 4, "end", write(y, up)(tick)]),
      [middle, bottom + 31, "middle", xLabel],
      [left - 7, top - 8, "start", yLabel],
    ],
    ([tx, ty, anchor, text]) => ({ x: tx, y: ty, "text-anchor": anchor, text }),
  );
}

// The names of what a fit shows, in a text to be put at the right end of its panel.
export function legendLayer(svg, y, say) {
  const text = layer(svg, "legend", "text", { "text-anchor": "end", y });
  for (const [name, sign] of Object.entries({ value: "●", truth: "—", prediction: "╌" })) {
    add(text, "tspan", { fill: role(name), dx: 8, text: `${sign} ${say(`legend-${name}`)}` });
  }
  return ({ width }) => set(text, { x: width - 12 });
}

// A table: `rows` of texts below `heads`; the first of each row is its name. Cells are reused.
export function table(parent, caption, heads, rows) {
  const element = parent.querySelector("table") ?? add(parent, "table");
  if (!element.childElementCount) for (const tag of ["caption", "thead", "tbody"]) add(element, tag);
  const [title, head, body] = element.children;
  set(title, { text: caption });
  marks(head, "tr", [heads], () => ({}));
  marks(head.firstElementChild, "th", heads, (text) => ({ text, scope: "col" }));
  marks(body, "tr", rows, () => ({}));
  for (const [i, row] of rows.entries()) fillRow(body.children[i], row);
}

function fillRow(line, texts) {
  for (const [i, text] of texts.entries()) {
    set(line.children[i] ?? add(line, i ? "td" : "th", i ? {} : { scope: "row" }), { text });
  }
  while (line.childElementCount > texts.length) line.lastElementChild.remove();
}

// A number as the reader sees it, with a true minus sign.
export function number(value, digits = 2) {
  const text = value.toFixed(digits);
  return Number(text) === 0 ? text.replace("-", "") : text.replace("-", "−");
}

// Numbers with two digits, evenly apart on a logarithmic scale, for a slider; 0 at the left end if asked for.
export function logSteps(from, to, perDecade = 20, zero = false) {
  const count = Math.round(Math.log10(to / from) * perDecade);
  const steps = Array.from({ length: count + 1 }, (_, i) => Number((from * 10 ** (i / perDecade)).toPrecision(2)));
  return zero ? [0, ...steps] : steps;
}

// Whole numbers in an address, as many digits of base 36 for each; undefined for a text that is none.
export const pack = (numbers, digits) => numbers.map((n) => n.toString(36).padStart(digits, "0")).join("");
export function unpack(text, digits) {
  const parts = text.match(new RegExp(`[\\da-z]{${digits}}`, "g")) ?? [];
  return parts.join("") === text ? parts.map((part) => Number.parseInt(part, 36)) : undefined;
}

// The last result of `find`, which is found anew only when it is asked something else.
export function remember(find) {
  let [asked, found] = [null, null];
  return (...what) => {
    const key = what.join(" ");
    if (key !== asked) [asked, found] = [key, find(...what)];
    return found;
  };
}

export const GRIP = 20; // half of the width of a grip: the room that it needs at the end of an axis
// The d of a grip below a place on an axis: a triangle between two arrows.
export const grip = (x, y) => `M${x} ${y}l9 15h-18zm-13 5l-6 5l6 5zm26 0l6 5l-6 5z`;

// The d of a diamond around a point: a prediction.
export const diamond = (x, y) => `M${x} ${y - 8}l8 8l-8 8l-8 -8z`;

// The d of a disc around [x, y], and a layer of discs. They are one path: fifty elements take the browser several times as
// long to lay out and to paint.
function disc([x, y, r]) {
  const [left, up, radius, wide] = [x - r, y, r, 2 * r].map(fine);
  return `M${left} ${up}a${radius} ${radius} 0 1 1 ${wide} 0a${radius} ${radius} 0 1 1 ${-wide} 0`;
}
export const discsLayer = (svg, part, attributes, discs) =>
  pathLayer(svg, part, attributes, (view) => discs(view).map(disc).join(""));

// The d of bars from one line, upright, each with its middle at an x: the weights of the keys that stand there.
export const bars = (xs, foot, tops) =>
  xs.map((x, i) => `M${fine(x - 1.5)} ${foot}V${fine(tops[i])}h3V${foot}z`).join("");

// The points of the data, the larger the more they count: a layer for a view with scales x and y and `weights` or null.
export const pointsLayer = (svg, keys, values) =>
  discsLayer(svg, "points", { fill: role("value"), stroke: role("value"), "fill-opacity": 0.35 }, ({ x, y, weights }) =>
    keys.map((key, i) => [x(key), y(values[i]), Math.sqrt(6 + 800 * (weights?.[i] ?? 0))]),
  );

// The scale from whole numbers around all values to the pixels c…d.
export const scaleAround = (values, c, d) =>
  scale(Math.floor(Math.min(...values)), Math.ceil(Math.max(...values)), c, d);

// Lines of code below the figure; in small letters they scroll, so keys must reach them.
export const code = (below) => add(below, "pre", { translate: "no", tabindex: "0" });

// The look of a line: `kind` is " thin" or " dashed".
export const line = (stroke, kind = "") => ({ class: `line${kind}`, stroke });

// Does the reader want no motion?
export const calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

export const role = (name) => `var(--role-${name})`;
export const clamp = (value, least, most) => Math.min(most, Math.max(least, value));

// w as the sliders write it.
export const writeW = (w) => number(w, w < 10 ? 2 : 0);

// Where in the figure a pointer is.
export function whereIs(svg, { clientX, clientY }) {
  const { left, top, width } = svg.getBoundingClientRect();
  const zoom = width / svg.viewBox.baseVal.width;
  return [(clientX - left) / zoom, (clientY - top) / zoom];
}

// One finger on `area` does not scroll the page while it is `held`. `touch-action` would say this too, but Chromium looks
// at it only where a shape is painted.
function hold(area, held = () => true) {
  const stay = (event) => held() && event.touches.length === 1 && event.preventDefault();
  area.addEventListener("touchmove", stay, { passive: false });
}

// Call `move` with the place in the figure, while mouse, pen or finger drags on `area`. A finger that comes down may be
// about to scroll, so it counts only when it moves sideways or is lifted; on an `upright` area it never scrolls.
export function drag(svg, move, area = svg, upright = false) {
  area.classList.add(upright ? "upright" : "draggable");
  if (upright) hold(area);
  let finger; // where it came down, until it moves sideways
  const at = (event) => area.hasPointerCapture(event.pointerId) && move(...whereIs(svg, event));
  area.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    event.stopPropagation(); // an area within another has it alone
    area.setPointerCapture(event.pointerId);
    finger = !upright && event.pointerType === "touch" && event;
    if (!finger) at(event);
  });
  area.addEventListener("pointermove", (event) => {
    if (finger && Math.abs(event.clientX - finger.clientX) <= Math.abs(event.clientY - finger.clientY)) return;
    finger = null;
    at(event);
  });
  area.addEventListener("pointerup", at);
}

// Follow a pointer from where it comes down on `area`, in all directions: `begin(place, event)` says false if nothing is to
// be held there, `move` gets the last place and the present one, and `cancel` is for two fingers that zoom.
export function follow(svg, area, begin, move, cancel) {
  let [pointer, last] = [null, null];
  function at(event) {
    if (event.pointerId !== pointer || !event.buttons) return;
    const now = whereIs(svg, event);
    move(last, now);
    last = now;
  }
  area.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || !event.isPrimary) return;
    last = whereIs(svg, event);
    if (begin(last, event) === false) return;
    area.setPointerCapture(event.pointerId);
    pointer = event.pointerId;
    at(event);
  });
  area.addEventListener("pointermove", at);
  area.addEventListener("pointercancel", (event) => event.pointerId === pointer && cancel());
  hold(area, () => pointer !== null);
  area.addEventListener("lostpointercapture", () => {
    pointer = null;
  });
}
