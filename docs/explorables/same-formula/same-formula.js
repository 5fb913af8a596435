// The same formula: from the distance of 1964 to the dot product alone, and who is the loudest on the way.
import {
  axes,
  clamp,
  diamond,
  drag,
  grip,
  layer,
  legendLayer,
  line,
  logSteps,
  marksLayer,
  number,
  path,
  pathLayer,
  pointsLayer,
  role,
  scale,
  scaleAround,
  table,
  textLayer,
  writeW,
} from "../shared/draw.js";
import { bend, mixedScores, pool, range, softmax, truth } from "../shared/math.js";

const GRID = range(101, (i) => i / 20);
const [LEAST, MOST] = [0.1, 5]; // where a query may be
const LOUDEST = 5; // rows of the table
const vectors = { line: (x) => [x], circle: bend };

// Scores of all keys for one query, the weights, and those of 1964.
function compute({ x, y }, { q, t, w, keys, qq }) {
  const vector = vectors[keys];
  const places = x.map(vector);
  const weightsAt = (place, t) => softmax(mixedScores(vector(place), places, w, t));
  const [weights, were] = [t, 0].map((t) => weightsAt(q, t));
  return {
    ...{ x, y, q, t, w, keys, qq, weights, were },
    score: mixedScores(vector(q), places, w, t, qq),
    shift: (w * w * pool(vector(q), vector(q))) / 2,
    order: range(x.length).sort((a, b) => weights[b] - weights[a]),
    nearest: were.indexOf(Math.max(...were)),
    curve: GRID.map((place) => pool(weightsAt(place, t), y)),
    answer: pool(weights, y),
    before: pool(were, y),
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
    across: scale(0, 5, 44, width - 16),
    up: scaleAround(numbers.y, height - 178, 28),
    high: scale(0, most, height - 44, height - 128),
    ring: [width - 30 - radius, 42 + radius],
  };
}

function axesLayer(svg, say) {
  const [above, below] = [layer(svg, "axes"), layer(svg, "axes-weights")];
  return ({ across, up, high }) => {
    axes(above, across, up, { yLabel: say("axis-y") });
    axes(below, across, high, { xLabel: say("axis-x"), yLabel: say("axis-weight"), yTicks: 2 });
  };
}

const bars = ({ x, weights, across, high }) =>
  x.map((key, i) => `M${across(key) - 1.5} ${high.from}V${high(weights[i])}h3V${high.from}z`).join("");

// From key to key, what each had in 1964.
function outline({ x, were, across, high }) {
  const order = range(x.length).sort((a, b) => x[a] - x[b]);
  return path(
    order.map((i) => across(x[i])),
    order.map((i) => high(were[i])),
  );
}

// The place with the highest score; beyond the axis it stays at the end.
const peakAt = ({ peak, across }) => across(Math.min(peak, MOST));

function peakName({ peak, t, across, high, ...view }, say) {
  const left = peakAt({ peak, across });
  const beyond = peak > MOST ? "peak-beyond" : "peak";
  return {
    x: left + (left < view.width * 0.6 ? -6 : 6),
    y: high.to - 17,
    "text-anchor": left < view.width * 0.6 ? "start" : "end",
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
  const bent = (view) => (view.keys === "circle" ? view.x : []);
  const arc = (view) => path(...[0, 1].map((i) => (bent(view).length ? GRID : []).map((x) => inCircle(view, x)[i])));
  return [
    pathLayer(svg, "ring", line(role("key"), " thin"), arc),
    marksLayer(svg, "ring-keys", "circle", look, bent, (view, key, i) => {
      const [cx, cy] = inCircle(view, key);
      return { cx, cy, r: Math.sqrt(4 + 300 * view.weights[i]) };
    }),
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

// The loudest keys one by one, and the rest.
function rowsOf({ x, y, order, score, weights, were }, say) {
  const one = (i) => [number(x[i]), number(score[i]), number(weights[i], 3), number(were[i], 3), number(y[i])];
  const rest = order.slice(LOUDEST);
  const share = (row) =>
    number(
      pool(
        row,
        range(row.length, (i) => Number(rest.includes(i))),
      ),
      3,
    );
  return [
    ...order.slice(0, LOUDEST).map(one),
    [say("others", { others: rest.length }), "", share(weights), share(were), ""],
  ];
}

function summary({ x, t, qq, keys, order, nearest, weights, were, answer, before, peak, shift }, say) {
  const [top] = order;
  const values = {
    t: number(t),
    key: number(x[top]),
    nearest: number(x[nearest]),
    answer: number(answer),
    before: number(before),
    weight: number(weights[top], 3),
    had: number(were[top], 3),
    place: number(peak),
    shift: number(shift),
  };
  const told = (...words) => words.map((word) => say(word, values));
  const loudest = top === nearest ? "summary-nearest" : "summary-other";
  const why = { circle: "why-circle", line: t === 1 ? "why-product" : "why-peak" }[keys];
  return [
    told(qq ? "summary-shift" : loudest, "summary-answer"),
    told(...(qq ? [loudest] : []), "summary-weight", why),
  ];
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
    pathLayer(svg, "truth", line(role("truth")), ({ across, up }) => path(GRID.map(across), GRID.map(truth).map(up))),
    pathLayer(svg, "curve", line(role("prediction"), " dashed"), ({ across, up, curve }) =>
      path(GRID.map(across), curve.map(up)),
    ),
    (
      (draw) => (view) =>
        draw({ ...view, x: view.across, y: view.up })
    )(pointsLayer(svg, points.x, points.y)),
    ...ringLayers(svg, say),
    pathLayer(
      svg,
      "query",
      line(role("query")),
      ({ q, answer, across, up, high }) => `M${across(q)} ${high.from}V${up(answer)}`,
    ),
    pathLayer(svg, "weights", { fill: role("weight") }, bars),
    pathLayer(svg, "weights-1964", line("currentColor", " dashed"), outline),
    pathLayer(svg, "peak", { fill: role("key") }, (view) => `M${peakAt(view)} ${view.high.to - 2}l6 -10h-12z`),
    textLayer(svg, "peak-name", { fill: role("key"), class: "clear" }, (view) => peakName(view, say)),
    pathLayer(svg, "grip", { fill: role("query") }, ({ q, across, high }) => grip(across(q), high.from)),
    pathLayer(svg, "prediction", { fill: role("prediction") }, ({ q, answer, across, up }) =>
      diamond(across(q), up(answer)),
    ),
    legendLayer(svg, 12, say),
  ];
  let view;
  drag(svg, (pixel) => change({ q: Math.round(clamp(view.across.back(pixel), LEAST, MOST) * 10) / 10 }));

  return (state, size) => {
    view = look(compute(points, state), size);
    for (const update of layers) update(view);
    const heads = ["key", "score", "weight", "then", "value"].map((head) => say(head));
    table(below, say("caption", { count: LOUDEST }), heads, rowsOf(view, say));
    return summary(view, say);
  };
};
