// The same formula: the squared distance written out as three terms, and which of them the weights can see.
import {
  clamp,
  code,
  drag,
  grip,
  layer,
  line,
  marksLayer,
  number,
  pathLayer,
  role,
  scale,
  set,
  table,
  textLayer,
} from "../shared/draw.js";
import { distances, pair, pool, scores, softmax, terms } from "../shared/math.js";

const KEYS = {
  line: [[1], [2], [4], [5]],
  circle: [
    [2, 0],
    [1.6, 1.2],
    [0, 2],
    [-1.2, 1.6],
  ], // all of length 2
};
const VALUES = [10, 20, 40, 50];
const TERMS = ["qk", "kk", "qq"];
const SIGNS = ["w²qk", "− w²k²/2", "− w²q²/2"];
const COLOURS = ["currentColor", role("key"), role("query")];
const [PLACES, ROW] = [118, 46]; // pixels: the places of the keys, and below them a row for each key
const SAME = 1e-9;

const vector = (parts, digits = 2) => `(${parts.map((part) => number(part, digits)).join(", ")})`;
const name = (key) => (key.length > 1 ? vector(key, 1) : `${key}`);
const rowTop = (i) => PLACES + 24 + i * ROW;

// Terms, scores and weights of all keys; `first` and `were` are those of 1964.
function compute({ q, w, keys: where, pick, ...on }) {
  const keys = KEYS[where];
  const query = keys[0].map((_, i) => (i ? 0 : q));
  const all = keys.map((key) => terms(query, key, w));
  const used = TERMS.map((term) => on[term]);
  const score = all.map((row) => row.reduce((sum, term, i) => sum + (used[i] ? term : 0), 0));
  const first = scores(0, distances(query, keys), w);
  return {
    q,
    w,
    keys,
    pick,
    query,
    all,
    used,
    score,
    first,
    called: keys.map(name),
    weights: softmax(score),
    were: softmax(first),
  };
}

// All that the layers show: the numbers, and where they stand.
function look(numbers, { width, height }) {
  const unit = Math.min(36, width / 8);
  const room = Math.max(46, width / 5); // for a weight of 1
  const ends = numbers.all.flatMap(([qk, kk, qq]) => [0, qk, kk + qq + Math.min(0, qk)]);
  return {
    ...{ ...numbers, width, height, unit, room },
    x: scale(0, 5, 2.7 * unit, 7.7 * unit),
    y: (up) => PLACES - 26 - up * unit,
    t: scale(Math.min(...ends), Math.max(...ends) || 1, 86, width - room - 50),
  };
}

// Half a circle, where the keys lie on one.
function ring({ keys, x, y, unit }) {
  return keys[0][1] === 0 ? `M${x(2)} ${y(0)}a${2 * unit} ${2 * unit} 0 0 0 ${-4 * unit} 0` : "";
}

const axis = ({ y, t, width }) => `M2 ${y(0)}H${width - 2}M${t(0)} ${rowTop(0) - 4}v${4 * ROW - 6}`;

function headsLayer(svg, say) {
  const texts = ({ weights }) => [...SIGNS, say("weight"), ...weights.map((weight) => number(weight))];
  return marksLayer(svg, "heads", "text", {}, texts, ({ width, room }, text, i) => ({
    x: [2, 46, 112, width - room - 40][i] ?? width - 2,
    y: i < 4 ? PLACES + 12 : rowTop(i - 4) + 20,
    "text-anchor": i < 4 ? "start" : "end",
    fill: COLOURS[i] ?? "currentColor",
    text,
  }));
}

// Each key is named twice: at its place, and at its row.
function namesLayer(svg) {
  const twice = ({ called }) => [...called, ...called];
  return marksLayer(svg, "names", "text", { fill: role("key") }, twice, ({ keys, pick, x, y }, text, i) => {
    const [right, up = 0] = keys[i % 4];
    if (i < 4) return { x: x(right), y: y(up) - 8, "text-anchor": "middle", text };
    return { x: 2, y: rowTop(i - 4) + 20, text: `${i - 3 === pick ? "▸ " : ""}${text}` };
  });
}

function keysLayer(svg) {
  const look = { fill: role("weight"), stroke: role("key"), "fill-opacity": 0.35 };
  return marksLayer(
    svg,
    "keys",
    "circle",
    look,
    ({ keys }) => keys,
    ({ x, y, weights }, [right, up = 0], i) => ({
      cx: x(right),
      cy: y(up),
      r: Math.sqrt(9 + 400 * weights[i]),
    }),
  );
}

