// Training: step by step down the curve of the loss, with the fit of the present w and the losses that are printed.
import {
  add,
  axes,
  clamp,
  discsLayer,
  layer,
  legendLayer,
  line,
  logScale,
  logSteps,
  marksLayer,
  number,
  path,
  pathLayer,
  role,
  scale,
  scaleAround,
  set,
} from "../shared/draw.js";
import {
  bestW,
  epoch,
  loss,
  lossCurve,
  meanSquare,
  part,
  predict,
  range,
  settled,
  truth,
  verdict,
} from "../shared/math.js";
import { makeRace, NO_RACE, raceLayers, raceSummary } from "./race.js";
import { between, makeRun, short, upTo } from "./run.js";

const [MOST, TICK] = [100, 60]; // epochs, and milliseconds for each while it runs
const [EDGE, FAR] = [12, 1000]; // the largest w of the straight axis, and of the logarithmic one
const REACH = 42; // pixels, the tangent to either side
const WS = [...range(61, (i) => 10 ** (i / 12 - 2)), ...range(49, (i) => i / 4)].sort((a, b) => a - b);
const GRID = range(101, (i) => i / 20);
const REAL = GRID.map(truth);
const through = (places) => path(...[0, 1].map((i) => places.map((place) => place[i])));
const writeSetting = (value) => number(value, value < 0.1 ? 3 : 2);

// Points in a row almost at one place share a label, [first, last, x, y, is it beyond the edge]; none is put upon another,
// and the last point, where the reader is, has its name first.
function labels(places) {
  const runs = [];
  const close = ([, , x, y, out], [, , px, py, pout]) => out === pout && Math.abs(x - px) < 36 && Math.abs(y - py) < 14;
  for (const [i, place] of places.entries()) {
    const run = [i, i, ...place];
    if (runs.length && close(runs.at(-1), run)) runs.at(-1)[1] = i;
    else runs.push(run);
  }
  const found = [runs.pop()];
  for (const run of runs) if (!found.some((label) => close(label, run))) found.push(run);
  return found;
}

// All epochs up to a number of them, computed once for the same settings.
function rememberEpochs({ seeds, queries }) {
  const real = queries.map(truth);
  let [settings, epochs] = ["", []];
  return (state, count) => {
    const chosen = JSON.stringify({ ...state, epochs: 0 });
    if (chosen !== settings) [settings, epochs] = [chosen, []];
    const { x, y } = seeds[state.seed];
    while (epochs.length <= count) {
      const w = epochs.length ? epochs.at(-1).next : state.start;
      epochs.push({ ...epoch(x, y, w, state.lr, state), error: meanSquare(predict(queries, x, y, w), real) });
    }
    return epochs.slice(0, count + 1);
  };
}

// The curve and its valley depend on the points and on the own key alone; the rest only stretches it.
function rememberCurve(seeds) {
  const found = {};
  function find(seed, self) {
    const { x, y } = seeds[seed];
    const how = { self, half: false }; // the sum of the squares
    const losses = lossCurve(x, y, WS, how);
    const best = bestW(x, y, WS, losses, how);
    return { losses, best, least: best && loss(x, y, best, how) };
  }
  return ({ seed, self }) => {
    found[seed + self] ??= find(seed, self);
    return found[seed + self];
  };
}

// What is folded away: its name says how many of the settings there are not as at first.
function makeMore({ controls, say, state, slider, choice, tick }, lesson) {
  slider("start", { values: logSteps(0.01, 20, 10, true), value: lesson.start, format: writeSetting });
  const ticks = { half: true, mean: false, log: false, axis: false, self: false };
  for (const [key, on] of Object.entries(ticks)) tick(key, on);
  choice("seed", Object.keys(lesson.seeds));
  const first = { start: lesson.start, ...ticks, seed: "0" };
  const name = controls.querySelector("summary");
  return () => {
    const changed = Object.keys(first).filter((key) => state[key] !== first[key]).length;
    set(name, { text: say(changed ? "more-changed" : "more", { changed }) });
  };
}

// Controls; returns the epochs of a state, the run, what keeps the name of the folded ones, and the race.
function makeControls(tools, lesson) {
  const { say, state, part: keep, change, slider, buttons } = tools;
  keep("epochs", 0, upTo(MOST), between);
  const go = (count) => change({ ...NO_RACE, epochs: clamp(count, 0, MOST) });
  const epochsOf = rememberEpochs(lesson);
  const ended = (count) => count === MOST || (count > 0 && settled(epochsOf(state, count)[count]));
  const run = makeRun(say, "run", TICK, { count: () => state.epochs, ended, go, button: () => button });
  const [, , button] = buttons({
    step: () => go(state.epochs + 1),
    five: () => go(state.epochs + 5),
    run: run.press,
    back: () => go(state.epochs - 1),
  });
  slider("lr", { values: logSteps(0.01, 2, 10), value: 0.5, format: writeSetting });
  return { epochsOf, run, nameMore: makeMore(tools, lesson), race: makeRace(tools, lesson.seeds) };
}

