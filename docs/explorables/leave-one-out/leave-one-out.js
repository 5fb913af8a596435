// Leave one out: from a row of inputs to a table of keys in which nobody meets themself, and the same with -inf.
import { add, layer, marks, number, set } from "../shared/draw.js";
import { eye, fillDiagonal, mask, pool, reshape, scores, select, softmax, tile, weights } from "../shared/math.js";

const INPUTS = [1, 2, 4, 7, 11, 16];
const STEPS = ["tile", "eye", "mask", "select", "reshape", "infinity"];
const [LEFT, HALF] = [30, 200]; // pixels: beside a table; the height of each of the two

export default ({ svg, below, say, state, change, slider, choice, tick, buttons }) => {
  const go = (by) => change({ step: STEPS[STEPS.indexOf(state.step) + by] ?? state.step });
  buttons({ back: () => go(-1), next: () => go(1) });
  choice("step", STEPS);
  slider("n", { min: 3, max: 6, step: 1, value: 4, digits: 0 });
  const chosen = () => Math.min(state.row, state.n - 1);
  const choose = slider("row", { min: 0, max: 5, step: 1, value: 2, role: "query", format: () => `${chosen()}` });
  slider("w", { min: 0, max: 2, step: 0.1, value: 0.5, digits: 1 });
  tick("zero");

  const quiet = { "pointer-events": "none" }; // the boxes below them are what the reader points at
  const names = layer(svg, "names", "g", { class: "strong", ...quiet });
  const labels = layer(svg, "rows", "g", { fill: "var(--role-query)", "text-anchor": "end", ...quiet });
  const boxes = layer(svg, "cells", "g", { fill: "var(--role-query)", "pointer-events": "all" });
  const crosses = layer(svg, "crosses", "path", { class: "line", stroke: "currentColor", ...quiet });
  const numbers = layer(svg, "numbers", "g", { ...quiet, fill: "var(--role-key)", "text-anchor": "middle", class: "clear" });
  const code = add(below, "pre", { translate: "no", tabindex: "0" });
  svg.addEventListener("mousemove", ({ target }) => {
    const row = target.getAttribute("data-row");
    if (row) change({ row: Number(row) });
  });

  return ({ step, n, w, zero }, { width, wide }) => {
    const row = chosen();
    set(choose, { max: `${n - 1}` });
    choose.value = row;

    const x = INPUTS.slice(0, n);
    const y = x.map((input) => 10 * input);
    const keep = mask(n);
    const cut = (list) => reshape(select(tile(list), keep), n);
    const kept = select(tile(x), keep);
    const table = fillDiagonal(x.map((query) => scores(query, x, w)), zero ? 0 : -Infinity);

    // What is shown: rows of numbers, how to write them, which are crossed out, and whose each of them is.
    const out = (i, j) => !zero && !keep[i]?.[j];
    const room = wide ? width / 2 : width;
    const at = (half) => (wide ? [half * room, 0] : [0, half * HALF]);
    const fit = Math.min(kept.length, Math.floor((room - LEFT) / 20)); // a long row goes on in the next line
    const lines = Array.from({ length: Math.ceil(kept.length / fit) }, (_, i) => kept.slice(i * fit, (i + 1) * fit));
    const all = `(${n}, ${n})`;
    const shown = {
      x: { shape: `(${n},)`, rows: [x], whose: (i, j) => j },
      X_tile: { shape: all, rows: tile(x), out: (i, j) => step === "select" && !keep[i][j] },
      "torch.eye(n)": { shape: all, rows: eye(n) },
      mask: { shape: all, rows: keep, text: (flag) => (flag ? "True" : "False"), out: (i, j) => !keep[i][j] },
      kept: { shape: `(${kept.length},)`, rows: lines, whose: (i, j) => Math.floor((i * fit + j) / (n - 1)) },
      keys: { shape: `(${n}, ${n - 1})`, rows: cut(x) },
      scores: { shape: all, rows: table, text: (s) => (s < -1e9 ? "−∞" : number(s, s > -10 ? 1 : 0)), out },
      weights: { shape: all, rows: table.map(softmax), text: number, out },
    };
    const [before, after, ...did] = {
      tile: ["x", "X_tile", "X_tile = x.repeat((n, 1))"],
      eye: ["X_tile", "torch.eye(n)", "torch.eye(n)"],
      mask: ["torch.eye(n)", "mask", "mask = (1 - torch.eye(n)).type(torch.bool)"],
      select: ["X_tile", "kept", "kept = X_tile[mask]"],
      reshape: ["kept", "keys", "keys = kept.reshape((n, -1))"],
      infinity: [
        "scores",
        "weights",
        "scores = -((x[:, None] - x) * w) ** 2 / 2",
        `scores = scores.masked_fill(~mask, ${zero ? "0.0" : "-torch.inf"})`,
        "weights = torch.softmax(scores, dim=-1)",
      ],
    }[step];

    const [cells, heads, line] = [[], [], Math.min(36, 160 / n)];
    [before, after].forEach((name, half) => {
      const { rows, text = String, out = () => false, whose } = shown[name];
      const cell = Math.min(56, (room - LEFT - 2) / rows[0].length);
      const [left, up] = at(half);
      rows.forEach((list, i) => {
        const top = up + 28 + i * line;
        if (!whose) heads.push({ i, left, top });
        list.forEach((value, j) =>
          cells.push({ left: left + LEFT + j * cell, top, wide: cell, text: text(value), out: out(i, j), row: whose?.(i, j) ?? i }),
        );
      });
    });
    marks(names, "text", [before, after], (name, half) => ({ x: at(half)[0] + 2, y: at(half)[1] + 17, text: `${name} ${shown[name].shape}` }));
    marks(labels, "text", heads, ({ i, left, top }) => ({ x: left + LEFT - 8, y: top + line / 2 + 4, text: `${i === row ? "▸ " : ""}${i}` }));
    marks(boxes, "rect", cells, (cell) => ({
      x: cell.left + 1.5,
      y: cell.top + 1.5,
      width: cell.wide - 3,
      height: line - 3,
      "fill-opacity": cell.row === row ? 0.14 : 0,
      stroke: cell.row === row ? "var(--role-query)" : "currentColor",
      "stroke-width": cell.row === row ? 2 : 0.5,
      "data-row": cell.row,
    }));
    marks(numbers, "text", cells, ({ left, top, wide, text }) => ({ x: left + wide / 2, y: top + line / 2 + 4, text }));
    const cross = ({ left, top, wide }) => `M${left + 3} ${top + 3}l${wide - 6} ${line - 6}m0 ${6 - line}l${6 - wide} ${line - 6}`;
    set(crosses, { d: cells.filter((cell) => cell.out).map(cross).join("") });
    set(code, { text: did.map((line) => `${line}  # ${shown[after].shape}`).join("\n") });

    const own = softmax(table[row]);
    const answers = [pool(own, y), pool(weights(x[row], cut(x)[row], w), cut(y)[row])];
    return say(`summary-${step === "infinity" && zero ? "zero" : step}`, {
      n,
      row,
      x: x[row],
      all: x.join(", "),
      keys: cut(x)[row].join(", "),
      others: n - 1,
      count: kept.length,
      square: n * n,
      own: number(own[row]),
      answer: number(answers[0]),
      cut: number(answers[1]),
      same: say(Math.abs(answers[0] - answers[1]) < 1e-9 ? "same" : "other"),
    });
  };
};
