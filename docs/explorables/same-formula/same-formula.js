// The same formula: the squared distance written out as three terms, and which of them the weights can see.
import { add, drag, grip, layer, marks, number, scale, set, table } from "../shared/draw.js";
import { distances, pair, pool, scores, softmax, terms } from "../shared/math.js";

const KEYS = {
  line: [[1], [2], [4], [5]],
  circle: [[2, 0], [1.6, 1.2], [0, 2], [-1.2, 1.6]], // all of length 2
};
const VALUES = [10, 20, 40, 50];
const SIGNS = ["w²qk", "− w²k²/2", "− w²q²/2"];
const COLOURS = ["currentColor", "var(--role-key)", "var(--role-query)"];
const [PLACES, ROW] = [118, 46]; // pixels: the places of the keys, and below them a row for each key
const SAME = 1e-9;

const vector = (parts, digits = 2) => `(${parts.map((part) => number(part, digits)).join(", ")})`;
const name = (key) => (key.length > 1 ? vector(key, 1) : `${key}`);

export default ({ svg, below, say, state, change, slider, choice, tick }) => {
  slider("q", { min: 0, max: 5, step: 0.2, value: 2, role: "query" });
  slider("w", { min: 0, max: 2, step: 0.1, value: 1, digits: 1 });
  for (const term of ["qk", "kk", "qq"]) tick(term, true);
  choice("keys", Object.keys(KEYS));
  slider("pick", { min: 1, max: VALUES.length, step: 1, value: 3, role: "key", format: (i) => name(KEYS[state.keys][i - 1]) });

  const ring = layer(svg, "ring", "path", { class: "line dashed", stroke: "var(--role-key)" });
  const axis = layer(svg, "axis", "path", { class: "axis" });
  const heads = layer(svg, "heads");
  const names = layer(svg, "names", "g", { fill: "var(--role-key)" });
  const dots = layer(svg, "keys", "g", { fill: "var(--role-weight)", stroke: "var(--role-key)", "fill-opacity": 0.35 });
  const triangle = layer(svg, "grip", "path", { fill: "var(--role-query)" });
  const bars = layer(svg, "terms");
  const sums = layer(svg, "scores", "path", { class: "line", stroke: "currentColor" });
  const loud = layer(svg, "weights", "g", { fill: "var(--role-weight)" });
  const old = layer(svg, "weights-1964", "g", { class: "line dashed", stroke: "currentColor" });
  const label = layer(svg, "prediction", "text", { class: "strong", fill: "var(--role-prediction)", x: 2 });
  const form = add(below, "pre", { translate: "no", tabindex: "0" });

  let x;
  const area = layer(svg, "handle", "rect", { width: "100%", height: PLACES, fill: "transparent" });
  drag(svg, (px) => change({ q: Math.round(5 * Math.min(5, Math.max(0, x.back(px)))) / 5 }), area);

  return ({ q, w, keys: where, pick, ...on }, { width, height }) => {
    const keys = KEYS[where];
    const called = keys.map(name);
    const query = keys[0].map((_, i) => (i ? 0 : q));
    const all = keys.map((key) => terms(query, key, w));
    const used = ["qk", "kk", "qq"].map((term) => on[term]);
    const score = all.map((row) => row.reduce((sum, term, i) => sum + (used[i] ? term : 0), 0));
    const first = scores(0, distances(query, keys), w); // those of 1964
    const [weights, were] = [softmax(score), softmax(first)];

    const unit = Math.min(36, width / 8);
    x = scale(0, 5, 2.7 * unit, 7.7 * unit);
    const y = (up) => PLACES - 26 - up * unit;
    set(ring, { d: keys[0][1] === 0 ? `M${x(2)} ${y(0)}a${2 * unit} ${2 * unit} 0 0 0 ${-4 * unit} 0` : "" });
    set(triangle, { d: grip(x(q), y(0)) });
    marks(dots, "circle", keys, ([right, up = 0], i) => ({ cx: x(right), cy: y(up), r: Math.sqrt(9 + 400 * weights[i]) }));

    // For each key its terms, one after the other from 0, each in its lane, and where they end: the score.
    const ends = all.flatMap(([qk, kk, qq]) => [0, qk, kk + qq + Math.min(0, qk)]);
    const room = Math.max(46, width / 5); // for a weight of 1
    const t = scale(Math.min(...ends), Math.max(...ends) || 1, 86, width - room - 50);
    const row = (i) => PLACES + 24 + i * ROW;
    const lanes = all.flatMap((own, i) => {
      let from = 0;
      return own.map((term, lane) => {
        const [a, b] = [from, (from += used[lane] ? term : 0)];
        return { x: t(Math.min(a, b)), width: t(Math.max(a, b)) - t(Math.min(a, b)), y: row(i) + 11 * lane, height: 9, fill: COLOURS[lane] };
      });
    });
    marks(bars, "rect", lanes, (lane) => lane);
    set(axis, { d: `M2 ${y(0)}H${width - 2}M${t(0)} ${row(0) - 4}v${4 * ROW - 6}` });
    set(sums, { d: score.map((sum, i) => `M${t(sum)} ${row(i) - 3}v38`).join("") });
    const bar = (list, more) => (_, i) => ({ x: width - room - 40, width: room * list[i], y: row(i) + 9 - more, height: 14 + 2 * more });
    marks(loud, "rect", weights, bar(weights, 0));
    marks(old, "rect", were, bar(were, 3));
    marks(heads, "text", [...SIGNS, say("weight"), ...weights.map((weight) => number(weight))], (text, i) => ({
      x: [2, 46, 112, width - room - 40][i] ?? width - 2,
      y: i < 4 ? PLACES + 12 : row(i - 4) + 20,
      "text-anchor": i < 4 ? "start" : "end",
      fill: COLOURS[i] ?? "currentColor",
      text,
    }));
    marks(names, "text", [...called, ...called], (text, i) => {
      const [right, up = 0] = keys[i % 4];
      if (i < 4) return { x: x(right), y: y(up) - 8, "text-anchor": "middle", text };
      return { x: 2, y: row(i - 4) + 20, text: `${i - 3 === pick ? "▸ " : ""}${text}` };
    });

    const [answer, truth] = [weights, were].map((list) => number(pool(list, VALUES)));
    set(label, { y: height - 8, text: say("prediction", { answer, truth }) });
    const [theirs, ours] = pair(query, keys[pick - 1], w);
    const product = number(pool(theirs, ours));
    set(form, {
      text: `(wq, 1) · (wk, −w²k²/2) = ${vector(theirs)} · ${vector(ours)} = ${product}
−w²(q − k)²/2 = ${product} − w²q²/2 = ${number(first[pick - 1])}`,
    });
    table(
      below,
      say("caption"),
      [say("key"), ...SIGNS, say("score"), say("weight")],
      all.map((own, i) => [called[i], ...own.map((term, j) => (used[j] ? number(term) : "")), number(score[i]), number(weights[i], 3)]),
    );

    const gaps = score.map((sum, i) => sum - first[i]);
    const [least, most] = [Math.min(...gaps), Math.max(...gaps)];
    const same = weights.every((weight, i) => Math.abs(weight - were[i]) < SAME);
    const top = weights.indexOf(Math.max(...weights));
    const told = {
      least: number(least),
      most: number(most),
      key: called[top],
      weight: number(weights[top], 3),
      were: number(were[top], 3),
    };
    const inside = SIGNS.filter((_, i) => used[i]).join(" ") || "0";
    return `${say("summary", { inside })} ${say(same ? (most < SAME ? "same" : "shifted") : "other", told)}`;
  };
};
