// The same formula: from the distance of 1964 to the dot product alone, and who gets the most weight on the way.
import {
  axes,
  bars,
  clamp,
  diamond,
  discsLayer,
  drag,
  GRIP,
  grip,
  layer,
  legendLayer,
  line,
  logSteps,
  number,
  path,
  pathLayer,
  pointsLayer,
  remember,
  role,
  scale,
  scaleAround,
  table,
  textLayer,
  writeW,
} from "../shared/draw.js";
import { bend, mixedScores, pool, range, softmax, softPool, sumOver, truth } from "../shared/math.js";

const GRID = range(101, (i) => i / 20);
const [LEAST, MOST] = [0.1, 5]; // where a query may be
const TOP = 5; // rows of the table
const vectors = { line: (x) => [x], circle: bend };

// The scores of all keys for the query at a place.
function scoresAt(places, keys, w, t) {
  const vector = vectors[keys];
  const scores = mixedScores(places.map(vector), w, t);
  return (place, own) => scores(vector(place), own);
}

// The curve does not depend on the query: it stands still in a drag.
const rememberCurve = ({ x: places, y: values }) =>
  remember((keys, w, t) => {
    const scores = scoresAt(places, keys, w, t);
    return GRID.map((place) => softPool(scores(place), values));
  });

// Scores of all keys for one query, the weights, and those of 1964.
function compute({ x: places, y: values }, { q, t, w, keys, qq }, curve) {
  const [scores, before] = [t, 0].map((t) => scoresAt(places, keys, w, t));
  const [weights, were] = [scores, before].map((scores) => softmax(scores(q)));
  const query = vectors[keys](q);
  return {
    ...{ places, values, q, t, w, keys, qq, weights, were, curve },
    score: scores(q, qq),
    shift: (w * w * pool(query, query)) / 2,
    order: range(places.length).sort((a, b) => weights[b] - weights[a]),
    nearest: were.indexOf(Math.max(...were)),
    answer: pool(weights, values),
    before: pool(were, values),
    peak: keys === "line" ? q / (1 - t) : q,
  };
}

// All that the layers show. In the corner above the last points, where there is none, the axis lies bent.
function look(numbers, { width, height }) {
  const largest = Math.max(...numbers.weights, ...numbers.were);
  const most = [0.05, 0.1, 0.2, 0.5, 1].find((top) => top >= largest - 1e-9) ?? 1;
  const radius = Math.min(60, width / 7);
  return {
    ...{ ...numbers, width, radius },
    x: scale(0, 5, 44, width - GRIP),
    y: scaleAround(numbers.values, height - 178, 28),
    h: scale(0, most, height - 44, height - 128),
    ring: [width - 30 - radius, 42 + radius],
  };
}

function axesLayer(svg, say) {
  const [above, below] = [layer(svg, "axes"), layer(svg, "axes-weights")];
  return ({ x, y, h }) => {
    axes(above, x, y, { yLabel: say("axis-y") });
    axes(below, x, h, { xLabel: say("axis-x"), yLabel: say("axis-weight"), yTicks: 2 });
  };
}

// From key to key, what each had in 1964.
function outline({ places, were, x, h }) {
  const order = range(places.length).sort((a, b) => places[a] - places[b]);
  return path(
    order.map((i) => x(places[i])),
    order.map((i) => h(were[i])),
  );
}

// The place with the highest score; beyond the axis it stays at the end.
const peakAt = ({ peak, x }) => x(Math.min(peak, MOST));

function peakName({ peak, t, x, h, width }, say) {
  const left = peakAt({ peak, x });
  const beyond = peak > MOST ? "peak-beyond" : "peak";
  return {
    x: left + (left < width * 0.6 ? -6 : 6),
    y: h.to - 17,
    "text-anchor": left < width * 0.6 ? "start" : "end",
    text: say(t === 1 && peak > MOST ? "peak-none" : beyond, { place: number(peak) }),
  };
}

const inCircle = ({ keys, ring: [x, y], radius }, place) => {
  const [right, above] = bend(place);
  const unit = radius / Math.hypot(right, above);
  return keys === "circle" ? [x - right * unit, y - above * unit] : null;
};

