// Three people: from the places of three keys and a query to the answer, one column of the table after the other.
import {
  add,
  axes,
  clamp,
  diamond,
  drag,
  GRIP,
  grip,
  layer,
  line,
  marksLayer,
  number,
  path,
  pathLayer,
  role,
  scale,
  set,
  table,
  textLayer,
} from "../shared/draw.js";
import { kernels, pool, products, range, scores, softmax, sum } from "../shared/math.js";

const PEOPLE = ["A", "B", "C"];
const KEYS = { a: 1, b: 2, c: 4 };
const VALUES = { va: 10, vb: 20, vc: 40 };
const COLUMNS = ["distance", "score", "count", "weight", "product"];
const ALL = COLUMNS.length; // the last step; at step n the first n columns are filled in
const GRID = range(101, (i) => i / 20);
const [LEFT, TALL, RADIUS] = [40, 28, 11]; // pixels: beside the panels, the height of the bar, a person

const place = (x) => number(x, Number.isInteger(x) ? 0 : 1);
// A share is never 0, so its first digit is shown, however small.
const share = (x) => number(x, Math.max(3, Math.ceil(-Math.log10(x))));
const WRITE = { distance: place, score: number, count: share, weight: share, product: number };
const tenth = (x) => Math.round(10 * x) / 10;

// All that the layers show, computed once for each drawing.
function look(state, { width, height }) {
  const { q, step } = state;
  const [keys, values] = [KEYS, VALUES].map((first) => Object.keys(first).map((key) => state[key]));
  const score = scores(q, keys, 1);
  const weight = softmax(score);
  const bar = height - 70;
  const room = bar - 122; // for the two panels, without what stands around them
  const columns = {
    distance: keys.map((key) => tenth(q - key)),
    score,
    count: keys.map((key) => kernels.gaussian(q - key)),
    weight,
    product: products(weight, values),
  };
  return {
    ...{ q, step, keys, values, columns, width, prediction: pool(weight, values) },
    x: scale(0, 5, LEFT, width - GRIP),
    bar,
    y: scale(0, 50, 22 + 0.63 * room, 22),
    h: scale(0, 1, bar - 60, bar - 60 - 0.37 * room),
    whole: scale(0, 1, LEFT, width - GRIP),
  };
}

function axesLayer(svg, say) {
  const [above, below] = [layer(svg, "axes"), layer(svg, "axes-count")];
  return ({ x, y, h }) => {
    axes(above, x, y, { yLabel: say("axis-value"), yTicks: 3 });
    axes(below, x, h, { xLabel: say("axis-x"), yLabel: say("count"), yTicks: 2 });
  };
}

const asked = ({ q, x, y, h }) => `M${x(q)} ${h.from}V${y.to}`;
const ways = ({ q, keys, values, x, y }) => keys.map((key, i) => `M${x(q)} ${y(values[i])}H${x(key)}`).join("");

// On the way to each person what the first two columns say; beside it where the way is short.
function waysLayer(svg) {
  const shown = ({ step, columns }) => [columns.distance.map(place), columns.score.map((s) => number(s))][step - 1];
  return marksLayer(
    svg,
    "told",
    "text",
    {},
    (view) => shown(view) ?? [],
    ({ q, keys, values, x, y }, text, i) => {
      const way = x(q) - x(keys[i]);
      const short = Math.abs(way) < 50;
      const [at, up] = short ? [x(Math.max(q, keys[i])) + 16, -4] : [x(q) - (way - Math.sign(way) * RADIUS) / 2, 6];
      return { x: at, y: y(values[i]) - up, "text-anchor": short ? "start" : "middle", class: "clear", text };
    },
  );
}

const bell = ({ q, step, x, h }) =>
  step < 3
    ? ""
    : path(
        GRID.map(x),
        GRID.map((at) => h(kernels.gaussian(q - at))),
      );

