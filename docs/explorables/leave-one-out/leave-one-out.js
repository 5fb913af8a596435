// Leave one out: from a row of inputs to a table of keys in which nobody meets themself, and the same with -inf.
import { add, calm, code, layer, line, marksLayer, number, pathLayer, role, set, table } from "../shared/draw.js";
import {
  eye,
  fillDiagonal,
  mask,
  pool,
  range,
  reshape,
  scores,
  select,
  softmax,
  tile,
  weights,
} from "../shared/math.js";

const INPUTS = [1, 2, 4, 7, 11, 16];
const STEPS = ["tile", "eye", "mask", "select", "reshape", "infinity"];
const [LEFT, UP, LOW] = [30, 28, 4]; // pixels: beside, above and below a table
const MOVING = { select: 1800, reshape: 1000 }; // milliseconds that the numbers take from one table to the other

// What each step starts from, what it gives, and its code.
const steps = (zero) => ({
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
});

// The numbers of all steps.
function compute({ n, w, zero }) {
  const x = INPUTS.slice(0, n);
  const keep = mask(n);
  const cut = (list) => reshape(select(tile(list), keep), n);
  const table = fillDiagonal(
    x.map((query) => scores(query, x, w)),
    zero ? 0 : Number.NEGATIVE_INFINITY,
  );
  return { x, y: x.map((input) => 10 * input), keep, cut, kept: select(tile(x), keep), table };
}

const writeScore = (score) => (score < -1e9 ? "−∞" : number(score, score > -10 ? 1 : 0));

// What can be shown: rows of numbers, how to write them, which are crossed out, and whose each of them is.
function tables({ x, keep, cut, kept, table }, { n, step, zero }, room) {
  const fit = Math.min(kept.length, Math.floor((room - LEFT) / 20)); // a long row goes on in the next line
  const lines = range(Math.ceil(kept.length / fit), (i) => kept.slice(i * fit, (i + 1) * fit));
  const all = `(${n}, ${n})`;
  const own = (i, j) => !keep[i]?.[j];
  const out = (i, j) => !zero && own(i, j);
  return {
    x: { shape: `(${n},)`, rows: [x], whose: (_, j) => j },
    X_tile: { shape: all, rows: tile(x), out: (i, j) => step === "select" && own(i, j) },
    "torch.eye(n)": { shape: all, rows: eye(n) },
    mask: { shape: all, rows: keep, text: (flag) => (flag ? "True" : "False"), out: own },
    kept: { shape: `(${kept.length},)`, rows: lines, whose: (i, j) => Math.floor((i * fit + j) / (n - 1)) },
    keys: { shape: `(${n}, ${n - 1})`, rows: cut(x) },
    scores: { shape: all, rows: table, text: writeScore, out },
    weights: { shape: all, rows: table.map(softmax), text: number, out },
  };
}

// The cells of a table.
function place({ rows, text = String, out = () => false, whose = (i) => i }, { left, up, room, line }) {
  const wide = Math.min(56, (room - LEFT - 2) / rows[0].length);
  return rows.flatMap((list, i) =>
    list.map((value, j) => ({
      left: left + LEFT + j * wide,
      top: up + UP + i * line,
      wide,
      text: text(value),
      out: out(i, j),
      past: j > i, // right of the diagonal
      row: whose(i, j),
    })),
  );
}

// All that the layers show: two tables, side by side or one below the other.
function look(numbers, state, row, { width, height, wide }) {
  const [room, tall] = wide ? [width / 2, height] : [width, height / 2];
  const line = Math.min(36, (tall - UP - LOW) / state.n);
  const all = tables(numbers, state, room);
  const [before, after, ...lines] = steps(state.zero)[state.step];
  const halves = [before, after].map((name, half) => {
    const [left, up] = wide ? [half * room, 0] : [0, half * tall];
    const { whose, shape } = all[name];
    const cells = place(all[name], { left, up, room, line });
    const texts = (cells) => cells.map(({ text }) => text);
    const places = range(state.n, (i) => cells.filter((cell) => cell.row === i));
    const heads = whose ? [] : range(state.n, (i) => ({ i, left, top: up + UP + i * line }));
    const rows = whose ? [[name, ...texts(cells)]] : places.map((cells, i) => [`${i}`, ...texts(cells)]);
    return { caption: `${name} ${shape}`, left, up, heads, rows, cells, places };
  });
  const cells = halves.flatMap((half) => half.cells);
  return { row, line, halves, cells, lines: lines.map((one) => `${one}  # ${all[after].shape}`) };
}

