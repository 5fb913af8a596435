// bmm: walk through the numbers of the result, and see which row meets which column in which level.
import { code, layer, line, marks, marksLayer, pathLayer, role, set, whereIs } from "../shared/draw.js";
import { range } from "../shared/math.js";
import { meeting, mismatch, nested, product, tensor, total, tuple } from "../shared/tensors.js";

const SIZES = { b: 2, n: 2, m: 3, p: 2 };
const WHOLE = /^\d+$/;

// Small whole numbers, so that every sum can be done in the head; no row is the same as the next.
const filled = (shape, most, from) =>
  tensor(
    shape,
    range(product(shape), (i) => ((i + Math.floor(i / most)) % most) + from),
  );

const count = ({ b, n, m, p }) => b * n * m * p;

// Where the walk is: A and B, the number of the result it is at, and how many products that has so far.
function walk({ b, n, m, p, second, at: wanted }) {
  const shapes = [
    [b, n, m],
    [b + Number(second === "levels"), m + Number(second === "rows"), p],
  ];
  const at = Math.min(wanted, count({ b, n, m, p }) - 1);
  const [cell, done] = [Math.floor(at / m), (at % m) + 1];
  const index = (i) => [Math.floor(i / (n * p)), Math.floor(i / p) % n, i % p];
  const [A, B] = [filled(shapes[0], 4, 1), filled(shapes[1], 3, 1)];
  const wrong = mismatch(...shapes);
  const pairs = wrong ? [] : meeting(A, B, index(cell)).slice(0, done);
  return { shapes, result: [b, n, p], m, A, B, second, wrong, cell, done, index, place: index(cell), pairs };
}

// Where the three stacks stand, and how large a cell is.
function layout({ shapes: [[b, n, m], second], result: [, , p] }, { width, height }) {
  const [levels, tall] = [Math.max(b, second[0]), Math.max(n, second[1])];
  const size = Math.min(52, (width - 76) / (m + 2 * p), (height - 30) / (levels * (tall + 0.7)));
  const starts = [20, 46 + m * size, 72 + (m + p) * size]; // A, B and the result
  const top = (l, rows) => 26 + l * (tall + 0.7) * size + ((tall - rows) / 2) * size;
  const middle = (l) => 30 + (l * (tall + 0.7) + tall / 2) * size;
  return { levels, size, starts, top, middle };
}

// The cells of one stack; `look(level, row, column, i)` says what each shows.
function grid({ starts, size, top }, which, [stack, rows, columns], look) {
  return range(stack * rows * columns, (i) => {
    const [l, r, k] = [Math.floor(i / (rows * columns)), Math.floor(i / columns) % rows, i % columns];
    return { x: starts[which] + k * size, y: top(l, rows) + r * size, size, ...look(l, r, k, i) };
  });
}

// Where the shapes do not fit: a line along the two axes that should be equally long, and how long each is.
function misfits({ wrong, second, shapes: [[b, n, m], [levels, rows]] }, { starts, size, top }) {
  if (!wrong) return [];
  const upright = (which, tall, from, to) => `M${starts[which] - 5} ${top(from, tall)}V${top(to, tall) + tall * size}`;
  const stack = (which, tall, all) => ({
    d: upright(which, tall, 0, all - 1),
    text: String(all),
    x: starts[which] - 1,
    y: top(all - 1, tall) + tall * size + 14,
  });
  if (second === "levels") return [stack(0, n, b), stack(1, rows, levels)];
  const each = (line) => range(b, line).join("");
  const end = starts[0] + m * size;
  return [
    { d: each((l) => `M${starts[0]} ${top(l, n) - 5}H${end}`), text: String(m), x: end, y: top(0, n) - 10 },
    {
      d: each((l) => upright(1, rows, l, l)),
      text: String(rows),
      x: starts[1] - 9,
      y: top(0, rows) + (rows * size) / 2,
    },
  ];
}

function cellsOf(now, place) {
  const { shapes, result, m, A, B, wrong, cell, done, index, pairs } = now;
  const [level, row, column] = now.place;
  const meets = (l, one, other, step) => {
    const used = !wrong && l === level && one === other;
    return { used, strong: used && step === done - 1 };
  };
  const first = grid(place, 0, shapes[0], (l, r, k, i) => {
    const { used, strong } = meets(l, r, row, k);
    return { text: String(A.storage[i]), colour: used && "weight", strong };
  });
  const second = grid(place, 1, shapes[1], (l, r, k, i) => {
    const { used, strong } = meets(l, k, column, r);
    const surplus = l >= shapes[0][0] || r >= m;
    return { text: String(B.storage[i]), colour: used && "value", strong, surplus };
  });
  if (wrong) return [...first, ...second];
  const sum = (i) => total(i < cell ? meeting(A, B, index(i)) : pairs);
  const third = grid(place, 2, result, (_l, _r, _k, i) => ({
    text: i > cell ? "" : String(sum(i)),
    colour: i === cell && "prediction",
    strong: i === cell,
    at: i * m + m - 1,
  }));
  return [...first, ...second, ...third];
}