const barsLayer = (svg) =>
  marksLayer(
    svg,
    "counts",
    "rect",
    { fill: role("weight") },
    ({ step, columns }) => (step < 3 ? [] : columns.count),
    ({ x, h, keys }, count, i) => ({ x: x(keys[i]) - 2, width: 4, y: h(count), height: h.from - h(count) }),
  );

// Where on the bar each person's share begins and ends.
function pieces({ step, columns: { weight }, whole }) {
  if (step < 4) return [];
  const ends = weight.map((_, i) => whole(sum(weight.slice(0, i + 1))));
  return ends.map((end, i) => ({ from: ends[i - 1] ?? whole.from, end, weight: weight[i], name: PEOPLE[i] }));
}

const piecesLayer = (svg) =>
  marksLayer(
    svg,
    "shares",
    "rect",
    { fill: role("weight"), "fill-opacity": 0.25, stroke: role("weight"), "stroke-width": 2 },
    pieces,
    ({ bar }, { from, end }) => ({ x: from, width: end - from, y: bar, height: TALL }),
  );

const namesLayer = (svg) =>
  marksLayer(svg, "names", "text", { "text-anchor": "middle" }, pieces, ({ bar }, { from, end, weight, name }) => ({
    ...{ x: (from + end) / 2, y: bar + 18 },
    text: [name, share(weight)].slice(0, (end - from > 12) + (end - from > 56)).join(" "),
  }));

const peopleLayer = (svg) =>
  marksLayer(
    svg,
    "people",
    "circle",
    { fill: role("value"), "fill-opacity": 0.2, stroke: role("value"), "stroke-width": 2 },
    ({ keys }) => keys,
    ({ x, y, values }, key, i) => ({ cx: x(key), cy: y(values[i]), r: RADIUS }),
  );

const labelsLayer = (svg) =>
  marksLayer(
    svg,
    "labels",
    "text",
    { "text-anchor": "middle" },
    ({ values }) => values,
    ({ x, y, keys }, value, i) => ({
      ...{ x: x(keys[i]), y: y(value) - 15, text: `${PEOPLE[i]} ${value}` },
      ...{ fill: role("value"), class: "clear" },
    }),
  );

// Written with two digits, the parts need not add up to the last one.
function added({ columns, prediction }) {
  const hundredths = (x) => Math.round(100 * number(x));
  const even = sum(columns.product.map(hundredths)) === hundredths(prediction);
  return `${columns.product.map((product) => number(product)).join(" + ")} ${even ? "=" : "≈"} ${number(prediction)}`;
}

// Beside the diamond, and farther down if a person is in the way.
function answer({ step, q, keys, values, prediction, x, y }) {
  const right = q < 2.5;
  const at = [x(q) + (right ? 40 : -40), y(prediction) + 10];
  const inTheWay = (key, i) => Math.abs(x(key) - at[0]) < 40 && Math.abs(y(values[i]) - at[1]) < 20;
  return {
    x: x(q) + (right ? 16 : -16),
    y: y(prediction) + (keys.some(inTheWay) ? 34 : 16),
    "text-anchor": right ? "start" : "end",
    text: step < ALL ? "" : number(prediction),
  };
}

// What can be dragged lies over all that is drawn: the query everywhere, and each person.
function dragLayers(svg, change, view) {
  const area = layer(svg, "area", "rect", { fill: "none", "pointer-events": "all" });
  const group = layer(svg, "hands", "g", { fill: "none", "pointer-events": "all" });
  svg.classList.add("draggable"); // the browser asks the drawing, not what lies in it, what a finger may do
  const to = (key) => (pixel) => change({ [key]: tenth(clamp(view().x.back(pixel), 0, 5)) });
  drag(svg, to("q"), area);
  const hands = Object.keys(KEYS).map((key) => {
    const hand = add(group, "circle", { r: 22 });
    drag(svg, to(key), hand);
    return hand;
  });
  return ({ x, y, keys, values, width, bar }) => {
    set(area, { width, height: bar - 20 });
    for (const [i, hand] of hands.entries()) set(hand, { cx: x(keys[i]), cy: y(values[i]) });
  };
}

