// One query: drag it along x, and see who answers and how much each of them counts.
import { axes, drag, grip, layer, legend, logSteps, marks, number, path, scale, set, table } from "../shared/draw.js";
import { kernels, neighbours, pool, scores, truth, weights } from "../shared/math.js";

const GRID = Array.from({ length: 201 }, (_, i) => i / 40);
const BELL = Array.from({ length: 321 }, (_, i) => (i - 160) / 40); // where the kernel is drawn, in widths
const NEAREST = 5;
const brief = (sum) => (sum > 0 && sum < 0.01 ? sum.toExponential(2).replace("-", "−") : number(sum));

export default async ({ svg, below, say, data, change, slider, choice }) => {
  const { x: keys, y: values } = (await data()).seeds[0];
  slider("x", { min: 0, max: 5, step: 0.05, value: 2.5, role: "query" });
  const format = (w) => number(w, w < 10 ? 2 : 0);
  slider("w", { values: logSteps(0.1, 100, 20, true), value: 4, format });
  choice("kernel", Object.keys(kernels));

  const [frame, frameBelow] = [layer(svg, "axes"), layer(svg, "axes-weights")];
  const real = layer(svg, "truth", "path", { class: "line", stroke: "var(--role-truth)" });
  const fit = layer(svg, "curve", "path", { class: "line dashed", stroke: "var(--role-prediction)" });
  const dots = layer(svg, "points", "g", { fill: "var(--role-value)", stroke: "var(--role-value)" });
  const bell = layer(svg, "bell", "path", { class: "line thin", stroke: "var(--role-weight)" });
  const bars = layer(svg, "weights", "g", { fill: "var(--role-weight)" });
  const line = layer(svg, "query", "path", { class: "line", stroke: "var(--role-query)" });
  const handle = layer(svg, "grip", "path", { fill: "var(--role-query)" });
  const answer = layer(svg, "prediction", "path", { fill: "var(--role-prediction)" });
  const label = layer(svg, "answer", "text", { fill: "var(--role-prediction)", class: "strong" });
  const names = legend(svg, 12, say);

  let x;
  drag(svg, (pixel) => change({ x: Math.round(Math.min(5, Math.max(0, x.back(pixel))) * 100) / 100 }));

  // The curve and the height of the lower panel depend on w and the kernel alone: they stand still in a drag.
  let [drawn, curve, most] = ["", [], 1];
  function forWidth(w, kernel) {
    if (drawn === `${w} ${kernel}`) return;
    drawn = `${w} ${kernel}`;
    const rows = GRID.map((place) => weights(place, keys, w, kernel));
    curve = rows.map((row) => row && pool(row, values));
    const largest = Math.max(...rows.map((row) => (row ? Math.max(...row) : 0)));
    most = [0.05, 0.1, 0.2, 0.5, 1].find((top) => top >= largest - 1e-9) ?? 1;
  }

  return (state, { width, height }) => {
    const { x: query, w, kernel } = state;
    forWidth(w, kernel);
    const row = weights(query, keys, w, kernel);
    const count = (key) => kernels[kernel]((query - key) * w);
    const total = keys.reduce((sum, key) => sum + count(key), 0);

    x = scale(0, 5, 44, width - 12);
    const y = scale(Math.floor(Math.min(...values)), Math.ceil(Math.max(...values)), height - 166, 28);
    const h = scale(0, most, height - 44, height - 128);
    axes(frame, x, y, { yLabel: say("axis-y") });
    axes(frameBelow, x, h, { xLabel: say("axis-x"), yLabel: say("axis-weight"), yTicks: 2 });
    set(names, { x: width - 12 });
    const across = GRID.map(x);
    set(real, { d: path(across, GRID.map((q) => y(truth(q)))) });
    set(fit, { d: path(across, curve.map((v) => (v === null ? v : y(v)))) });
    const around = BELL.map((u) => query + u / (w || 0.01)).filter((place) => place >= 0 && place <= 5);
    const heights = around.map((place) => count(place) / total);
    set(bell, { d: path(around.map(x), heights.map((v) => (v <= most ? h(v) : NaN))) });
    marks(dots, "circle", keys, (key, i) => ({
      cx: x(key),
      cy: y(values[i]),
      r: Math.sqrt(6 + 800 * (row?.[i] ?? 0)),
      "fill-opacity": 0.35,
    }));
    marks(bars, "rect", keys, (key, i) => {
      const top = h(row?.[i] ?? 0);
      return { x: x(key) - 1.5, y: top, width: 3, height: h.from - top };
    });
    const foot = h.from;
    const [px, prediction] = [x(query), row && pool(row, values)];
    set(line, { d: `M${px} ${foot}V${row ? y(prediction) : y.to}` });
    set(handle, { d: grip(px, foot) });
    set(answer, { d: row ? `M${px} ${y(prediction) - 8}l8 8l-8 8l-8 -8z` : "" });
    const right = query < 2.5;
    set(label, {
      x: px + (right ? 13 : -13),
      y: row ? y(prediction) - 10 : y.to + 10,
      "text-anchor": right ? "start" : "end",
      text: row ? number(prediction) : say("nobody"),
    });

    const order = keys.map((_, i) => i).sort((a, b) => Math.abs(query - keys[a]) - Math.abs(query - keys[b]));
    const [near, far] = [order.slice(0, NEAREST), order.slice(NEAREST)];
    const gaussian = kernel === "gaussian";
    const score = gaussian ? scores(query, keys, w) : keys.map(count);
    const share = (ids) => ids.reduce((sum, i) => sum + row[i], 0);
    const product = (ids) => ids.reduce((sum, i) => sum + row[i] * values[i], 0);
    const none = "–";
    table(
      below,
      say(gaussian ? "caption" : "caption-count", { count: NEAREST, all: keys.length, total: brief(total) }),
      ["key", "distance", gaussian ? "score" : "count", "weight", "value", "product"].map((head) => say(head)),
      [
        ...near.map((i) => [
          number(keys[i]),
          number(query - keys[i]),
          number(score[i]),
          row ? number(row[i], 3) : none,
          number(values[i]),
          row ? number(row[i] * values[i], 3) : none,
        ]),
        [say("others", { others: far.length }), "", "", row ? number(share(far), 3) : none, "", row ? number(product(far), 3) : none],
        [say("all"), "", "", row ? number(share(order), 3) : none, "", row ? number(prediction, 3) : none],
      ],
    );
    const nearest = near[0];
    if (!row) return say("summary-nobody", { x: number(query), w: format(w), reach: number(1 / w, 3) });
    return say("summary", {
      x: number(query),
      prediction: number(prediction),
      truth: number(truth(query)),
      neighbours: number(neighbours(row), 1),
      key: number(keys[nearest]),
      weight: number(row[nearest], 3),
    });
  };
};
