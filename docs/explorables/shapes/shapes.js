// Shapes: do torch's steps to a small tensor, one after another, and see what becomes of shape, memory and numbers.
import { code, layer, line, marks, role, set, table } from "../shared/draw.js";
import { range } from "../shared/math.js";
import { apply, arange, places, product, tuple, values } from "../shared/tensors.js";

const STARTS = {
  "arange(3)": arange(3),
  "arange(6).reshape(2, 3)": arange(2, 3),
  "arange(3).reshape(3, 1)": arange(3, 1),
};
const STEPS = [
  ..."unsqueeze(0) unsqueeze(1) unsqueeze(-1) squeeze() squeeze(0) squeeze(-1) repeat(2) repeat(3)".split(" "),
  ...["repeat(2, 1)", "repeat(1, 2)", "repeat(2, 1, 1)", "repeat_interleave(2)", "repeat_interleave(3)"],
  ...["repeat_interleave(2, dim=0)", "repeat_interleave(2, dim=1)", "tile(2)", "tile(2, 1)"],
  ...["expand(2)", "expand(2, 3)", "expand(3, 3)", "expand(-1, 3)", "expand(2, 2, 3)"],
];
const MOST = 36; // numbers that can be drawn
const LONG = 8; // steps that the table has room for
const MEMORY = 114; // pixels of height for what lies below the tensors
const LEFT = 84; // pixels for the words beside the memory

// Do the steps until one fails, gives too many numbers or is one too many; each row is a step with what it gave. `failed`
// is the step that did not, `error` what torch says of it.
function run(start, codes) {
  const rows = [{ code: "", t: STARTS[start] }];
  for (const step of codes) {
    if (rows.length > LONG) return { rows, failed: step, long: true };
    try {
      const t = apply(rows.at(-1).t, step);
      if (product(t.shape) > MOST) return { rows, failed: step };
      rows.push({ code: step, t });
    } catch (error) {
      return { rows, failed: step, error: error.message };
    }
  }
  return { rows };
}

// Where each number of a tensor stands: the last axis to the right, the one before it down, all others to the right
// again as blocks. A frame is drawn for each axis but the last.
function layout({ shape, strides }, { width, height }) {
  const [columns = 1, rows = 1, ...more] = shape.toReversed();
  const blocks = product(more);
  const cell = Math.min(40, (width - 20) / (blocks * (columns + 0.8)), (height - 50) / rows);
  const block = (columns + 0.8) * cell;
  const cells = places({ shape, strides }).map((at, i, all) => {
    const [b, r, c] = [Math.floor(i / (rows * columns)), Math.floor(i / columns) % rows, i % columns];
    return { x: 10 + b * block + c * cell, y: r * cell, at, again: all.indexOf(at) < i };
  });
  const frames = shape.length < 2 ? [] : range(blocks, (b) => ({ x: 10 + b * block, w: columns * cell }));
  return { cells, cell, frames, height: rows * cell, outer: shape.length > 2 ? blocks * block - 0.8 * cell : 0 };
}

// A frame for each axis but the last, around the cells.
function framesOf({ frames, height, outer }, y) {
  const boxes = frames.map(({ x, w }) => ({ x: x - 3, y: y - 3, width: w + 6, height: height + 6 }));
  return outer ? [...boxes, { x: 4, y: y - 7, width: outer + 12, height: height + 14 }] : boxes;
}

const NOTHING = { cells: [], frames: [], cell: 0, height: 0, outer: 0 };

// One of the two tensors, with its name above; a question mark where there is none.
function tensorLayer(svg, word, say) {
  const name = layer(svg, `${word}-name`, "text", { class: "strong" });
  const frames = layer(svg, `${word}-frames`, "g", { fill: "none", stroke: "currentColor" });
  const cells = layer(svg, `${word}-cells`, "g", { fill: "none", stroke: role("value") });
  const numbers = layer(svg, `${word}-numbers`, "g", { fill: role("value"), "text-anchor": "middle" });
  return (t, { left, top, ...room }) => {
    const drawn = t ? layout(t, room) : NOTHING;
    const [cell, y] = [drawn.cell, top + 36];
    for (const group of [frames, cells, numbers]) set(group, { transform: `translate(${left})` });
    set(name, { x: left + 10, y: top + 18, text: say(word, { shape: t ? tuple(t.shape) : "?" }) });
    marks(frames, "rect", framesOf(drawn, y), (box) => box);
    marks(cells, "rect", drawn.cells, ({ x, y: down, again }) => ({
      x: x + 1.5,
      y: y + down + 1.5,
      width: cell - 3,
      height: cell - 3,
      "stroke-dasharray": again ? "3 3" : null,
    }));
    if (t) set(numbers, { "font-size": cell < 16 ? 12 : 15 });
    marks(numbers, "text", drawn.cells, ({ x, y: down, at }) => ({
      x: x + cell / 2,
      y: y + down + cell / 2 + 5,
      text: String(t.storage[at]),
    }));
  };
}

// The numbers as they lie in memory, as many as an arrow needs or as there is room for, and the axes along which there is
// a step to take.
function memoryOf({ shape, strides, storage }, { width, height }) {
  const steps = strides.map((stride, axis) => ({ axis, stride })).filter(({ axis }) => shape[axis] > 1);
  const room = width - LEFT - 10;
  const count = Math.min(storage.length, Math.max(Math.floor(room / 22), ...steps.map(({ stride }) => stride + 1)));
  const rest = count < storage.length ? ["…"] : [];
  const cell = Math.min(26, room / (count + rest.length));
  const line = Math.min(18, 54 / steps.length);
  return { steps, cell, line, count, top: height - 82, texts: [...storage.slice(0, count).map(String), ...rest] };
}

