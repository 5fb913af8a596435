// All the mathematics of the explorables, as nwlesson has it: pure functions of plain arrays of numbers.
// tests/explorables/test_math.py compares them with torch in a real browser.

export const range = (n, at = (i) => i) => Array.from({ length: n }, (_, i) => at(i));

// Loops, where `reduce`, `**` and a spread would take four times as long: a curve of losses has 200000 weights.
export function sum(numbers) {
  let total = 0;
  for (const number of numbers) total += number;
  return total;
}
const square = (number) => number * number;

export const truth = (x) => 2 * Math.sin(x) + x ** 0.8;

// How much a key counts at the scaled distance u.
export const kernels = {
  gaussian: (u) => Math.exp(-(u * u) / 2),
  boxcar: (u) => Number(Math.abs(u) <= 1),
  triangular: (u) => Math.max(0, 1 - Math.abs(u)),
  epanechnikov: (u) => 0.75 * Math.max(0, 1 - u * u),
  constant: () => 1,
};

// Subtract first, then scale: one score for each key.
export const scores = (query, keys, w) => keys.map((key) => -square((query - key) * w) / 2);

function largest(numbers) {
  let top = Number.NEGATIVE_INFINITY;
  for (const number of numbers) if (number > top) top = number;
  return top;
}

// How much each key counts beside the one with the largest score, which counts 1.
export function counts(scores) {
  const top = largest(scores);
  return scores.map((score) => Math.exp(score - top));
}

// A score of -Infinity gets the weight 0. The largest score is subtracted first, so 0 / 0 cannot happen.
export const softmax = (scores) => shares(counts(scores));

export function shares(counts) {
  const total = sum(counts);
  return counts.map((count) => count / total);
}

// The scores at the temperature T: those of a head that hears more evenly the hotter it is.
export const heated = (scores, T) => scores.map((score) => score / T);

// The weights of all keys for one query, or null where the kernel reaches no key.
export function weights(query, keys, w = 1, kernel = "gaussian") {
  if (kernel === "gaussian") return softmax(scores(query, keys, w));
  const counts = keys.map((key) => kernels[kernel]((query - key) * w));
  const total = sum(counts);
  return total > 0 ? counts.map((count) => count / total) : null;
}

// What some of the numbers come to; which ones say their places in the list.
export const sumOver = (places, numbers) => sum(places.map((i) => numbers[i]));
export const products = (a, b) => a.map((number, i) => number * b[i]);

export function pool(weights, values) {
  let total = 0;
  for (let i = 0; i < weights.length; i++) total += weights[i] * values[i];
  return total;
}

// The same as pooling with the softmax of the scores, in one loop: a curve would make two lists for each of its places.
export function softPool(scores, values) {
  const top = largest(scores);
  let [total, product] = [0, 0];
  for (let i = 0; i < scores.length; i++) {
    const count = Math.exp(scores[i] - top);
    total += count;
    product += count * values[i];
  }
  return product / total;
}

// What the Gaussian kernel predicts for one query, the key at the place `left` left out; how this guess turns with w: -w times
// the weighted covariance of the squared distance and the value; and the sum of the counts, where the nearest key counts 1.
// The same as pooling with the weights, but one loop in place of lists, which take several times as long.
function answer(query, keys, values, w, left = -1) {
  let near = Number.POSITIVE_INFINITY;
  for (let i = 0; i < keys.length; i++) {
    const distance = square(query - keys[i]);
    if (distance < near && i !== left) near = distance;
  }
  let total = 0;
  let product = 0;
  let far = 0;
  let both = 0;
  for (let i = 0; i < keys.length; i++) {
    if (i === left) continue;
    const beyond = square(query - keys[i]) - near;
    const scaled = beyond * w * w;
    if (scaled > MOST) continue;
    const count = Math.exp(-scaled / 2);
    total += count;
    product += count * values[i];
    far += count * beyond;
    both += count * beyond * values[i];
  }
  const guess = product / total;
  return { guess, turn: (-w * (both - guess * far)) / total, total };
}
const MOST = 90; // exp(-45) changes no digit of a sum that is 1 or more

// What is predicted for one query, and the largest of its weights; null where the kernel reaches no key.
export function heard(query, keys, values, w = 1, kernel = "gaussian") {
  if (kernel === "gaussian") {
    const { guess, total } = answer(query, keys, values, w);
    return { guess, largest: 1 / total };
  }
  const countOf = kernels[kernel];
  let [total, product, largest] = [0, 0, 0];
  for (let i = 0; i < keys.length; i++) {
    const count = countOf((query - keys[i]) * w);
    total += count;
    product += count * values[i];
    if (count > largest) largest = count;
  }
  return total > 0 ? { guess: product / total, largest: largest / total } : null;
}

// One prediction for each query, or null.
export const predict = (queries, keys, values, w, kernel) =>
  queries.map((query) => heard(query, keys, values, w, kernel)?.guess ?? null);