function ringLayers(svg, say) {
  const look = { fill: role("weight"), stroke: role("key"), "fill-opacity": 0.35 };
  const bent = (view) => (view.keys === "circle" ? view.places : []);
  const arc = (view) =>
    path(...[0, 1].map((i) => (bent(view).length ? GRID : []).map((place) => inCircle(view, place)[i])));
  return [
    pathLayer(svg, "ring", line(role("key"), " thin"), arc),
    discsLayer(svg, "ring-keys", look, (view) =>
      bent(view).map((key, i) => [...inCircle(view, key), Math.sqrt(4 + 300 * view.weights[i])]),
    ),
    pathLayer(svg, "ring-query", line(role("query")), (view) => {
      const to = inCircle(view, view.q);
      return to ? `M${view.ring.join(" ")}L${to.join(" ")}` : "";
    }),
    textLayer(svg, "ring-name", { "text-anchor": "middle", class: "clear" }, ({ keys, ring: [x, y] }) => ({
      x,
      y: y + 16,
      text: keys === "circle" ? say("ring") : "",
    })),
  ];
}

// The top keys one by one, and the rest.
function rowsOf({ places, values, order, score, weights, were }, say) {
  const rest = order.slice(TOP);
  const shares = (ids) => [weights, were].map((row) => number(sumOver(ids, row), 3));
  return [
    ...order.slice(0, TOP).map((i) => [number(places[i]), number(score[i]), ...shares([i]), number(values[i])]),
    [say("others", { others: rest.length }), "", ...shares(rest), ""],
  ];
}

function summary({ places, t, qq, keys, order, nearest, weights, were, answer, before, peak, shift }, say) {
  const [top] = order;
  const values = {
    t: number(t),
    key: number(places[top]),
    nearest: number(places[nearest]),
    answer: number(answer),
    before: number(before),
    weight: number(weights[top], 3),
    had: number(were[top], 3),
    place: number(peak),
    shift: number(shift),
  };
  const told = (...words) => words.map((word) => say(word, values));
  const leader = top === nearest ? "summary-nearest" : "summary-other";
  const why = { circle: "why-circle", line: t === 1 ? "why-product" : "why-peak" }[keys];
  return [told(qq ? "summary-shift" : leader, "summary-answer"), told(...(qq ? [leader] : []), "summary-weight", why)];
}

export default async ({ svg, below, say, data, change, slider, choice, tick }) => {
  const points = (await data()).seeds[0];
  slider("t", { min: 0, max: 1, step: 0.05, value: 0 });
  slider("q", { min: LEAST, max: MOST, step: 0.1, value: 2, role: "query" });
  choice("keys", Object.keys(vectors));
  slider("w", { values: logSteps(0.1, 10), value: 4, format: writeW });
  tick("qq");

  const layers = [
    axesLayer(svg, say),
    pathLayer(svg, "truth", line(role("truth")), ({ x, y }) => path(GRID.map(x), GRID.map(truth).map(y))),
    pathLayer(svg, "curve", line(role("prediction"), " dashed"), ({ x, y, curve }) => path(GRID.map(x), curve.map(y))),
    pointsLayer(svg, points.x, points.y),
    ...ringLayers(svg, say),
    pathLayer(svg, "query", line(role("query")), ({ q, answer, x, y, h }) => `M${x(q)} ${h.from}V${y(answer)}`),
    pathLayer(svg, "weights", { fill: role("weight") }, ({ places, weights, x, h }) =>
      bars(places.map(x), h.from, weights.map(h)),
    ),
    pathLayer(svg, "weights-1964", line("currentColor", " dashed"), outline),
    pathLayer(svg, "peak", { fill: role("key") }, (view) => `M${peakAt(view)} ${view.h.to - 2}l6 -10h-12z`),
    textLayer(svg, "peak-name", { fill: role("key"), class: "clear" }, (view) => peakName(view, say)),
    pathLayer(svg, "grip", { fill: role("query") }, ({ q, x, h }) => grip(x(q), h.from)),
    pathLayer(svg, "prediction", { fill: role("prediction") }, ({ q, answer, x, y }) => diamond(x(q), y(answer))),
    legendLayer(svg, 12, say),
  ];
  const curveOf = rememberCurve(points);
  let view;
  drag(svg, (pixel) => change({ q: Math.round(clamp(view.x.back(pixel), LEAST, MOST) * 10) / 10 }));

  return (state, size) => {
    view = look(compute(points, state, curveOf(state.keys, state.w, state.t)), size);
    for (const update of layers) update(view);
    const heads = ["key", "score", "weight", "then", "value"].map((head) => say(head));
    table(below, say("caption", { count: TOP }), heads, rowsOf(view, say));
    return summary(view, say);
  };
};