// One step in memory, from the first number on; a step of 0 comes back to it.
function arrow({ stride }, i, { cell, line, top }) {
  const [x, y] = [LEFT + cell / 2, top + 34 + i * line];
  if (stride === 0) return `M${x} ${y - 4}c22 -5 22 13 2 8m6 -5l-6 5l6 3`;
  return `M${x} ${y - 4}v8m0 -4H${x + stride * cell}m-6 -4l6 4l-6 4`;
}

// The memory of the present tensor below the two, with an arrow for each axis.
function memoryLayer(svg, say) {
  const cells = layer(svg, "memory-cells", "g", { fill: "none", stroke: role("value") });
  const numbers = layer(svg, "memory-numbers", "g", { fill: role("value"), "text-anchor": "middle" });
  const arrows = layer(svg, "memory-arrows", "path", line("currentColor"));
  const names = layer(svg, "memory-names");
  return (t, size) => {
    const found = memoryOf(t, size);
    const { steps, cell, count, top, texts } = found;
    const words = [say("in-memory"), ...steps.map((step) => say("arrow", step))];
    marks(cells, "rect", range(count), (i) => ({ x: LEFT + i * cell, y: top, width: cell, height: 24 }));
    marks(numbers, "text", texts, (text, i) => ({ x: LEFT + (i + 0.5) * cell, y: top + 17, text }));
    set(arrows, { d: steps.map((step, i) => arrow(step, i, found)).join("") });
    marks(names, "text", words, (text, i) => ({ x: 10, y: top + (i ? 20 + i * found.line : 17), text }));
  };
}

function summary({ failed, error, long, before, after, code: step }, say) {
  const numbers = values(after ?? before).join(" ");
  const more = say("numbers", { numbers });
  if (error) return [[say("summary-error", { step: failed })], [say("torch", { error }), more]];
  if (long) return [[say("summary-long", { most: LONG })], [more]];
  if (failed) return [[say("summary-full", { step: failed, most: MOST })], [more]];
  if (!after) return [[say("summary-start", { shape: tuple(before.shape) })], [more]];
  const shapes = { step, before: tuple(before.shape), after: tuple(after.shape) };
  if (before.storage !== after.storage) return [[say("summary-copy", shapes)], [more]];
  if (shapes.before === shapes.after) return [[say("summary-same", shapes)], [more]];
  return [[say("summary-view", shapes)], [say("more-view", { numbers })]];
}

// The last two tensors of a run, or the last one alone if no step has led from it.
function lastTwo({ rows, failed, error, long }) {
  const alone = failed || rows.length < 2;
  const last = rows.at(-1);
  return { failed, error, long, code: last.code, before: alone ? last.t : rows.at(-2).t, after: alone ? null : last.t };
}

function rowOf({ code: line, t }) {
  const inMemory = new Set(places(t)).size;
  return [line ? `.${line}` : "x", tuple(t.shape), tuple(t.strides), String(inMemory)];
}

// Controls, and a function that does the steps of a state.
function makeControls({ state, part, change, choice, buttons }) {
  const read = (text) => text.split("|").filter(Boolean);
  choice("start", Object.keys(STARTS), { text: String });
  choice("step", STEPS, { value: "unsqueeze(1)", text: String });
  part("done", "", (text) => (read(text).every((one) => STEPS.includes(one)) ? text : undefined));
  const keep = () =>
    run(state.start, read(state.done))
      .rows.slice(1)
      .map((row) => row.code);
  buttons({
    apply: () => change({ done: [...keep(), state.step].join("|") }),
    undo: () => {
      const { failed } = run(state.start, read(state.done));
      change({
        done: keep()
          .slice(0, failed ? undefined : -1)
          .join("|"),
      });
    },
  });
  return read;
}

export default ({ svg, below, say, ...tools }) => {
  const read = makeControls(tools);
  const [before, after] = ["before", "after"].map((word) => tensorLayer(svg, word, say));
  const memory = memoryLayer(svg, say);
  const note = layer(svg, "note", "text", { x: 10 });
  const lines = code(below);

  return ({ start, done }, { width, height: all, wide }) => {
    const found = run(start, read(done));
    const two = lastTwo(found);
    const half = wide ? width / 2 : width;
    const height = (all - MEMORY) / (wide ? 1 : 2);
    before(two.before, { left: 0, top: 0, width: half, height });
    after(two.after, { left: wide ? half : 0, top: wide ? 0 : height, width: half, height });
    const now = two.after ?? two.before;
    memory(now, { width, height: all });
    const shared = now.strides.includes(0);
    set(note, { y: all - MEMORY + 14, text: shared ? say("shared") : "" });
    const steps = read(done).slice(0, found.rows.length); // with the one that failed
    set(lines, { text: [`x = torch.${start}`, ["x", ...steps].join(".")].join("\n") });
    const heads = ["line", "shape", "strides", "memory"].map((head) => say(head));
    table(below, say("caption"), heads, found.rows.map(rowOf));
    return summary(two, say);
  };
};
