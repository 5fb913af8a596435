// A real head: a word of a sentence asks, and each word is heard as loudly as a trained head has learned to hear it.
import {
  axes,
  layer,
  line,
  logSteps,
  marksLayer,
  number,
  pathLayer,
  role,
  scale,
  set,
  table,
  textLayer,
  whereIs,
  writeW,
} from "../shared/draw.js";
import { counts, heated, neighbours, softmax, sum, sumOver } from "../shared/math.js";

const LOUDEST = 5;
const [LEFT, RIGHT, BOTTOM] = [92, 44, 40]; // pixels around the bars
const WIDE = 38; // pixels: a number and what is around it

// All that the layers show, computed once for each drawing; `own` are the weights without a temperature.
function look({ tokens, scores }, query, T, { width, height }) {
  const row = heated(scores[query], T);
  const weights = softmax(row);
  const tall = (height - BOTTOM - 4) / tokens.length;
  const order = tokens.map((_, i) => i).sort((a, b) => weights[b] - weights[a] || a - b);
  return {
    ...{ tokens, query, T, tall, width, weights, order, own: softmax(scores[query]) },
    ...{ scores: scores[query], counts: counts(row) },
    x: scale(0, 1, LEFT, width - RIGHT),
    top: (i) => 4 + i * tall,
    bottom: height - BOTTOM,
  };
}

function axesLayer(svg, say) {
  const group = layer(svg, "axes");
  const none = () => []; // the words stand in place of ticks
  return ({ x, bottom }) => axes(group, x, { from: 4, to: bottom, ticks: none }, { xLabel: say("weight") });
}

const asked = ({ query, top, tall, width }) => `M0 ${top(query)}h${width}v${tall}h${-width}z`;

const barsLayer = (svg) =>
  marksLayer(
    svg,
    "weights",
    "rect",
    { fill: role("weight") },
    ({ weights }) => weights,
    ({ x, top, tall }, weight, i) => ({
      x: LEFT,
      y: top(i) + tall / 4,
      width: x(weight) - LEFT,
      height: tall / 2,
    }),
  );

const without = ({ own, T, x, top, tall }) =>
  T === 1 ? "" : own.map((weight, i) => `M${x(weight)} ${top(i) + 2}v${tall - 4}`).join("");

const wordsLayer = (svg) =>
  marksLayer(
    svg,
    "words",
    "text",
    { "text-anchor": "end", translate: "no" },
    ({ tokens }) => tokens,
    ({ top, tall, query }, text, i) => ({
      ...{ x: LEFT - 22, y: top(i) + tall / 2 + 4, text },
      fill: role(i === query ? "query" : "key"),
      "font-weight": i === query ? "700" : null,
    }),
  );

// Where the row of a bar is free: right of it, or of the mark for its own weight where that would cross the number.
function free({ weights, own, x }, i) {
  const [end, mark] = [x(weights[i]), x(own[i])];
  return mark > end && mark < end + WIDE ? mark : end;
}

// The numbers of the table, where they are more than nothing.
const numbersLayer = (svg) =>
  marksLayer(
    svg,
    "numbers",
    "text",
    {},
    ({ order, weights }) => order.slice(0, LOUDEST).filter((i) => weights[i] >= 0.005),
    (view, i) => ({
      ...{ x: free(view, i) + 6, y: view.top(i) + view.tall / 2 + 4, text: number(view.weights[i]) },
      ...{ fill: role("weight"), class: "clear" },
    }),
  );

const pointer = ({ query, top, tall }) => `M${LEFT - 4} ${top(query) + tall / 2}l-11 -7v14z`;

// The loudest words one by one, the rest and all of them together.
function tableRows({ tokens, order, scores, counts, weights }, say) {
  const rest = order.slice(LOUDEST);
  const share = (ids) => [counts, weights].map((numbers) => number(sumOver(ids, numbers), 3));
  return [
    ...order.slice(0, LOUDEST).map((i) => [tokens[i], number(scores[i]), ...share([i])]),
    [say("others", { others: rest.length }), "", ...share(rest)],
    [say("all"), "", ...share(order)],
  ];
}

function drawTable(below, view, say) {
  const { tokens, order, scores, counts, T, d } = view;
  const told = say(T === 1 ? "caption" : "caption-hot", {
    ...{ count: LOUDEST, all: tokens.length, d, T: writeW(T) },
    ...{ top: number(scores[order[0]]), total: number(sum(counts)) },
  });
  const heads = ["key", "score", "count", "weight"].map((head) => say(head));
  table(below, told, heads, tableRows(view, say));
}

function summary({ tokens, query, weights, order: [loudest] }, say) {
  const numbers = {
    ...{ word: tokens[query], loudest: tokens[loudest], all: tokens.length },
    ...{ neighbours: number(neighbours(weights), 1), weight: number(weights[loudest]) },
  };
  return [[say("summary", numbers)]];
}

export default async ({ svg, below, say, data, state, change, slider, choice }) => {
  const stored = await data("real-head");
  const names = { "[CLS]": say("start"), "[SEP]": say("end") };
  const sentences = Object.fromEntries(stored.sentences.map((one) => [one.name, one]));
  const words = () => sentences[state.sentence].tokens.map((token) => names[token] ?? token);
  const longest = Math.max(...stored.sentences.map(({ tokens }) => tokens.length));
  const asks = () => Math.min(state.query, words().length - 1);
  choice("sentence", Object.keys(sentences), { text: (name) => sentences[name].sentence });
  choice("head", Object.keys(stored.heads));
  const format = () => words()[asks()];
  const choose = slider("query", { min: 0, max: longest - 1, step: 1, value: 5, role: "query", format });
  set(choose.nextElementSibling, { translate: "no" });
  slider("temperature", { values: logSteps(0.1, 100, 10), value: 1, format: writeW });

  const layers = [
    pathLayer(svg, "asked", { fill: role("query"), "fill-opacity": 0.1 }, asked),
    axesLayer(svg, say),
    barsLayer(svg),
    pathLayer(svg, "own", line("currentColor", " thin"), without),
    textLayer(svg, "own-name", { "text-anchor": "end" }, ({ T, width, bottom }) => ({
      ...{ x: width - 4, y: bottom + 31, text: T === 1 ? "" : say("own") },
    })),
    wordsLayer(svg),
    numbersLayer(svg),
    pathLayer(svg, "query", { fill: role("query") }, pointer),
  ];
  let view;
  svg.addEventListener("click", (event) => {
    const row = Math.floor((whereIs(svg, event)[1] - view.top(0)) / view.tall);
    if (row >= 0 && row < view.tokens.length) change({ query: row });
  });

  return (now, size) => {
    const tokens = words();
    set(choose, { max: `${tokens.length - 1}` });
    choose.value = asks();
    const { scores } = sentences[now.sentence];
    view = look({ tokens, scores: scores[now.head] }, asks(), now.temperature, size);
    for (const update of layers) update(view);
    drawTable(below, { ...view, d: stored.model.d }, say);
    return summary(view, say);
  };
};