const QUIET = { "pointer-events": "none" }; // the boxes are what the reader points at

const namesLayer = (svg) =>
  marksLayer(
    svg,
    "names",
    "text",
    { class: "strong", ...QUIET },
    ({ halves }) => halves,
    (_, { caption, left, up }) => ({
      x: left + 2,
      y: up + 17,
      text: caption,
    }),
  );

function rowsLayer(svg) {
  const look = { fill: role("query"), "text-anchor": "end", ...QUIET };
  const heads = ({ halves }) => halves.flatMap((half) => half.heads);
  return marksLayer(svg, "rows", "text", look, heads, ({ row, line }, { i, left, top }) => ({
    x: left + LEFT - 8,
    y: top + line / 2 + 4,
    text: `${i === row ? "▸ " : ""}${i}`,
  }));
}

// The boxes of a row of the first or the second table are one path.
const box = ({ left, top, wide }, line) => `M${left + 1.5} ${top + 1.5}h${wide - 3}v${line - 3}h${3 - wide}z`;

const boxesLayer = (half) => (svg) =>
  marksLayer(
    svg,
    `boxes-${half}`,
    "path",
    { fill: role("query"), "pointer-events": "all" },
    ({ halves }) => halves[half].places,
    ({ row, line }, cells, i) => ({
      d: cells.map((cell) => box(cell, line)).join(""),
      "fill-opacity": i === row ? 0.14 : 0,
      stroke: i === row ? role("query") : "currentColor",
      "stroke-width": i === row ? 2 : 0.5,
      "data-row": i,
    }),
  );

const NUMBERS = { fill: role("key"), "text-anchor": "middle", ...QUIET };
const numbersLayer = (svg) =>
  marksLayer(
    svg,
    "numbers",
    "text",
    NUMBERS,
    ({ cells }) => cells,
    (view, { left, top, wide, text, row }) => ({
      x: left + wide / 2,
      y: top + view.line / 2 + 4,
      "font-weight": row === view.row ? 600 : null, // on their way they have no box
      text,
    }),
  );

// Two strokes from corner to corner, open in the middle, where the number is.
function cross({ left, top, wide }, line) {
  const stroke = (x, y) => `l${x / 4} ${y / 4}m${x / 2} ${y / 2}l${x / 4} ${y / 4}`;
  const [across, down] = [wide - 6, line - 6];
  return `M${left + 3} ${top + 3}${stroke(across, down)}m0 ${-down}${stroke(-across, down)}`;
}

const crossesLayer = (svg) =>
  pathLayer(svg, "crosses", { ...line("currentColor"), ...QUIET }, ({ cells, line }) =>
    cells
      .filter((cell) => cell.out)
      .map((cell) => cross(cell, line))
      .join(""),
  );

// How the numbers get from the table before a step to the one after it, when the reader comes to it: the diagonal leaves, the
// rows close up, and all go to their places. The drawing is at its end at once, and only looks as if it were under way; so it
// may stop at any moment.
function makeMoves(svg) {
  const [boxes, { children }] = ["boxes-1", "numbers"].map((part) => svg.querySelector(`[data-part=${part}]`));
  const leaving = layer(svg, "leaving", "g", NUMBERS);
  let [moves, was] = [[], ""];
  function stop() {
    for (const move of moves) move.cancel();
    moves = [];
    leaving.replaceChildren();
  }
  function play({ halves: [before, after], line }, duration) {
    const by = [after.left - before.left, after.up - before.up];
    const kept = before.cells.filter((cell) => !cell.out);
    const move = (element, frames) => moves.push(element.animate(frames, duration));
    for (const [i, cell] of before.cells.entries()) if (cell.out) leaving.append(children[i].cloneNode(true));
    for (const gone of leaving.children) move(gone, goes(by, line));
    const begin = leaving.childElementCount && 0.5; // of the time; before, the rows close up
    const turn = (row) => begin + (0.6 * (1 - begin) * row) / (after.places.length - 1);
    for (const [k, cell] of after.cells.entries())
      move(children[before.cells.length + k], comes(cell, kept[k], by, begin, turn(cell.row)));
    move(boxes, [{ opacity: 0 }, { opacity: 0, offset: begin }, { opacity: 1, offset: begin + 0.1 }, { opacity: 1 }]);
    moves[0].onfinish = stop;
  }
  return ({ step, n }, view) => {
    const now = step + n;
    if (now === was) return;
    stop();
    if (was && MOVING[step] && !calm()) play(view, MOVING[step]);
    was = now;
  };
}

