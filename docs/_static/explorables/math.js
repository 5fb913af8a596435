// All the mathematics of the explorables, as nwlesson has it: pure functions of plain arrays of numbers.
// tests/test_explorables.py compares them with torch in a real browser.

const sum = (numbers) => numbers.reduce((a, b) => a + b, 0);

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
export const scores = (query, keys, w) => keys.map((key) => -(((query - key) * w) ** 2) / 2);

// A score of -Infinity gets the weight 0. The largest score is subtracted first, so 0 / 0 cannot happen.
export function softmax(scores) {
  const top = Math.max(...scores);
  const counts = scores.map((score) => Math.exp(score - top));
  const total = sum(counts);
  return counts.map((count) => count / total);
}

// The weights of all keys for one query, or null where the kernel reaches no key.
export function weights(query, keys, w = 1, kernel = "gaussian") {
  if (kernel === "gaussian") return softmax(scores(query, keys, w));
  const counts = keys.map((key) => kernels[kernel]((query - key) * w));
  const total = sum(counts);
  return total > 0 ? counts.map((count) => count / total) : null;
}

export const pool = (weights, values) => sum(weights.map((weight, i) => weight * values[i]));

// One prediction for each query; null where the kernel reaches no key.
export const predict = (queries, keys, values, w = 1, kernel = "gaussian") =>
  queries.map((query) => {
    const row = weights(query, keys, w, kernel);
    return row && pool(row, values);
  });

// How many equal weights would be as even as these: n for n equal ones, 1 when one key has it all.
export const neighbours = (weights) => 1 / sum(weights.map((weight) => weight ** 2));

// The mean squared difference.
export const meanSquare = (a, b) => sum(a.map((value, i) => (value - b[i]) ** 2)) / a.length;

// Training. `how` says what is minimised and by which number:
//   self  keep the point's own key (the leak); otherwise it is left out
//   half  half the squared error; otherwise all of it
//   mean  the mean over the points; otherwise the sum
//   log   descend in log w; otherwise in w
const part = (n, { half = true, mean = false }) => (half ? 0.5 : 1) / (mean ? n : 1);

// The weights of all points when point i is asked.
export function others(i, x, w, { self = false } = {}) {
  const row = scores(x[i], x, w);
  if (!self) row[i] = -Infinity;
  return softmax(row);
}

// What the points say about each other.
export const fitted = (x, y, w, how = {}) => x.map((_, i) => pool(others(i, x, w, how), y));

export const loss = (x, y, w, how = {}) =>
  part(x.length, how) * sum(fitted(x, y, w, how).map((guess, i) => (guess - y[i]) ** 2));

// The derivative of the loss by w. A prediction changes by -w times the weighted covariance of d squared and y.
export function slope(x, y, w, how = {}) {
  const terms = x.map((query, i) => {
    const row = others(i, x, w, how);
    const squares = x.map((key) => (query - key) ** 2);
    const [square, guess] = [pool(row, squares), pool(row, y)];
    const covariance = sum(row.map((weight, j) => weight * (squares[j] - square) * (y[j] - guess)));
    return 2 * (guess - y[i]) * -w * covariance;
  });
  return part(x.length, how) * sum(terms);
}

// The same by log w.
export const logSlope = (x, y, w, how = {}) => w * slope(x, y, w, how);

// w after one step of gradient descent.
export const step = (x, y, w, lr, how = {}) =>
  how.log ? w * Math.exp(-lr * logSlope(x, y, w, how)) : w - lr * slope(x, y, w, how);

export const lossCurve = (x, y, ws, how = {}) => ws.map((w) => loss(x, y, w, how));

// Leave one out. True in the mask means keep: everywhere but on the diagonal, where row i meets number i.
export const tile = (row) => row.map(() => row);
export const eye = (n) => Array.from({ length: n }, (_, i) => Array.from({ length: n }, (_, j) => Number(i === j)));
export const mask = (n) => eye(n).map((row) => row.map((number) => 1 - number === 1));
// One long row of all that the mask keeps, read row by row.
export const select = (table, mask) => table.flatMap((row, i) => row.filter((_, j) => mask[i][j]));
export function reshape(row, n) {
  const length = row.length / n;
  return Array.from({ length: n }, (_, i) => row.slice(i * length, (i + 1) * length));
}
export const fillDiagonal = (table, value) => table.map((row, i) => row.map((number, j) => (i === j ? value : number)));

// The same formula: -(w |q - k|)² / 2 written out, for a query and a key that are vectors.
export const terms = (query, key, w) => [pool(query, key), -pool(key, key) / 2, -pool(query, query) / 2].map((t) => t * w * w);
export const distances = (query, keys) => keys.map((key) => Math.hypot(...key.map((part, i) => part - query[i])));
// The two vectors whose dot product is the sum of the first two terms.
export const pair = (query, key, w) => [
  [...query.map((part) => part * w), 1],
  [...key.map((part) => part * w), (-pool(key, key) * w * w) / 2],
];