// A straight scale from 0; what is beyond its edge stays there.
function straight(edge, left, right) {
  const to = scale(0, edge, left, right);
  return Object.assign((w) => Math.min(right, to(w)), to);
}

// Panels: in a wide figure the history stands beside the curve; a narrow one leaves it to the words.
function panels({ y, losses, scaled, now, race }, { width, height, wide, foot }) {
  const down = scale(0, Math.max(...losses) * scaled * 1.05, foot, 28);
  const most = race ? race.length : [5, 10, 20, 50, MOST].find((top) => top >= now.epochs);
  const right = wide ? width * 0.62 : width - 16;
  return {
    ...{ width, wide, down, most, edge: now.axis ? FAR : EDGE },
    across: now.axis ? logScale(0.01, FAR, 44, right, 22) : straight(EDGE, 44, right),
    place: scale(0, 5, 44, width - 12),
    upright: scaleAround(y, height - 44, 266),
    along: scale(0, most, width * 0.62 + 48, width - 12),
    falls: scale(0, down.back(28), foot, 28),
  };
}

// All that the layers show, computed once for each drawing.
function look({ x, y }, now, run, race, curve, size) {
  const taken = race ? [] : run; // in a race the first of the runners has the fit, and the steps are away
  const last = race ? race.first : run.at(-1);
  const numbers = { x, y, now, taken, race, ...curve, last, scaled: part(x.length, now) };
  const view = { ...numbers, ...panels({ ...numbers }, size) };
  const { across, down, along, falls } = view;
  const places = taken.map(({ w, loss }) => [across(Math.abs(w)), down(loss), Math.abs(w) > view.edge]);
  const shown = view.wide ? taken.slice(0, -1) : [];
  const printed = shown.map((one, i) => [along(i + 1), falls(one.loss)]);
  return { ...view, places, printed };
}

function axesLayer(svg, say) {
  const [loss, history] = ["axes", "axes-history"].map((name) => layer(svg, name));
  return ({ now, race, across, down, along, falls, wide }) => {
    axes(loss, across, down, { xLabel: say(now.axis ? "axis-log" : "axis-w"), yLabel: say("axis-loss") });
    if (wide)
      axes(history, along, falls, { xLabel: say("axis-epoch"), yLabel: say(race ? "axis-loss" : "axis-printed") });
    else history.replaceChildren();
  };
}

const lossPath = ({ losses, scaled, across, down, edge }) =>
  path(
    WS.map(across),
    losses.map((value, i) => (WS[i] <= edge ? down(value * scaled) : Number.NaN)),
  );

// Through the present point, as steep as the curve is there, and no longer than the panel is high.
function tangent({ last, places, race, across, down, edge }) {
  const w = Math.abs(last.w);
  if (race || w > edge) return "";
  const near = w / 1000 || 0.001;
  const right = (across(w + near) - across(w - near)) / (2 * near); // pixels for a w of 1, at this place
  const below = (down(1) - down(0)) * last.slope * (last.w < 0 ? -1 : 1);
  const [dx, dy] = [right, below].map((part) => (part * REACH) / Math.hypot(right, below));
  const [x, y] = places.at(-1);
  const ends = [-1, 1].map((side) => {
    const room = side * dy > 0 ? down.from - y : y - down.to;
    return side * Math.min(1, room / Math.abs(dy));
  });
  return through(ends.map((part) => [x + part * dx, y + part * dy]));
}

const valley = ({ best, least, scaled, across, down }) =>
  best ? `M${across(best)} ${down(least * scaled) - 3}l6 -10h-12z` : "";

const epochsLayer = (svg) =>
  discsLayer(svg, "epochs", { fill: role("prediction"), "fill-opacity": 0.6 }, ({ places, now }) =>
    places.map(([x, y], i) => [x, y, i === now.epochs ? 8 : 4]),
  );

// Beyond the edge an arrow, and for the present point its w, above the curve. On the cliff, where the start mostly is, there
// is room for a word on the right alone.
function numbersLayer(svg, say) {
  const rows = ({ places }) => (places.length ? labels(places) : []);
  return marksLayer(svg, "epoch-numbers", "text", {}, rows, ({ now, last }, [from, to, x, y, beyond]) => {
    const epochs = from === to ? String(to || say("at-start")) : `${from}–${to}`;
    const look = { text: epochs, "text-anchor": "middle", class: null };
    if (!beyond && to === 0 && y < 160) return { ...look, x: x + 12, y: y + 3, "text-anchor": "start" };
    if (!beyond) return { ...look, x: x - 6, y: y + (y > 160 ? -13 : 21) };
    const text = say(to === now.epochs ? "beyond" : "beyond-then", { epochs, w: short(last.w) });
    return { x, y: y - 14, text, "text-anchor": "end", class: "clear" };
  });
}