// The way out: down a little, and then it is not seen any more.
const goes = ([x, y], line) => [
  { transform: `translate(${x}px, ${y}px)`, opacity: 1 },
  { transform: `translate(${x}px, ${y + line / 2}px)`, opacity: 0, offset: 0.25 },
  { opacity: 0 },
];

// The way of a number to its place: at first where it was, `by` further; it closes up before `begin`, and leaves with its row
// when it is their `turn`, so that the rows do not cross.
function comes(cell, from, [x, y], begin, turn) {
  const right = from.left - cell.left + (from.wide - cell.wide) / 2 + x;
  const at = (left, offset) => ({ transform: `translate(${left}px, ${from.top + y - cell.top}px)`, offset });
  const closed = begin && from.past ? right - from.wide : right;
  const place = { transform: "none" };
  return [
    at(right, 0),
    at(right, begin / 2),
    at(closed, begin * 0.9),
    at(closed, turn),
    { ...place, offset: turn + 0.4 * (1 - begin) },
    place,
  ];
}

// A table of the drawing as one that can be read cell by cell.
function listTable(box, { caption, rows }, head) {
  table(box, caption, [head, ...range(rows[0].length - 1).map(String)], rows);
}

function summary({ x, y, cut, kept, table }, { step, n, w, zero }, row, say) {
  const own = softmax(table[row]);
  const answers = [pool(own, y), pool(weights(x[row], cut(x)[row], w), cut(y)[row])];
  const now = step === "infinity" && zero ? "zero" : step;
  const numbers = {
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
  };
  return [[say(`summary-${now}`, numbers)], [say(`more-${now}`, numbers)]];
}

export default ({ svg, below, say, state, change, slider, choice, tick, buttons, atRest }) => {
  const go = (by) => change({ step: STEPS[STEPS.indexOf(state.step) + by] ?? state.step });
  buttons({ back: () => go(-1), next: () => go(1) });
  choice("step", STEPS);
  slider("n", { min: 3, max: 6, step: 1, value: 4, digits: 0, count: true });
  const chosen = () => Math.min(state.row, state.n - 1);
  const choose = slider("row", { min: 0, max: 5, step: 1, value: 2, role: "query", format: () => `${chosen()}` });
  slider("w", { min: 0, max: 2, step: 0.1, value: 0.5, digits: 1 });
  tick("zero");

  const layers = [namesLayer, rowsLayer, crossesLayer, boxesLayer(0), boxesLayer(1), numbersLayer].map((make) =>
    make(svg),
  );
  const show = makeMoves(svg);
  const lines = code(below);
  let drawn = [];
  const heard = range(2, () => add(below, "div", { class: "unseen" })); // what is drawn, as tables for a listener
  atRest(() => {
    for (const [i, half] of drawn.entries()) listTable(heard[i], half, say("row"));
  });
  svg.addEventListener("mousemove", ({ target }) => {
    const row = target.getAttribute("data-row");
    if (row) change({ row: Number(row) });
  });

  return (now, size) => {
    const row = chosen();
    set(choose, { max: `${now.n - 1}` });
    choose.value = row;
    const numbers = compute(now);
    const view = look(numbers, now, row, size);
    for (const update of layers) update(view);
    show(now, view);
    set(lines, { text: view.lines.join("\n") });
    drawn = view.halves;
    return summary(numbers, now, row, say);
  };
};
