// One query: drag it along x, and see who answers and how much each of them counts.
import {
  axes,
  bars,
  clamp,
  curvePath,
  diamond,
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
import {
  byDistance,
  curvePlaces,
  heard,
  kernels,
  neighbours,
  pool,
  predict,
  products,
  range,
  scores,
  sumOver,
  truth,
  weights,
} from "../shared/math.js";

const GRID = range(201, (i) => i / 40);
const REAL = GRID.map(truth);
const BELL = range(321, (i) => (i - 160) / 40); // where the kernel is drawn, in widths
const NEAREST = 5;
const NEAR = 0.15; // around a query, to see how steep the curve is there
const ROOM = 48; // that the number needs on either side
const NONE = "–";
const brief = (sum) => (sum > 0 && sum < 0.01 ? sum.toExponential(2).replace("-", "−") : number(sum));

// The curve and the height of the lower panel depend on w and the kernel alone: they stand still in a drag.
const rememberCurve = ({ x: keys, y: values }) =>
  remember((w, kernel) => {
    const grid = curvePlaces(GRID, keys, w, kernel);
    const answers = grid.map((place) => heard(place, keys, values, w, kernel));
    const largest = Math.max(...answers.map((answer) => answer?.largest ?? 0));
    const most = [0.05, 0.1, 0.15, 0.2, 0.3, 0.5, 1].find((top) => top >= largest - 1e-9) ?? 1;
    return { grid, curve: answers.map((answer) => answer?.guess ?? null), most };
  });

// All that the layers show, computed once for each drawing. A bare figure has no panel for the weights.
function look({ x: keys, y: values }, { x: query, w, kernel }, { grid, curve, most }, { width, height }, bare) {
  const row = weights(query, keys, w, kernel);
  const count = (key) => kernels[kernel]((query - key) * w);
  return {
    ...{ query, w, kernel, grid, curve, most, width, count, weights: row },
    prediction: row && pool(row, values),
    around: predict([query - NEAR, query + NEAR], keys, values, w, kernel),
    total: keys.reduce((sum, key) => sum + count(key), 0),
    x: scale(0, 5, 44, width - GRIP),
    y: scaleAround(values, height - (bare ? 44 : 166), 28),
    h: scale(0, most, height - 44, height - (bare ? 44 : 128)),
  };
}

function axesLayer(svg, say) {
  const [above, below] = [layer(svg, "axes"), layer(svg, "axes-weights")];
  return ({ x, y, h }) => {
    if (h.from === h.to) {
      axes(above, x, y, { xLabel: say("axis-x"), yLabel: say("axis-y") });
      return;
    }
    axes(above, x, y, { yLabel: say("axis-y") });
    axes(below, x, h, { xLabel: say("axis-x"), yLabel: say("axis-weight"), yTicks: 2 });
  };
}

const fitted = (view) => curvePath(view.grid, view.curve, view);
const real = (view) => curvePath(GRID, REAL, view);

const asked = ({ query, prediction, x, y, h }) =>
  `M${x(query)} ${h.from}V${prediction === null ? y.to : y(prediction)}`;

const answered = ({ query, prediction, x, y }) => (prediction === null ? "" : diamond(x(query), y(prediction)));

// What a key would weigh at each place around the query.
function bell({ query, w, count, total, most, x, h }) {
  const around = BELL.map((u) => query + u / (w || 0.01)).filter((place) => place >= 0 && place <= 5);
  const heights = around.map((place) => count(place) / total);
  return path(
    around.map(x),
    heights.map((v) => (v <= most ? h(v) : Number.NaN)),
  );
}

const barsLayer = (svg, keys) =>
  pathLayer(svg, "weights", { fill: role("weight") }, ({ x, h, weights }) =>
    bars(
      keys.map(x),
      h.from,
      keys.map((_, i) => h(weights?.[i] ?? 0)),
    ),
  );

// Above the diamond, and as far to the left as the curve climbs to the right, so that it stands beside the curve. At an end
// of the axis it goes inwards, and where the curve does so above the diamond, the number stands below.
function label({ query, prediction, around, x, y, width }, say) {
  const inwards = (x(query) < x.from + ROOM) - (x(query) > width - ROOM);
  if (prediction === null) {
    const way = query < 2.5 ? 1 : -1;
    return { x: x(query) + 13 * way, y: y.to + 12, "text-anchor": way > 0 ? "start" : "end", text: say("nobody") };
  }
  const climb = clamp((y(around[0]) - y(around[1])) / (x(2 * NEAR) - x.from), -1, 1);
  return {
    x: x(query) + 28 * (inwards || -climb),
    y: y(prediction) + (inwards * climb > 0 ? 17 : -13),
    "text-anchor": "middle",
    text: number(prediction),
  };
}

// The nearest keys one by one, the rest and all of them together.
function tableRows({ x: keys, y: values }, view, say) {
  const { query, w, kernel, count, weights: row, prediction } = view;
  const score = kernel === "gaussian" ? scores(query, keys, w) : keys.map(count);
  const written = (value) => (row ? number(value(), 3) : NONE);
  const order = byDistance(keys, query);
  const [near, far] = [order.slice(0, NEAREST), order.slice(NEAREST)];
  const share = (ids) => written(() => sumOver(ids, row));
  const product = (ids) => written(() => sumOver(ids, products(row, values)));
  const one = (i) => [
    number(keys[i]),
    number(query - keys[i]),
    number(score[i]),
    share([i]),
    number(values[i]),
    product([i]),
  ];
  return [
    ...near.map(one),
    [say("others", { others: far.length }), "", "", share(far), "", product(far)],
    [say("all"), "", "", share(order), "", written(() => prediction)],
  ];
}

function drawTable(below, points, view, say) {
  const [kind, caption] =
    view.kernel === "gaussian" ? ["score", view.w === 1 ? "caption-one" : "caption"] : ["count", "caption-count"];
  const heads = ["key", "distance", kind, "weight", "value", "product"].map((head) => say(head));
  const told = say(caption, { count: NEAREST, all: points.x.length, total: brief(view.total), w: writeW(view.w) });
  table(below, told, heads, tableRows(points, view, say));
}

function summary({ x: keys }, { query, w, weights: row, prediction }, say) {
  const x = number(query);
  if (!row) {
    return [[say("summary-nobody", { x })], [say("summary-reach", { w: writeW(w), reach: number(1 / w, 3) })]];
  }
  const [nearest] = byDistance(keys, query);
  const told = {
    neighbours: number(neighbours(row), 1),
    key: number(keys[nearest]),
    weight: number(row[nearest], 3),
  };
  const answered = { x, prediction: number(prediction), truth: number(truth(query)) };
  return [[say("summary", answered)], [say("summary-heard", told)]];
}

// On home the query goes to both ends and back, once, so that nobody takes the figure for a picture.
const SWEEP = 6000; // milliseconds
const there = (t) => 2.5 - 2.4 * Math.sin(2 * Math.PI * t);

export default async ({ svg, below, say, data, bare, change, sweep, slider, choice }) => {
  const points = (await data()).seeds[0];
  const { x: keys, y: values } = points;
  slider("x", { min: 0, max: 5, step: 0.05, value: 2.5, role: "query" });
  slider("w", { values: logSteps(0.1, 100, 20, true), value: 4, format: writeW });
  choice("kernel", Object.keys(kernels));

  const curveOf = rememberCurve(points);
  const layers = [
    axesLayer(svg, say),
    pathLayer(svg, "truth", line(role("truth")), real),
    pathLayer(svg, "curve", line(role("prediction"), " dashed"), fitted),
    pointsLayer(svg, keys, values),
    ...(bare ? [] : [pathLayer(svg, "bell", line(role("weight"), " thin"), bell)]),
    pathLayer(svg, "query", line(role("query")), asked),
    ...(bare ? [] : [barsLayer(svg, keys)]), // over the line: alone at w = 100, a bar stands exactly there
    pathLayer(svg, "grip", { fill: role("query") }, ({ query, x, h }) => grip(x(query), h.from)),
    pathLayer(svg, "prediction", { fill: role("prediction") }, answered),
    textLayer(svg, "answer", { fill: role("prediction"), class: "strong" }, (view) => label(view, say)),
    legendLayer(svg, 12, say),
  ];
  if (bare) sweep("x", there, SWEEP);
  let view;
  drag(svg, (pixel) => change({ x: Math.round(clamp(view.x.back(pixel), 0, 5) * 100) / 100 }));

  return (state, size) => {
    view = look(points, state, curveOf(state.w, state.kernel), size, bare);
    for (const update of layers) update(view);
    const told = summary(points, view, say);
    if (bare) return told.slice(0, 1);
    drawTable(below, points, view, say);
    return told;
  };
};
