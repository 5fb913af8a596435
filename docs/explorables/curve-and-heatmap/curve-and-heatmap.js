// Curve and heat map: turn w from 0 to very large, and see the fit, all weights, and how many neighbours are heard.
import {
  axes,
  clamp,
  diamond,
  drag,
  GRIP,
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
  set,
  table,
  writeW,
} from "../shared/draw.js";
import {
  byDistance,
  curvePlaces,
  meanSquare,
  neighbours,
  pool,
  predict,
  products,
  range,
  sumOver,
  truth,
  weights,
} from "../shared/math.js";

const EVEN = range(201, (i) => i / 40);
const LEVELS = 25; // of darkness
const NEAREST = 5; // keys in the table
const SHOWN = [0, 0.01, 0.05, 0.2, 0.5, 1];
// One meaning of darkness for every w: a power of the weight, or small weights would be invisible.
const level = (weight) => Math.round(weight ** 0.4 * LEVELS);
const median = (numbers) => {
  const sorted = [...numbers].sort((a, b) => a - b);
  return (sorted[Math.floor((sorted.length - 1) / 2)] + sorted[Math.floor(sorted.length / 2)]) / 2;
};
// The borders of the cells around sorted places: halfway to the neighbours.
const edges = (places) => [0, ...places.slice(1).map((place, i) => (place + places[i]) / 2), 5];

// The place of a query that is nearest.
const nearest = (queries, place) => queries[Math.round(clamp(place, 0, queries.at(-1)) / queries[1])];

// All weights and the curve depend on w alone: they stand still in a drag.
function rememberMap(queries, { x: keys, y: values }) {
  let [asked, found] = [-1, {}];
  return (w) => {
    if (asked !== w) {
      asked = w;
      const map = queries.map((place) => weights(place, keys, w));
      const places = curvePlaces(EVEN, keys, w);
      found = { map, answers: map.map((row) => pool(row, values)), places, curve: predict(places, keys, values, w) };
    }
    return found;
  };
}

// All that the layers show, computed once for each drawing.
function look(queries, { x: keys, y: values }, { x: query, w }, map, { width, height }) {
  const own = weights(query, keys, w);
  const below = 28 + 0.39 * (height - 166); // where the curve's panel ends; the rest is the map's
  return {
    ...{ ...map, query, w, width, height, weights: own },
    prediction: pool(own, values),
    index: queries.indexOf(nearest(queries, query)),
    x: scale(0, 5, 44, width - GRIP),
    y: scaleAround(values, below, 28),
    down: scale(0, 5, below + 38, height - 100),
  };
}

function axesLayer(svg, say) {
  const [above, below] = [layer(svg, "axes"), layer(svg, "axes-map")];
  return ({ x, y, down }) => {
    axes(above, x, y, { yLabel: say("axis-y") });
    axes(below, x, down, { xLabel: say("axis-key"), yLabel: say("axis-query"), yTicks: 5 });
  };
}

// The cells of one darkness are one path: 25 elements in place of 2000.
function cellsLayer(svg, across, under) {
  const rows = ({ map, x, down }) => {
    const paths = range(LEVELS, () => "");
    const [left, top] = [across.map((edge) => x(edge).toFixed(1)), under.map((edge) => down(edge).toFixed(1))];
    for (const [i, line] of map.entries()) {
      for (const [j, weight] of line.entries()) {
        const dark = level(weight);
        if (dark) paths[dark - 1] += `M${left[j]} ${top[i]}H${left[j + 1]}V${top[i + 1]}H${left[j]}z`;
      }
    }
    return paths;
  };
  const each = (_, d, i) => ({ d, "fill-opacity": (i + 1) / LEVELS, "shape-rendering": "crispEdges" });
  return marksLayer(svg, "cells", "path", { fill: role("weight") }, rows, each);
}

function rowLayer(svg, under) {
  const frame = layer(svg, "row", "rect", line(role("query")));
  return ({ x, down, index }) => {
    const [from, to] = [down(under[index]), down(under[index + 1])];
    set(frame, { x: x.from, y: from - 1, width: x.to - x.from, height: to - from + 2 });
  };
}

// Two places to drag: below the curve, and beside the row.
const grips = ({ query, x, y, down, index }, under) => {
  const middle = (down(under[index]) + down(under[index + 1])) / 2;
  return `${grip(x(query), y.from)}M${x.to + 2} ${middle}l10 -7v14z`;
};

// Where the row of the query can be dragged: the map and what is to the right of it. Beside them a finger scrolls.
function mapLayer(svg, choose) {
  const area = layer(svg, "area", "rect", { fill: "transparent" });
  let view;
  drag(svg, (px) => choose(view.x.back(px)));
  drag(svg, (_, py) => choose(view.down.back(py)), area, true);
  return (now) => {
    view = now;
    const { x, down, width } = view;
    set(area, { x: x.from, y: down.from, width: width - x.from, height: down.to - down.from });
  };
}