// Where to compute the curve so that its drawing is exact: `even` places, and more where it may turn sharply. Between two
// neighbours a narrow bell goes over from one to the other in the middle, in a space that gets smaller with w². Other
// kernels end at a distance of 1 / w, so that an answer may jump there, or be missing.
export function curvePlaces(even, keys, w, kernel = "gaussian") {
  const sorted = keys.toSorted((a, b) => a - b);
  const turns = [-6, -2.5, -1, 0, 1, 2.5, 6];
  const between = sorted.slice(1).flatMap((key, i) => {
    const gap = key - sorted[i];
    return turns.map((turn) => (key + sorted[i]) / 2 + turn / (w * w * gap)).filter((p) => p > sorted[i] && p < key);
  });
  const reach = sorted.flatMap((key) => [-1, 1].map((side) => key + side / Math.abs(w)));
  const ends = reach.flatMap((end) => [end - 1e-6, end + 1e-6]);
  const [least, most] = [even[0], even.at(-1)];
  const inside = (kernel === "gaussian" ? between : ends).filter((p) => p > least && p < most);
  return [...even, ...inside].sort((a, b) => a - b);
}

// The places of the keys in their list, the nearest first.
export const byDistance = (keys, query) =>
  keys.map((_, i) => i).sort((a, b) => Math.abs(query - keys[a]) - Math.abs(query - keys[b]));

// How many equal weights would be as even as these: n for n equal ones, 1 when one key has it all.
export const neighbours = (weights) => 1 / sum(weights.map((weight) => weight ** 2));

// The mean squared difference.
export const meanSquare = (a, b) => sum(a.map((value, i) => (value - b[i]) ** 2)) / a.length;

// What a line from point to point is at x; the xs rise, and x lies between the first and the last.
export function interpolate(xs, ys, x) {
  const i = Math.max(
    1,
    xs.findIndex((place) => place >= x),
  );
  return ys[i - 1] + ((ys[i] - ys[i - 1]) * (x - xs[i - 1])) / (xs[i] - xs[i - 1]);
}

// The heights at the xs after a pen has gone straight from [a, p] to [b, q]. Those that it has passed are on its way. If it
// has passed none, the nearest follows the pen, but not a pen that is already leaving it, unless it goes almost straight up
// or down: a finger that pulls at a height is never quite upright.
export function stroke(xs, heights, [a, p], [b, q]) {
  const passed = (x) => a !== b && (x - a) * (x - b) <= 0;
  if (xs.some(passed)) return heights.map((h, i) => (passed(xs[i]) ? p + ((q - p) * (xs[i] - a)) / (b - a) : h));
  const far = xs.map((x) => Math.abs(x - b));
  const nearest = far.indexOf(Math.min(...far));
  const steep = Math.abs(q - p) > STEEP * Math.abs(b - a);
  return steep || far[nearest] <= Math.abs(xs[nearest] - a) ? heights.with(nearest, q) : heights;
}
const STEEP = 8; // steeper than the truth is where a pen can be

// Training. `how` says what is minimised and by which number:
//   self  keep the point's own key (the leak); otherwise it is left out
//   half  half the squared error; otherwise all of it
//   mean  the mean over the points; otherwise the sum
//   log   descend in log w; otherwise in w
export const part = (n, { half = true, mean = false }) => (half ? 0.5 : 1) / (mean ? n : 1);

// What the points say about each other: for each how far off the guess is, and how it turns with w.
const saidOfEach = (x, y, w, { self = false }) =>
  x.map((at, i) => {
    const { guess, turn } = answer(at, x, y, w, self ? -1 : i);
    return [guess - y[i], turn];
  });
const lossOf = (said, how) => part(said.length, how) * sum(said.map(([off]) => square(off)));
const slopeOf = (said, how) => part(said.length, how) * sum(said.map(([off, turn]) => 2 * off * turn));

export const loss = (x, y, w, how = {}) => lossOf(saidOfEach(x, y, w, how), how);
// The derivative of the loss by w.
export const slope = (x, y, w, how = {}) => slopeOf(saidOfEach(x, y, w, how), how);

// One epoch of gradient descent: w, its loss, the slope by w, and the w after the step. With momentum a step follows the
// slope and that part of the `speed` before, as in torch's SGD.
export function epoch(x, y, w, lr, how = {}, before = 0) {
  const said = saidOfEach(x, y, w, how);
  const steep = slopeOf(said, how);
  const speed = steep + (how.momentum ?? 0) * before;
  const next = how.log ? w * Math.exp(-lr * w * steep) : w - lr * speed;
  return { w, loss: lossOf(said, how), slope: steep, speed, next };
}

export const step = (x, y, w, lr, how) => epoch(x, y, w, lr, how).next;

// A step that changes less than a millionth of w.
export const settled = ({ w, next }) => Math.abs(next - w) <= 1e-6 * Math.abs(w);

// Four ways down the same loss from the same w. `rate` is the part of the learning rate that a way takes.
export const runners = {
  long: { rate: 1 },
  short: { rate: 1 / 5 },
  log: { rate: 1 / 5, log: true },
  momentum: { rate: 1 / 5, momentum: 0.9 },
};