const cellsLayer = (svg) =>
  marksLayer(
    svg,
    "cells",
    "rect",
    {},
    ({ cells }) => cells,
    (_, { x, y, size, colour, strong, surplus }) => ({
      x: x + 1,
      y: y + 1,
      width: size - 2,
      height: size - 2,
      fill: colour ? role(colour) : "none",
      "fill-opacity": 0.15,
      stroke: colour ? role(colour) : "currentColor",
      "stroke-opacity": colour ? 1 : 0.4,
      "stroke-width": strong ? 3 : 1,
      "stroke-dasharray": surplus ? "4 3" : null,
    }),
  );

function numbersLayer(svg) {
  const group = layer(svg, "numbers");
  return ({ cells, place: { size } }) => {
    set(group, { "font-size": size < 42 ? 12 : 15 });
    marks(group, "text", cells, ({ x, y, colour, text }) => ({
      x: x + size / 2,
      y: y + size * 0.6,
      "text-anchor": "middle",
      fill: colour ? role(colour) : null,
      text,
    }));
  };
}

// The names of the stacks, the numbers of the levels, and the signs between them.
function namesOf({
  now: {
    wrong,
    place: [level],
  },
  place: { levels, starts, middle },
}) {
  const names = ["A", "B", wrong ? "" : "bmm"].map((text, i) => ({ x: starts[i], y: 16, text }));
  for (let l = 0; l < levels; l++) {
    names.push({ x: 4, y: middle(l), text: String(l), class: !wrong && l === level ? "strong" : null });
    if (!wrong) for (const i of [1, 2]) names.push({ x: starts[i] - 17, y: middle(l), text: " ×="[i] });
  }
  return names;
}

const namesLayer = (svg) => marksLayer(svg, "names", "text", {}, namesOf, (_, name) => ({ class: null, ...name }));

// The code with all numbers that are drawn; those of the result that are not there yet are dots.
function codeOf({ shapes, result, A, B, wrong, place, pairs }, cells) {
  const [first, second] = [A, B].map(({ shape, storage }) => `torch.tensor(${nested(shape, storage)})`);
  const rule = `A = ${first}\nB = ${second}\ntorch.bmm(A, B)  # ${shapes.map(tuple).join(", ")}`;
  if (wrong) return rule;
  const found = cells.slice(-product(result)).map(({ text }) => text || "…");
  const terms = pairs.map(({ a, b }) => `${a} × ${b}`).join(" + ");
  return `${rule} → ${tuple(result)}\n${nested(result, found)}\n[${place.join(", ")}]: ${terms} = ${total(pairs)}`;
}

function summary({ shapes: [[b], [levels, rows]], wrong, second, m, done, pairs, place: [level, row, column] }, say) {
  if (wrong) return [[say(`summary-${second}`, { b, levels, m, rows })], [say("torch", { error: wrong })]];
  return [[say(done === m ? "summary-done" : "summary", { level, row, column, done, all: m, sum: total(pairs) })]];
}

export default ({ svg, below, say, state, part, change, slider, choice, buttons }) => {
  const move = (by) => change({ at: (Math.min(state.at, count(state) - 1) + by + count(state)) % count(state) });
  part("at", 0, (text) => (WHOLE.test(text) ? Number(text) : undefined));
  buttons({ back: () => move(-1), next: () => move(1) }); // first, so that a phone shows them and the figure together
  for (const [key, value] of Object.entries(SIZES))
    slider(key, { min: 1, max: key === "m" ? 4 : 3, step: 1, value, digits: 0, count: true });
  choice("second", ["fits", "levels", "rows"]);

  const layers = [
    cellsLayer(svg),
    numbersLayer(svg),
    namesLayer(svg),
    pathLayer(svg, "misfit", line("currentColor", " thick"), ({ misfit }) => misfit.map(({ d }) => d).join("")),
    marksLayer(
      svg,
      "misfit-numbers",
      "text",
      { class: "strong", "text-anchor": "end" },
      ({ misfit }) => misfit,
      (_, { d, ...number }) => number,
    ),
  ];
  const lines = code(below);
  let [cells, looked, was] = [[], null, 0]; // `looked`: the number that a mouse rests on, until the walk goes on
  function under(event) {
    const [x, y] = whereIs(svg, event);
    const inside = (cell) => x >= cell.x && x < cell.x + cell.size && y >= cell.y && y < cell.y + cell.size;
    return cells.find((cell) => "at" in cell && inside(cell))?.at ?? null;
  }
  // A mouse that rests on a number looks at it; a click, or a tap, goes there with the walk.
  const look = (at) => {
    if (at === looked) return;
    looked = at;
    change({});
  };
  svg.addEventListener("pointermove", (event) => event.pointerType === "mouse" && look(under(event)));
  svg.addEventListener("pointerleave", () => look(null));
  svg.addEventListener("click", (event) => {
    const at = under(event);
    if (at !== null) change({ at });
  });

  return (asked, size) => {
    if (asked.at !== was) [looked, was] = [null, asked.at];
    const now = walk({ ...asked, at: looked ?? asked.at });
    const place = layout(now, size);
    cells = cellsOf(now, place);
    const misfit = misfits(now, place);
    for (const update of layers) update({ now, place, cells, misfit });
    set(lines, { text: codeOf(now, cells) });
    return summary(now, say);
  };
};