// For each key its terms, one after the other from 0, each in its lane.
function lanes({ all, used, t }) {
  return all.flatMap((own, i) => {
    let to = 0;
    return own.map((term, lane) => {
      const from = to;
      to += used[lane] ? term : 0;
      const [left, right] = [t(Math.min(from, to)), t(Math.max(from, to))];
      return { x: left, width: right - left, y: rowTop(i) + 11 * lane, height: 9, fill: COLOURS[lane] };
    });
  });
}

const scoreLines = ({ score, t }) => score.map((sum, i) => `M${t(sum)} ${rowTop(i) - 3}v38`).join("");

// A bar for each weight, higher by `more` on both sides.
const barsLayer = (svg, part, attributes, weightsOf, more) =>
  marksLayer(svg, part, "rect", attributes, weightsOf, ({ width, room }, weight, i) => ({
    x: width - room - 40,
    width: room * weight,
    y: rowTop(i) + 9 - more,
    height: 14 + 2 * more,
  }));

function predictions({ weights, were, height }, say) {
  const [answer, truth] = [weights, were].map((list) => number(pool(list, VALUES)));
  return { y: height - 8, text: say("prediction", { answer, truth }) };
}

// The score of the chosen key as a dot product, and what it lacks.
function product({ query, keys, pick, w, first }) {
  const [theirs, ours] = pair(query, keys[pick - 1], w);
  const sum = number(pool(theirs, ours));
  return `(wq, 1) · (wk, −w²k²/2) = ${vector(theirs)} · ${vector(ours)} = ${sum}
−w²(q − k)²/2 = ${sum} − w²q²/2 = ${number(first[pick - 1])}`;
}

function rowsOf({ all, used, called, score, weights }) {
  return all.map((own, i) => [
    called[i],
    ...own.map((term, j) => (used[j] ? number(term) : "")),
    number(score[i]),
    number(weights[i], 3),
  ]);
}

function summary({ score, first, weights, were, used, called }, say) {
  const gaps = score.map((sum, i) => sum - first[i]);
  const [least, most] = [Math.min(...gaps), Math.max(...gaps)];
  const same = weights.every((weight, i) => Math.abs(weight - were[i]) < SAME);
  const alike = most < SAME ? "same" : "shifted";
  const top = weights.indexOf(Math.max(...weights));
  const even = weights[top] - Math.min(...weights) < SAME;
  const loudest = say(even ? "even" : "loudest", {
    key: called[top],
    weight: number(weights[top], 3),
    were: number(were[top], 3),
  });
  const inside = SIGNS.filter((_, i) => used[i]).join(" ") || "0";
  const compared = say(same ? alike : "other", { least: number(least), most: number(most) });
  return [[compared], [...(same ? [] : [loudest]), say("summary", { inside })]];
}

export default ({ svg, below, say, state, change, slider, choice, tick }) => {
  slider("q", { min: 0, max: 5, step: 0.2, value: 2, role: "query" });
  slider("w", { min: 0, max: 2, step: 0.1, value: 1, digits: 1 });
  for (const term of TERMS) tick(term, true);
  choice("keys", Object.keys(KEYS));
  slider("pick", {
    min: 1,
    max: VALUES.length,
    step: 1,
    value: 3,
    role: "key",
    format: (i) => name(KEYS[state.keys][i - 1]),
  });

  const layers = [
    pathLayer(svg, "ring", line(role("key"), " dashed"), ring),
    pathLayer(svg, "axis", { class: "axis" }, axis),
    headsLayer(svg, say),
    namesLayer(svg),
    keysLayer(svg),
    pathLayer(svg, "grip", { fill: role("query") }, ({ q, x, y }) => grip(x(q), y(0))),
    marksLayer(svg, "terms", "rect", {}, lanes, (_, lane) => lane),
    pathLayer(svg, "scores", line("currentColor"), scoreLines),
    barsLayer(svg, "weights", { fill: role("weight") }, ({ weights }) => weights, 0),
    barsLayer(svg, "weights-1964", line("currentColor", " dashed"), ({ were }) => were, 3),
    textLayer(svg, "prediction", { class: "strong", fill: role("prediction"), x: 2 }, (view) => predictions(view, say)),
  ];
  const lines = code(below);
  let view;
  const area = layer(svg, "handle", "rect", { width: "100%", height: PLACES, fill: "transparent" });
  drag(svg, (px) => change({ q: Math.round(5 * clamp(view.x.back(px), 0, 5)) / 5 }), area);

  return (now, size) => {
    view = look(compute(now), size);
    for (const update of layers) update(view);
    set(lines, { text: product(view) });
    table(below, say("caption"), [say("key"), ...SIGNS, say("score"), say("weight")], rowsOf(view));
    return summary(view, say);
  };
};
