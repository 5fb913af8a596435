// Curve and heat map: turn w from 0 to very large, and see the fit, all weights, and how many neighbours are heard.
import { axes, drag, grip, layer, legend, logSteps, marks, number, path, scale, set } from "../shared/draw.js";
import { meanSquare, neighbours, pool, truth, weights } from "../shared/math.js";

const LEVELS = 25; // of darkness
const SHOWN = [0, 0.01, 0.05, 0.2, 0.5, 1];
// One meaning of darkness for every w: the square root of the weight, or small weights would be invisible.
const level = (weight) => Math.round(Math.sqrt(weight) * LEVELS);
const median = (numbers) => {
  const [low, high] = [(numbers.length - 1) >> 1, numbers.length >> 1];
  const sorted = [...numbers].sort((a, b) => a - b);
  return (sorted[low] + sorted[high]) / 2;
};
// The borders of the cells around sorted places: halfway to the neighbours.
const edges = (places) => [0, ...places.slice(1).map((place, i) => (place + places[i]) / 2), 5];

export default async ({ svg, say, data, change, slider }) => {
  const { queries, seeds } = await data();
  const { x: keys, y: values } = seeds[0];
  const real = queries.map(truth);
  const last = queries.at(-1);
  const format = (w) => number(w, w < 10 ? 2 : 0);
  slider("w", { values: logSteps(0.1, 1000, 20, true), value: 1, format });
  slider("x", { min: 0, max: last, step: queries[1], value: 2.5, role: "query", digits: 3 });

  const [frame, frameBelow] = [layer(svg, "axes"), layer(svg, "axes-map")];
  const cells = layer(svg, "cells", "g", { fill: "var(--role-weight)" });
  const row = layer(svg, "row", "rect", { class: "line", stroke: "var(--role-query)" });
  const known = layer(svg, "truth", "path", { class: "line", stroke: "var(--role-truth)" });
  const dots = layer(svg, "points", "g", { fill: "var(--role-value)", stroke: "var(--role-value)" });
  const fit = layer(svg, "curve", "path", { class: "line dashed", stroke: "var(--role-prediction)" });
  const line = layer(svg, "query", "path", { class: "line", stroke: "var(--role-query)" });
  const handle = layer(svg, "grips", "path", { fill: "var(--role-query)" });
  const answer = layer(svg, "prediction", "path", { fill: "var(--role-prediction)" });
  const swatches = layer(svg, "scale", "g", { fill: "var(--role-weight)", stroke: "currentColor" });
  const meanings = layer(svg, "scale-numbers", "g", { "text-anchor": "middle" });
  const names = legend(svg, 12, say);

  const snap = (place) => queries[Math.round(Math.min(last, Math.max(0, place)) / queries[1])];
  let [x, down] = [];
  drag(svg, (px, py) => change({ x: snap(py > down.from - 10 ? down.back(py) : x.back(px)) }));

  const [across, under] = [edges(keys), edges(queries)];
  let [drawn, map, curve] = [-1, [], []];
  return ({ x: query, w }, { width, height }) => {
    if (drawn !== w) {
      drawn = w;
      map = queries.map((place) => weights(place, keys, w));
      curve = map.map((own) => pool(own, values));
    }
    const own = weights(query, keys, w);
    const prediction = pool(own, values);

    x = scale(0, 5, 44, width - 12);
    down = scale(0, 5, height - 330, height - 100);
    const y = scale(Math.floor(Math.min(...values)), Math.ceil(Math.max(...values)), height - 368, 28);
    axes(frame, x, y, { yLabel: say("axis-y") });
    axes(frameBelow, x, down, { xLabel: say("axis-key"), yLabel: say("axis-query"), yTicks: 5 });
    set(names, { x: width - 12 });
    set(known, { d: path(queries.map(x), real.map(y)) });
    set(fit, { d: path(queries.map(x), curve.map(y)) });
    marks(dots, "circle", keys, (key, i) => ({
      cx: x(key),
      cy: y(values[i]),
      r: Math.sqrt(6 + 800 * own[i]),
      "fill-opacity": 0.35,
    }));

    // The cells of one darkness are one path: 25 elements in place of 2000.
    const paths = Array.from({ length: LEVELS }, () => "");
    const [left, top] = [across.map((edge) => x(edge).toFixed(1)), under.map((edge) => down(edge).toFixed(1))];
    map.forEach((line, i) =>
      line.forEach((weight, j) => {
        const dark = level(weight);
        if (dark) paths[dark - 1] += `M${left[j]} ${top[i]}H${left[j + 1]}V${top[i + 1]}H${left[j]}z`;
      }),
    );
    marks(cells, "path", paths, (d, i) => ({ d, "fill-opacity": (i + 1) / LEVELS, "shape-rendering": "crispEdges" }));
    const index = queries.indexOf(snap(query));
    const [from, to] = [down(under[index]), down(under[index + 1])];
    set(row, { x: x.from, y: from - 1, width: x.to - x.from, height: to - from + 2 });
    const px = x(query);
    set(handle, { d: `${grip(px, y.from)}M${x.to + 2} ${(from + to) / 2}l10 -7v14z` });
    set(line, { d: `M${px} ${y.from}V${y(prediction)}` });
    set(answer, { d: `M${px} ${y(prediction) - 8}l8 8l-8 8l-8 -8z` });

    const room = (x.to - x.from) / SHOWN.length;
    const box = (i) => x.from + room * i;
    marks(swatches, "rect", SHOWN, (weight, i) => ({
      x: box(i),
      y: height - 40,
      width: room,
      height: 16,
      "fill-opacity": level(weight) / LEVELS,
    }));
    marks(meanings, "text", [...SHOWN.map(String), say("axis-weight")], (text, i) => ({
      x: i < SHOWN.length ? box(i) + room / 2 : (x.from + x.to) / 2,
      y: height - (i < SHOWN.length ? 10 : 46),
      text,
    }));

    const largest = own.indexOf(Math.max(...own));
    const usual = median(map.map(neighbours));
    const end = w === 0 ? "average" : usual > 0.95 * keys.length ? "even" : usual < 1.05 ? "nearest" : "between";
    return `${say(`summary-${end}`, { w: format(w) })} ${say(w === 0 ? "summary-alike" : "summary", {
      x: number(query, 3),
      prediction: number(prediction),
      neighbours: number(neighbours(own), 1),
      all: keys.length,
      key: number(keys[largest]),
      weight: number(own[largest], 3),
      error: number(meanSquare(curve, real), 3),
    })}`;
  };
};
