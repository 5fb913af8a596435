// Shapes, strides and batches of products as torch has them, its errors in its own words: pure functions of
// { shape, strides, storage }. tests/explorables/test_shapes_explorable.py compares them with torch in a real browser.
import { range } from "./math.js";

export const product = (numbers) => numbers.reduce((a, b) => a * b, 1);
const list = (numbers) => `[${numbers.join(", ")}]`;
// A shape or strides as Python writes a tuple.
export const tuple = (numbers) => `(${numbers.join(", ")}${numbers.length === 1 ? "," : ""})`;

// Numbers in reading order as torch prints a tensor of this shape.
export function nested(shape, numbers) {
  if (shape.length === 0) return String(numbers[0]);
  const each = numbers.length / shape[0];
  return list(range(shape[0], (i) => nested(shape.slice(1), numbers.slice(i * each, (i + 1) * each))));
}

// The last axis lies in memory without gaps, each axis before it a whole step of the next ones apart.
const inOrder = (shape) => shape.map((_, i) => product(shape.slice(i + 1)));
export const tensor = (shape, storage) => ({ shape, strides: inOrder(shape), storage });
export const arange = (...shape) => tensor(shape, range(product(shape)));

// Every sum of one number from each list, in reading order: the places of a tensor in memory.
const sums = (lists) => lists.reduce((found, list) => found.flatMap((at) => list.map((more) => at + more)), [0]);
const steps = ({ shape, strides }, index = (j) => j, times = () => 1) =>
  shape.map((length, i) => range(length * times(i)).map((j) => index(j, i) * strides[i]));
export const places = (t) => sums(steps(t));
export const values = (t) => places(t).map((at) => t.storage[at]);
// A new tensor of the numbers that lie at these steps of an old one.
const copy = (t, steps) =>
  tensor(
    steps.map((step) => step.length),
    sums(steps).map((at) => t.storage[at]),
  );

function axis(dim, ndim) {
  if (dim < -ndim || dim >= ndim)
    throw new Error(`Dimension out of range (expected to be in range of [${-ndim}, ${ndim - 1}], but got ${dim})`);
  return dim < 0 ? dim + ndim : dim;
}

function unsqueeze(t, dim) {
  const at = axis(dim, t.shape.length + 1);
  const stride = at < t.shape.length ? t.shape[at] * t.strides[at] : 1;
  return { ...t, shape: t.shape.toSpliced(at, 0, 1), strides: t.strides.toSpliced(at, 0, stride) };
}

function squeeze(t, dim) {
  const at = dim === undefined ? null : axis(dim, t.shape.length);
  const stays = (_, i) => t.shape[i] !== 1 || (at !== null && i !== at);
  return { ...t, shape: t.shape.filter(stays), strides: t.strides.filter(stays) };
}

function repeat(t, ...times) {
  if (times.length < t.shape.length)
    throw new Error("Number of dimensions of repeat dims can not be smaller than number of dimensions of tensor");
  let full = t;
  while (full.shape.length < times.length) full = unsqueeze(full, 0);
  return copy(
    full,
    steps(
      full,
      (j, i) => j % full.shape[i],
      (i) => times[i],
    ),
  );
}

const tile = (t, ...times) => repeat(t, ...new Array(Math.max(0, t.shape.length - times.length)).fill(1), ...times);

function interleave(t, times, dim) {
  if (dim === undefined) return interleave(tensor([places(t).length], values(t)), times, 0);
  const at = axis(dim, t.shape.length);
  return copy(
    t,
    steps(
      t,
      (j, i) => (i === at ? Math.floor(j / times) : j),
      (i) => (i === at ? times : 1),
    ),
  );
}

// The length and the stride of axis `i` after an expand; `next` are those of the axis after it.
function expandAxis(t, sizes, i, next) {
  const at = i - (sizes.length - t.shape.length); // negative: an axis that the tensor does not have yet
  const old = at < 0 ? 1 : t.shape[at];
  if (sizes[i] === -1 && at < 0)
    throw new Error(`The expanded size of the tensor (-1) isn't allowed in a leading, non-existing dimension ${i}`);
  const size = sizes[i] === -1 ? old : sizes[i];
  if (old !== 1 && size !== old)
    throw new Error(
      `The expanded size of the tensor (${size}) must match the existing size (${old}) at non-singleton dimension ${i}.` +
        `  Target sizes: ${list(sizes)}.  Tensor sizes: ${list(t.shape)}`,
    );
  const stride = at < 0 ? next.size * next.stride : t.strides[at];
  return { size, stride: size === old ? stride : 0 };
}

function expand(t, ...sizes) {
  if (sizes.length < t.shape.length)
    throw new Error(
      `expand(torch.LongTensor{${list(t.shape)}}, size=${list(sizes)}): the number of sizes provided (${sizes.length})` +
        ` must be greater or equal to the number of dimensions in the tensor (${t.shape.length})`,
    );
  const axes = [{ size: 1, stride: 1 }]; // beyond the last one
  for (let i = sizes.length - 1; i >= 0; i--) axes.unshift(expandAxis(t, sizes, i, axes[0]));
  axes.pop();
  return { ...t, shape: axes.map(({ size }) => size), strides: axes.map(({ stride }) => stride) };
}

const OPERATIONS = { unsqueeze, squeeze, repeat, tile, expand, repeat_interleave: interleave };

// Do what a piece of code says, for example "repeat_interleave(2, dim=0)"; throw what torch would raise.
export function apply(t, code) {
  const [, name, inside] = code.match(/^(\w+)\((.*)\)$/);
  return OPERATIONS[name](t, ...(inside.match(/-?\d+/g) ?? []).map(Number));
}

// What torch.bmm says of two shapes: nothing where they fit.
export function mismatch([n, , b], [levels, rows]) {
  if (levels === n && rows === b) return "";
  return `Expected size for first two dimensions of batch2 tensor to be: ${list([n, b])} but got: ${list([levels, rows])}.`;
}

// The products that one number of bmm's result is the sum of: row `r` of level `i` meets column `c` of level `i`.
export function meeting(A, B, [i, r, c]) {
  const at = (t, ...index) => t.storage[sums(index.map((j, k) => [j * t.strides[k]]))[0]];
  return range(A.shape[2]).map((k) => ({ a: at(A, i, r, k), b: at(B, i, k, c) }));
}
export const total = (pairs) => pairs.reduce((sum, { a, b }) => sum + a * b, 0);