// What a darkness means.
function scaleLayer(svg, say) {
  const room = ({ x }) => (x.to - x.from) / SHOWN.length;
  const box = (view, i) => view.x.from + room(view) * i;
  const swatches = marksLayer(
    svg,
    "scale",
    "rect",
    { fill: role("weight"), stroke: "currentColor" },
    () => SHOWN,
    (view, weight, i) => ({
      x: box(view, i),
      y: view.height - 40,
      width: room(view),
      height: 16,
      "fill-opacity": level(weight) / LEVELS,
    }),
  );
  const texts = () => [...SHOWN.map(String), say("axis-weight")];
  const numbers = marksLayer(svg, "scale-numbers", "text", { "text-anchor": "middle" }, texts, (view, text, i) => ({
    x: i < SHOWN.length ? box(view, i) + room(view) / 2 : (view.x.from + view.x.to) / 2,
    y: view.height - (i < SHOWN.length ? 10 : 46),
    text,
  }));
  return (view) => {
    swatches(view);
    numbers(view);
  };
}

// Which end of all widths this is like, in a word.
function end(w, usual, all) {
  if (w === 0) return "average";
  if (usual > 0.95 * all) return "even";
  return usual < 1.05 ? "nearest" : "between";
}

function summary(keys, real, { query, w, map, answers, weights: own, prediction }, say) {
  const largest = own.indexOf(Math.max(...own));
  const kind = end(w, median(map.map(neighbours)), keys.length);
  const numbers = {
    w: writeW(w),
    x: number(query, 3),
    prediction: number(prediction),
    neighbours: number(neighbours(own), 1),
    all: keys.length,
    key: number(keys[largest]),
    weight: number(own[largest], 3),
    error: number(meanSquare(answers, real), 3),
  };
  const told = (words) => words.map((word) => say(`summary${word}`, numbers));
  return [told([`-${kind}`, "-error", ""]), told([w === 0 ? "-alike" : "-heard"])];
}

// The framed row: the nearest keys one by one, the others and all of them together.
function drawTable(below, { x: keys, y: values }, { query, weights: row }, say) {
  const order = byDistance(keys, query);
  const far = order.slice(NEAREST);
  const cells = (ids, value) => [number(sumOver(ids, row), 3), value, number(sumOver(ids, products(row, values)), 3)];
  const rows = [
    ...order.slice(0, NEAREST).map((i) => [number(keys[i]), ...cells([i], number(values[i]))]),
    [say("others", { others: far.length }), ...cells(far, "")],
    [say("all"), ...cells(order, "")],
  ];
  const told = say("caption", { x: number(query, 3), count: NEAREST, all: keys.length });
  table(
    below,
    told,
    ["key", "weight", "value", "product"].map((head) => say(head)),
    rows,
  );
}

export default async ({ svg, below, say, data, change, slider }) => {
  const { queries, seeds } = await data();
  const points = seeds[0];
  const { x: keys, y: values } = points;
  slider("w", { values: logSteps(0.1, 1000, 20, true), value: 1, format: writeW });
  slider("x", { min: 0, max: queries.at(-1), step: queries[1], value: 2.5, role: "query", digits: 3 });

  const real = queries.map(truth);
  const under = edges(queries);
  const layers = [
    axesLayer(svg, say),
    cellsLayer(svg, edges(keys), under),
    rowLayer(svg, under),
    pathLayer(svg, "truth", line(role("truth")), ({ x, y }) => path(queries.map(x), real.map(y))),
    pointsLayer(svg, keys, values),
    pathLayer(svg, "curve", line(role("prediction"), " dashed"), ({ x, y, places, curve }) =>
      path(places.map(x), curve.map(y)),
    ),
    pathLayer(
      svg,
      "query",
      line(role("query")),
      ({ query, prediction, x, y }) => `M${x(query)} ${y.from}V${y(prediction)}`,
    ),
    pathLayer(svg, "grips", { fill: role("query") }, (view) => grips(view, under)),
    pathLayer(svg, "prediction", { fill: role("prediction") }, ({ query, prediction, x, y }) =>
      diamond(x(query), y(prediction)),
    ),
    scaleLayer(svg, say),
    legendLayer(svg, 12, say),
    mapLayer(svg, (place) => change({ x: nearest(queries, place) })),
  ];

  const mapOf = rememberMap(queries, points);
  return (state, size) => {
    const view = look(queries, points, state, mapOf(state.w), size);
    for (const update of layers) update(view);
    drawTable(below, points, view, say);
    return summary(keys, real, view, say);
  };
};