// The epochs of each of them: the start, and after each of `count` steps.
export const race = (x, y, w, lr, count, how) =>
  Object.values(runners).map(({ rate, ...own }) => {
    const way = { ...how, ...own };
    const taken = [epoch(x, y, w, rate * lr, way)];
    while (taken.length <= count) {
      const { next, speed } = taken.at(-1);
      taken.push(epoch(x, y, next, rate * lr, way, speed));
    }
    return taken;
  });

// Which of them have the least loss after so many steps; what differs by less than the digits that are written is equal.
export function leaders(runs, count, digits = 4) {
  const losses = runs.map((run) => run[count].loss.toFixed(digits));
  const least = Math.min(...losses);
  return losses.map((loss) => Number(loss) === least);
}

export const lossCurve = (x, y, ws, how = {}) => ws.map((w) => loss(x, y, w, how));

// Leave one out. True in the mask means keep: everywhere but on the diagonal, where row i meets number i.
export const tile = (row) => row.map(() => row);
export const eye = (n) => range(n, (i) => range(n, (j) => Number(i === j)));
export const mask = (n) => eye(n).map((row) => row.map((number) => 1 - number === 1));
// One long row of all that the mask keeps, read row by row.
export const select = (table, mask) => table.flatMap((row, i) => row.filter((_, j) => mask[i][j]));
export function reshape(row, n) {
  const length = row.length / n;
  return range(n, (i) => row.slice(i * length, (i + 1) * length));
}
export const fillDiagonal = (table, value) => table.map((row, i) => row.map((number, j) => (i === j ? value : number)));

// The same formula: (w |q - k|)² / 2 written out, for keys that are vectors; the scores of a query, which is one, too. Of the
// keys' own term the part 1 - t is left: at t = 0 it is the score of 1964, at t = 1 the dot product alone. The query's own
// term is for who asks.
export function mixedScores(keys, w, t) {
  const norms = keys.map((key) => (1 - t) * pool(key, key));
  return (query, own = false) => {
    const norm = own ? pool(query, query) : 0;
    return keys.map((key, i) => w * w * (pool(query, key) - (norms[i] + norm) / 2));
  };
}
// The axis from 0 to 5, bent into half a circle without being stretched.
export const bend = (x) => [Math.cos, Math.sin].map((turn) => (turn((x * Math.PI) / 5) * 5) / Math.PI);

// The w with the least loss: the least on the grid `ws`, then half the way 20 times, to where the slope changes its
// sign. Null if the loss is least at an end of the grid: with the own key kept it falls without end.
export function bestW(x, y, ws, losses, how = {}) {
  const i = losses.indexOf(Math.min(...losses));
  if (!i || i === ws.length - 1) return null;
  let [low, high] = [ws[i - 1], ws[i + 1]];
  for (let k = 0; k < 20; k++) {
    const middle = (low + high) / 2;
    if (slope(x, y, middle, how) < 0) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

// The same, or the end of the grid at which the loss is least: 0 is the plain average.
export const bestOrEnd = (x, y, ws, losses, how = {}) =>
  bestW(x, y, ws, losses, how) ?? ws[losses.indexOf(Math.min(...losses))];

// Whether the loss rises again beyond the best w. It does not where every point has a copy that answers for it.
export function risesAgain(losses) {
  const least = Math.min(...losses);
  return losses.at(-1) > least * 1.0001 + 1e-12;
}

// The middle of the widest gap between numbers.
export function widestGap(numbers) {
  const sorted = numbers.toSorted((a, b) => a - b);
  const gaps = sorted.slice(1).map((number, i) => number - sorted[i]);
  const i = gaps.indexOf(Math.max(...gaps));
  return (sorted[i] + sorted[i + 1]) / 2;
}

// What the epochs so far have come to, in a word. They need their `error` on the truth too; `flat` is the loss at w = 0.
export function verdict(epochs, best, flat) {
  const now = epochs.at(-1);
  if (epochs.length < 2) return "ready";
  if (now.w === 0) return "zero";
  if (best === null) return now.error > Math.min(...epochs.map((e) => e.error)) ? "leak" : "falls";
  return fromBest(epochs, best, flat);
}

// The loss is the same for w and -w, so |w| is compared with the best.
function fromBest(epochs, best, flat) {
  const [now, before] = [epochs.at(-1), epochs.at(-2)];
  const far = epochs.map((e) => Math.abs(e.w) - best);
  const crossed = far.map((d, i) => i > 0 && d * far[i - 1] < 0);
  const [d, moved] = [far.at(-1), Math.abs(now.next - now.w) / Math.abs(now.w)];
  if (Math.abs(d) < best / 100 && moved < 1e-3) return "arrived";
  if (crossed.slice(-3).filter(Boolean).length > 1) return "bounces";
  if (crossed.at(-1)) return "jumped";
  if (d < 0 && now.slope * now.w > 0) return "caught";
  if (d < 0 && now.loss > 0.98 * flat) return "idles";
  if (Math.abs(d) >= Math.abs(far.at(-2))) return "lost";
  if (d > 0 && now.loss > 0.99 * before.loss) return crossed.includes(true) ? "crawls" : "plain";
  return "nears";
}
