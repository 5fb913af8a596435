// bmm: walk through the numbers of the result, and see which row meets which column in which level.
import { add, layer, marks, set, whereIs } from "../shared/draw.js";
import { meeting, mismatch, tensor, total, tuple } from "../shared/tensors.js";

// Small whole numbers, so that every sum can be done in the head; no row is the same as the next.
const filled = (shape, most, from) => {
  const count = shape.reduce((a, b) => a * b, 1);
  return tensor(shape, Array.from({ length: count }, (_, i) => ((i + Math.floor(i / most)) % most) + from));
};

export default async ({ svg, below, say, state, part, change, slider, choice, buttons }) => {
  const sizes = { n: 2, a: 2, b: 3, c: 2 };
  part("at", 0, (text) => (/^\d+$/.test(text) ? Number(text) : undefined));
  buttons({ back: () => move(-1), next: () => move(1) }); // first, so that a phone shows them and the figure together
  for (const [key, value] of Object.entries(sizes)) slider(key, { min: 1, max: key === "b" ? 4 : 3, step: 1, value, digits: 0 });
  choice("second", ["fits", "levels", "rows"]);

  const shapes = ({ n, a, b, c, second }) => [
    [n, a, b],
    [n + Number(second === "levels"), b + Number(second === "rows"), c],
  ];
  const count = ({ n, a, b, c }) => n * a * b * c;
  const move = (by) => change({ at: (Math.min(state.at, count(state) - 1) + by + count(state)) % count(state) });

  const layers = Object.fromEntries(["cells", "numbers", "names"].map((part) => [part, layer(svg, part)]));
  const code = add(below, "pre", { translate: "no", tabindex: "0" });
  let found = []; // where the numbers of the result are drawn, and which step ends at each
  function pick(event) {
    const [x, y] = whereIs(svg, event);
    const hit = found.find((cell) => x >= cell.x && x < cell.x + cell.size && y >= cell.y && y < cell.y + cell.size);
    if (hit && hit.at !== state.at) change({ at: hit.at });
  }
  svg.addEventListener("mousemove", pick); // a tap gives one too

  return (now, { width, height }) => {
    const { n, a, b, c } = now;
    const [first, second] = shapes(now);
    const [A, B] = [filled(first, 4, 1), filled(second, 3, 1)];
    const wrong = mismatch(first, second);
    const at = Math.min(now.at, count(now) - 1);
    const [cell, done] = [Math.floor(at / b), (at % b) + 1];
    const index = (i) => [Math.floor(i / (a * c)), Math.floor(i / c) % a, i % c];
    const [level, row, column] = index(cell);

    const [levels, tall] = [Math.max(n, second[0]), Math.max(a, second[1])];
    const size = Math.min(52, (width - 76) / (b + 2 * c), (height - 30) / (levels * (tall + 0.7)));
    const starts = [20, 46 + b * size, 72 + (b + c) * size]; // A, B and the result
    const middle = (l) => 30 + (l * (tall + 0.7) + tall / 2) * size;
    const cells = [];
    const grid = (which, [stack, rows, columns], look) => {
      for (let i = 0; i < stack * rows * columns; i++) {
        const [l, r, k] = [Math.floor(i / (rows * columns)), Math.floor(i / columns) % rows, i % columns];
        const top = 26 + l * (tall + 0.7) * size + ((tall - rows) / 2) * size;
        cells.push({ x: starts[which] + k * size, y: top + r * size, ...look(l, r, k, i) });
      }
    };
    const here = (l) => !wrong && l === level;
    grid(0, first, (l, r, k, i) => ({
      text: String(A.storage[i]),
      role: here(l) && r === row && "weight",
      strong: here(l) && r === row && k === done - 1,
    }));
    grid(1, second, (l, r, k, i) => ({
      text: String(B.storage[i]),
      role: here(l) && k === column && "value",
      strong: here(l) && k === column && r === done - 1,
    }));
    const pairs = wrong ? [] : meeting(A, B, [level, row, column]);
    if (!wrong)
      grid(2, [n, a, c], (l, r, k, i) => ({
        text: i > cell ? "" : String(total(i < cell ? meeting(A, B, index(i)) : pairs.slice(0, done))),
        role: i === cell && "prediction",
        strong: i === cell,
        at: i * b + b - 1,
      }));
    found = cells.filter((box) => "at" in box).map((box) => ({ ...box, size }));
    marks(layers.cells, "rect", cells, ({ x, y, role, strong }) => ({
      x: x + 1,
      y: y + 1,
      width: size - 2,
      height: size - 2,
      fill: role ? `var(--role-${role})` : "none",
      "fill-opacity": 0.15,
      stroke: role ? `var(--role-${role})` : "currentColor",
      "stroke-opacity": role ? 1 : 0.4,
      "stroke-width": strong ? 3 : 1,
    }));
    set(layers.numbers, { "font-size": Math.max(12, size / 3) });
    marks(layers.numbers, "text", cells, ({ x, y, role, text }) => ({
      x: x + size / 2,
      y: y + size * 0.6,
      "text-anchor": "middle",
      fill: role ? `var(--role-${role})` : null,
      text,
    }));
    const names = ["A", "B", wrong ? "" : "bmm"].map((text, i) => ({ x: starts[i], y: 16, text }));
    for (let l = 0; l < levels; l++) {
      names.push({ x: 4, y: middle(l), text: String(l), class: here(l) ? "strong" : null });
      if (!wrong) for (const i of [1, 2]) names.push({ x: starts[i] - 17, y: middle(l), text: " ×="[i] });
    }
    marks(layers.names, "text", names, (name) => ({ class: null, ...name }));

    const rule = `torch.bmm(A, B)  # ${tuple(first)}, ${tuple(second)}`;
    if (wrong) {
      set(code, { text: rule });
      return say("summary-error", { error: wrong });
    }
    const sum = total(pairs.slice(0, done));
    const terms = pairs.slice(0, done).map((pair) => `${pair.a} × ${pair.b}`);
    set(code, { text: `${rule} → ${tuple([n, a, c])}\n[${level}, ${row}, ${column}]: ${terms.join(" + ")} = ${sum}` });
    const values = { level, row, column, done, all: b, sum };
    return say(done === b ? "summary-done" : "summary", values);
  };
};
