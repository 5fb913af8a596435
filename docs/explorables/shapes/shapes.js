// Shapes: do torch's steps to a small tensor, one after another, and see what becomes of shape, memory and numbers.
import { add, layer, marks, set, table } from "../shared/draw.js";
import { apply, arange, places, tuple } from "../shared/tensors.js";

const STARTS = { "arange(3)": arange(3), "arange(6).reshape(2, 3)": arange(2, 3), "arange(3).reshape(3, 1)": arange(3, 1) };
const STEPS = [
  ..."unsqueeze(0) unsqueeze(1) unsqueeze(-1) squeeze() squeeze(0) squeeze(-1) repeat(2) repeat(3)".split(" "),
  ...["repeat(2, 1)", "repeat(1, 2)", "repeat(2, 1, 1)", "repeat_interleave(2)", "repeat_interleave(3)"],
  ...["repeat_interleave(2, dim=0)", "repeat_interleave(2, dim=1)", "tile(2)", "tile(2, 1)"],
  ...["expand(2)", "expand(2, 3)", "expand(3, 3)", "expand(-1, 3)", "expand(2, 2, 3)"],
];
const MOST = 36; // numbers that can be drawn
const HALF = 150; // pixels of height for each of the two tensors

const size = ({ shape }) => shape.reduce((a, b) => a * b, 1);

// Do the steps until one fails or gives too many numbers; each row is a step with what it gave. `failed` is the step that
// did not, `error` what torch says of it.
function run(start, codes) {
  const rows = [{ code: "", t: STARTS[start] }];
  for (const code of codes) {
    try {
      const t = apply(rows.at(-1).t, code);
      if (size(t) > MOST) return { rows, failed: code };
      rows.push({ code, t });
    } catch (error) {
      return { rows, failed: code, error: error.message };
    }
  }
  return { rows };
}

// Where each number of a tensor stands: the last axis to the right, the one before it down, all others to the right
// again as blocks. A frame is drawn for each axis but the last.
function layout({ shape, strides }, width) {
  const [columns = 1, rows = 1, ...more] = shape.toReversed();
  const blocks = more.reduce((a, b) => a * b, 1);
  const cell = Math.min(40, (width - 20) / (blocks * (columns + 0.8)), (HALF - 50) / rows);
  const block = (columns + 0.8) * cell;
  const cells = places({ shape, strides }).map((at, i, all) => {
    const [b, r, c] = [Math.floor(i / (rows * columns)), Math.floor(i / columns) % rows, i % columns];
    return { x: 10 + b * block + c * cell, y: r * cell, at, again: all.indexOf(at) < i };
  });
  const frames = shape.length < 2 ? [] : Array.from({ length: blocks }, (_, b) => ({ x: 10 + b * block, w: columns * cell }));
  return { cells, cell, frames, height: rows * cell, outer: shape.length > 2 ? blocks * block - 0.8 * cell : 0 };
}

export default async ({ svg, below, say, state, part, change, choice, buttons }) => {
  choice("start", Object.keys(STARTS), { code: true });
  choice("step", STEPS, { value: "unsqueeze(1)", code: true });
  const read = (text) => text.split("|").filter(Boolean);
  part("done", "", (text) => (read(text).every((code) => STEPS.includes(code)) ? text : undefined));
  const keep = () => run(state.start, read(state.done)).rows.slice(1).map(({ code }) => code);
  buttons({
    apply: () => change({ done: [...keep(), state.step].join("|") }),
    undo: () => {
      const { failed } = run(state.start, read(state.done));
      change({ done: keep().slice(0, failed ? undefined : -1).join("|") });
    },
  });

  const panels = ["before", "after"].map((word) => ({
    word,
    name: layer(svg, `${word}-name`, "text", { class: "strong" }),
    frames: layer(svg, `${word}-frames`, "g", { fill: "none", stroke: "currentColor" }),
    cells: layer(svg, `${word}-cells`, "g", { fill: "none", stroke: "var(--role-value)" }),
    numbers: layer(svg, `${word}-numbers`, "g", { fill: "var(--role-value)", "text-anchor": "middle" }),
  }));
  const note = layer(svg, "note", "text", { x: 10 });
  const code = add(below, "pre", { translate: "no", tabindex: "0" });

  function panel({ word, name, frames, cells, numbers }, t, left, top, width) {
    for (const group of [frames, cells, numbers]) set(group, { transform: `translate(${left})` });
    set(name, { x: left + 10, y: top + 18, text: say(word, { shape: t ? tuple(t.shape) : "?" }) });
    const drawn = t && layout(t, width);
    const y = top + 36;
    const boxes = t ? drawn.frames.map(({ x, w }) => ({ x: x - 3, y: y - 3, width: w + 6, height: drawn.height + 6 })) : [];
    if (drawn?.outer) boxes.push({ x: 4, y: y - 7, width: drawn.outer + 12, height: drawn.height + 14 });
    marks(frames, "rect", boxes, (box) => box);
    marks(cells, "rect", drawn?.cells ?? [], (cell) => ({
      x: cell.x + 1.5,
      y: y + cell.y + 1.5,
      width: drawn.cell - 3,
      height: drawn.cell - 3,
      "stroke-dasharray": cell.again ? "3 3" : null,
    }));
    if (t) set(numbers, { "font-size": Math.min(15, 4 + 0.6 * drawn.cell) });
    marks(numbers, "text", drawn?.cells ?? [], (cell) => ({
      x: cell.x + drawn.cell / 2,
      y: y + cell.y + drawn.cell / 2 + 5,
      text: String(t.storage[cell.at]),
    }));
  }

  return ({ start, done }, { width, wide }) => {
    const { rows, failed, error } = run(start, read(done));
    const [before, after] = failed || rows.length < 2 ? [rows.at(-1), null] : rows.slice(-2);
    panel(panels[0], before.t, 0, 0, wide ? width / 2 : width);
    panel(panels[1], after?.t, wide ? width / 2 : 0, wide ? 0 : HALF, wide ? width / 2 : width);
    set(note, { y: (wide ? HALF : 2 * HALF) + 20, text: (after ?? before).t.strides.includes(0) ? say("shared") : "" });
    set(code, { text: [`x = torch.${start}`, ["x", ...read(done)].join(".")].join("\n") });
    const inMemory = (t) => String(new Set(places(t)).size);
    table(
      below,
      say("caption"),
      ["line", "shape", "strides", "memory"].map((head) => say(head)),
      rows.map(({ code: line, t }) => [line ? `.${line}` : "x", tuple(t.shape), tuple(t.strides), inMemory(t)]),
    );
    if (error) return say("summary-error", { step: failed, error });
    if (failed) return say("summary-full", { step: failed, most: MOST });
    if (!after) return say("summary-start", { shape: tuple(before.t.shape) });
    const values = { step: after.code, before: tuple(before.t.shape), after: tuple(after.t.shape) };
    if (before.t.storage !== after.t.storage) return say("summary-copy", values);
    return say(values.before === values.after ? "summary-same" : "summary-view", values);
  };
};