const pointsLayer = (svg) =>
  discsLayer(svg, "points", { fill: role("value"), "fill-opacity": 0.5 }, ({ x, y, place, upright }) =>
    x.map((key, i) => [place(key), upright(y[i]), 3.5]),
  );

const fitPath = ({ x, y, last, place, upright }) => path(GRID.map(place), predict(GRID, x, y, last.w).map(upright));

function fitAxesLayer(svg, say) {
  const fit = layer(svg, "axes-fit");
  return ({ place, upright }) => axes(fit, place, upright, { xLabel: say("axis-x"), yLabel: say("axis-y") });
}

// The fit, below the loss.
const fitLayers = (svg, say) => [
  fitAxesLayer(svg, say),
  pointsLayer(svg),
  pathLayer(svg, "truth", line(role("truth")), ({ place, upright }) => path(GRID.map(place), REAL.map(upright))),
  pathLayer(svg, "curve", line(role("prediction"), " dashed"), fitPath),
  legendLayer(svg, 250, say),
];

const printedLayer = (svg) =>
  discsLayer(svg, "printed", { fill: "currentColor" }, ({ printed, most }) =>
    printed.map(([x, y]) => [x, y, most > 20 ? 2 : 3.5]),
  );

function legendLossLayer(svg, say) {
  const text = layer(svg, "legend-loss", "text", { "text-anchor": "end", y: 12 });
  const now = add(text, "tspan", { fill: role("prediction") });
  const lowest = add(text, "tspan", { dx: 8 });
  return ({ across, last, best, race }) => {
    set(text, { x: across.to });
    set(now, { text: `${race ? race.sign : "●"} ${say("label-w", { w: short(last.w) })}` });
    set(lowest, { text: best ? `▼ ${say("label-best", { best: number(best) })}` : "" });
  };
}

function summary(view, say) {
  const { now, last, best, least, scaled, race } = view;
  const valley = best ? "summary-best" : "summary-none";
  const digits = now.mean ? 4 : 2;
  const values = { w: short(last.w), best: best && number(best), least: best && number(least * scaled, digits) };
  const leak = now.self ? ["verdict-falls"] : [];
  return race ? raceSummary(race, [valley, ...leak], values, say) : stepSummary(view, valley, digits, values, say);
}

function stepSummary({ now, taken, last, losses, best, scaled }, valley, digits, known, say) {
  const before = taken.at(-2);
  const values = {
    ...known,
    epoch: now.epochs,
    loss: number(last.loss, digits),
    slope: short(last.slope),
    printed: before && number(before.loss, digits),
    before: before && short(before.w),
    moved: before && short(Math.abs(last.w - before.w)),
    error: number(last.error, 3),
    lowest: number(Math.min(...taken.map((one) => one.error)), 3),
  };
  const judged = verdict(taken, best, losses[0] * scaled);
  const told = (...words) => words.map((word) => say(word, values));
  return [
    told(before ? "summary" : "summary-start", `verdict-${judged}`),
    told(
      ...(before ? ["summary-printed", "summary-moved"] : []),
      valley,
      "summary-error",
      ...(judged === "leak" ? ["summary-once"] : []),
    ),
  ];
}

export default async (tools) => {
  const { svg, say, data, bare } = tools;
  const lesson = await data();
  const { epochsOf, run, nameMore, race } = makeControls(tools, lesson);
  const curveOf = rememberCurve(lesson.seeds);

  const layers = [
    axesLayer(svg, say),
    pathLayer(svg, "loss", line("currentColor"), lossPath),
    pathLayer(svg, "best", { fill: "currentColor" }, valley),
    pathLayer(svg, "path", line(role("prediction"), " thin"), ({ places }) => through(places)),
    pathLayer(svg, "tangent", line(role("prediction"), " thick"), tangent),
    epochsLayer(svg),
    numbersLayer(svg, say),
    ...(bare ? [] : fitLayers(svg, say)), // a bare figure has the loss alone
    pathLayer(svg, "history", line("currentColor", " thin"), ({ printed }) => through(printed)),
    printedLayer(svg),
    legendLossLayer(svg, say),
    ...raceLayers(svg, say),
  ];

  return (now, size) => {
    const taken = epochsOf(now, now.epochs);
    run.stopIfElsewhere(now.epochs);
    const foot = bare ? size.height - 44 : 190; // of the loss
    const view = look(lesson.seeds[now.seed], now, taken, race(now), curveOf(now), { ...size, foot });
    for (const update of layers) update(view);
    nameMore();
    return summary(view, say);
  };
};