// What is filled in so far, and below it the sums.
function drawTable(below, { q, step, keys, columns, prediction }, say) {
  const cell = (value, i) => (i < step ? WRITE[COLUMNS[i]](value) : "");
  const rows = keys.map((key, j) => [
    `${PEOPLE[j]}: ${place(key)}`,
    ...COLUMNS.map((column, i) => cell(columns[column][j], i)),
  ]);
  const sums = ["", "", cell(sum(columns.count), 2), cell(sum(columns.weight), 3), cell(prediction, 4)];
  const heads = ["key", ...COLUMNS].map((head) => say(head));
  set(below, { "data-step": String(step) });
  table(below, say(step < ALL ? "caption" : "caption-all", { q: place(q) }), heads, [...rows, [say("sum"), ...sums]]);
}

// The rule of the newest column, and its numbers.
function summary({ q, step, columns, prediction }, say) {
  const column = COLUMNS[step - 1];
  const [a, b, c] = columns[column].map((value) => WRITE[column](value));
  const more = { q: place(q), total: share(sum(columns.count)), prediction: number(prediction) };
  return [[say(`rule-${column}`), say(`numbers-${column}`, { a, b, c, ...more })]];
}

function makeControls({ state, part, change, slider, buttons }) {
  part(
    "step",
    1,
    (text) => range(ALL, (i) => i + 1).find((step) => String(step) === text),
    (from, to, t) => Math.round(from + (to - from) * t),
  );
  const go = (by) => change({ step: ((state.step - 1 + by + ALL) % ALL) + 1 });
  buttons({ back: () => go(-1), next: () => go(1) });
  const places = { min: 0, max: 5, step: 0.1, digits: 1 };
  slider("q", { ...places, value: 2, role: "query" });
  for (const [i, key] of Object.keys(KEYS).entries()) {
    slider(key, { ...places, value: KEYS[key], role: "key" });
    const value = Object.keys(VALUES)[i];
    slider(value, { min: 0, max: 50, step: 1, value: VALUES[value], role: "value", digits: 0 });
  }
}

export default (tools) => {
  const { svg, controls, below, say, change } = tools;
  controls.firstElementChild.after(below); // beside the buttons that fill the table in
  makeControls(tools);
  let view;
  const strong = { fill: role("prediction"), class: "strong" };
  const layers = [
    axesLayer(svg, say),
    pathLayer(svg, "query", line(role("query")), asked),
    pathLayer(svg, "ways", line(role("query"), " dashed"), ways),
    peopleLayer(svg),
    pathLayer(svg, "bell", line(role("weight"), " thin"), bell),
    barsLayer(svg),
    pathLayer(
      svg,
      "whole",
      { class: "axis" },
      ({ whole, bar }) => `M${whole.from} ${bar}H${whole.to}v${TALL}H${whole.from}z`,
    ),
    piecesLayer(svg),
    namesLayer(svg),
    textLayer(svg, "share", { x: LEFT - 7 }, ({ bar }) => ({ y: bar - 8, text: say("axis-weight") })),
    pathLayer(svg, "grip", { fill: role("query") }, ({ q, x, h }) => grip(x(q), h.from)),
    pathLayer(svg, "prediction", { fill: role("prediction") }, ({ step, q, prediction, x, y }) =>
      step < ALL ? "" : diamond(x(q), y(prediction)),
    ),
    waysLayer(svg),
    labelsLayer(svg),
    textLayer(svg, "answer", strong, answer),
    textLayer(svg, "sum", strong, (now) => ({ x: LEFT, y: now.bar + 54, text: now.step < ALL ? "" : added(now) })),
    dragLayers(svg, change, () => view),
  ];

  return (state, size) => {
    view = look(state, size);
    for (const update of layers) update(view);
    drawTable(below, view, say);
    return summary(view, say);
  };
};
