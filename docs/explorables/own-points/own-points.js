// Own points: the reader's points and the curve through them; beneath, what every w loses when each point is left out.
import {
  add,
  axes,
  clamp,
  curvePath,
  discsLayer,
  drag,
  follow,
  grip,
  layer,
  line,
  logScale,
  logSteps,
  marksLayer,
  number,
  pack,
  pathLayer,
  remember,
  role,
  scale,
  set,
  textLayer,
  unpack,
  whereIs,
  writeW,
} from "../shared/draw.js";
import { bestOrEnd, curvePlaces, loss, lossCurve, predict, range, risesAgain, widestGap } from "../shared/math.js";

const PRESETS = ["outlier", "step", "crowds"];
const OWN = "own"; // the reader's
const FIRST = { w: 3, point: 8 };
const [LEAST, MOST] = [2, 30]; // points
const [SIDE, STEP] = [5, 0.05]; // of the plot, from 0; and of the grid on which points lie
const LINES = SIDE / STEP + 1;
const WS = logSteps(0.1, 100, 20, true);
const TRIED = logSteps(0.1, 100, 15, true); // every w whose loss is drawn
const FITS = [0.3, 1, 3, 10, 30]; // the small ones, from wide to narrow
const GRID = range(101, (i) => i / 20);
const SMALL = { x: scale(0, SIDE, 1, 59), y: scale(0, SIDE, 39, 1) }; // in a small fit
const HOW = { half: false, mean: true }; // the mean squared error
const [MOUSE, FINGER] = [14, 24]; // pixels: how near to a point is on it

const onGrid = (value) => Math.round(clamp(value, 0, SIDE) / STEP);
const place = (lines) => Number((lines * STEP).toFixed(2));

// Points in an address: their place on the grid, row by row, in three digits.
const packed = (points) =>
  pack(
    points.map(([x, y]) => onGrid(y) * LINES + onGrid(x)),
    3,
  );
const pointsIn = (code) => unpack(code, 3).map((n) => [place(n % LINES), place(Math.floor(n / LINES))]);
function readCode(text) {
  const places = unpack(text, 3) ?? [];
  const right = places.length >= LEAST && places.length <= MOST && Math.max(...places) < LINES ** 2;
  return right ? text : undefined;
}

// The pictures that are given, by name.
const codesOf = (data) =>
  new Map(Object.entries(data).map(([name, { x, y }]) => [name, packed(x.map((key, i) => [key, y[i]]))]));

// What lies between two pictures of as many points; others jump.
function between(a, b, t) {
  const [from, to] = [a, b].map(pointsIn);
  const on = (point, i) => point.map((value, k) => value + (to[i][k] - value) * t);
  return from.length === to.length ? packed(from.map(on)) : b;
}

// The state: the points, the reader's own while others are shown, and the number of the chosen one.
function keepPoints({ part }, codes) {
  part("points", codes.get(PRESETS[0]), (text) => codes.get(text) ?? readCode(text), between);
  part(OWN, codes.get(OWN), readCode);
  part("point", FIRST.point, (text) => range(MOST, (i) => i + 1).find((i) => String(i) === text));
}

// What can be asked of the points, and done to them.
function makeActs({ state, change }, codes) {
  const given = () => [...codes].some(([name, code]) => name !== OWN && code === state.points);
  const points = () => pointsIn(state.points);
  const chosen = () => Math.min(state.point, points().length) - 1;
  const put = (all, point = state.point) => change({ points: packed(all), point });
  function show(name) {
    const own = given() ? state.own : state.points;
    change(name === OWN ? { points: own, own } : { ...FIRST, points: codes.get(name), own });
  }
  return {
    points,
    chosen,
    show,
    shows: (name) => (name === OWN ? !given() : codes.get(name) === state.points),
    choose: (i) => change({ point: i + 1 }),
    move: (i, to) => put(points().with(i, to)),
    append: (point) => (points().length < MOST ? put([...points(), point], points().length + 1) : change({})),
    remove: () => (points().length > LEAST ? put(points().toSpliced(chosen(), 1)) : change({})),
  };
}

// What depends on the points alone: the loss of every w, the best one, and the small fits.
const findLosses = remember((code) => {
  const [x, y] = [0, 1].map((k) => pointsIn(code).map((point) => point[k]));
  const losses = lossCurve(x, y, TRIED, HOW);
  const best = Number(bestOrEnd(x, y, TRIED, losses, HOW).toPrecision(6));
  const fits = [...FITS, best].map((w) => predict(GRID, x, y, w));
  return { x, y, losses, best, least: loss(x, y, best, HOW), rises: risesAgain(losses), fits };
});

// The curve of all points, and the one without the chosen one.
function curves({ x, y }, w, chosen) {
  const [keys, values] = [x, y].map((all) => all.toSpliced(chosen, 1));
  const [grid, fewer] = [x, keys].map((all) => curvePlaces(GRID, all, w));
  const there = [x[chosen]];
  return {
    grid,
    curve: predict(grid, x, y, w),
    fewer,
    without: predict(fewer, keys, values, w),
    after: predict(there, x, y, w)[0],
    before: predict(there, keys, values, w)[0],
  };
}

// All that the layers show, computed once for each drawing.
function look({ points, w }, chosen, { width, height }) {
  const found = findLosses(points);
  const [left, right] = [36, width - 14];
  const across = logScale(0.1, 100, left, right, 26);
  const down = scale(0, Math.max(0.001, ...found.losses) * 1.05, height - 44, height - 112);
  return {
    ...{ ...found, ...curves(found, w, chosen), w, chosen },
    loss: loss(found.x, found.y, w, HOW),
    scales: { x: scale(0, SIDE, left, right), y: scale(0, SIDE, height - 172, 24) },
    panel: { x: Object.assign(across, { ticks: () => [0, 0.1, 1, 10, 100] }), y: down },
  };
}

function axesLayer(svg, say) {
  const [above, below] = [layer(svg, "axes"), layer(svg, "axes-loss")];
  return ({ scales, panel }) => {
    axes(above, scales.x, scales.y, { xLabel: say("axis-x"), yLabel: say("axis-y") });
    axes(below, panel.x, panel.y, { xLabel: say("axis-w"), yLabel: say("axis-loss"), yTicks: 2 });
  };
}

const pointsLayer = (svg) =>
  marksLayer(
    svg,
    "points",
    "circle",
    { fill: role("value"), stroke: role("value") },
    ({ x }) => x,
    ({ y, scales, chosen }, key, i) => ({
      ...{ cx: scales.x(key), cy: scales.y(y[i]), r: i === chosen ? 9 : 6 },
      ...{ "fill-opacity": i === chosen ? 0.7 : 0.35, "stroke-width": i === chosen ? 2.5 : 1 },
    }),
  );

// The chosen point's number, above or below it.
function tag({ x, y, chosen, scales, before }, say) {
  const up = y[chosen] > before;
  return { x: scales.x(x[chosen]), y: scales.y(y[chosen]) + (up ? -13 : 24), text: say("number", { i: chosen + 1 }) };
}

// Beside what the others answer, on the far side of it.
function tagWithout({ x, y, chosen, scales, before }, say) {
  const [at, up] = [scales.x(x[chosen]), y[chosen] > before];
  const right = at < scales.x.from + 90;
  return {
    ...{ x: at + (right ? 8 : -8), y: scales.y(before) + (up ? 16 : -9), "text-anchor": right ? "start" : "end" },
    text: say("without", { i: chosen + 1 }),
  };
}

const miss = ({ x, y, chosen, before, scales }) => `M${scales.x(x[chosen])} ${scales.y(y[chosen])}V${scales.y(before)}`;

const dot = (svg, part, look, place) => {
  const circle = layer(svg, part, "circle", look);
  return (view) => {
    const at = place(view);
    set(circle, at ? { cx: at[0], cy: at[1], display: null } : { display: "none" });
  };
};
const hollow = (stroke) => ({ r: 5, stroke, "stroke-width": 2, fill: "var(--color-background-primary)" });

const makeLayers = (svg, say) => [
  axesLayer(svg, say),
  pathLayer(svg, "without", { ...line(role("prediction"), " thin"), "stroke-dasharray": "6 3" }, (view) =>
    curvePath(view.fewer, view.without, view.scales),
  ),
  pathLayer(svg, "curve", line(role("prediction")), (view) => curvePath(view.grid, view.curve, view.scales)),
  pathLayer(svg, "miss", line(role("prediction"), " thin"), miss),
  // before the points, or its halo would cover some
  textLayer(svg, "without-label", { class: "clear", fill: role("prediction") }, (view) => tagWithout(view, say)),
  pointsLayer(svg),
  dot(svg, "left-out", hollow(role("prediction")), ({ x, chosen, before, scales }) => [
    scales.x(x[chosen]),
    scales.y(before),
  ]),
  textLayer(svg, "number", { class: "strong", fill: role("value"), "text-anchor": "middle" }, (view) => tag(view, say)),
  pathLayer(svg, "now", line(role("query")), ({ w, panel }) => `M${panel.x(w)} ${panel.y.from}V${panel.y.to}`),
  pathLayer(svg, "loss", line("currentColor"), ({ losses, panel }) => curvePath(TRIED, losses, panel)),
  dot(svg, "best", hollow("currentColor"), (view) =>
    verdict(view) === "summary-flat" ? null : [view.panel.x(view.best), view.panel.y(view.least)],
  ),
  dot(svg, "here", { r: 5, fill: role("query") }, ({ w, loss, panel }) => [panel.x(w), panel.y(loss)]),
  textLayer(svg, "best-label", { class: "clear", "text-anchor": "middle" }, ({ best, least, rises, panel }) => ({
    ...{ x: clamp(panel.x(best), panel.x.from + 16, panel.x.to - 16), y: panel.y(least) - 10 },
    text: rises ? say("label-best") : "",
  })),
  pathLayer(svg, "grip", { fill: role("query") }, ({ w, panel }) => grip(panel.x(w), panel.y.to - 15)),
];

// On a point a pointer holds it, in an empty place a tap puts a new one; over the losses it drags w.
function makeHands(svg, { points, choose, move, append }, change, state, view) {
  const pixels = ([x, y]) => [view().scales.x(x), view().scales.y(y)];
  const back = ([px, py]) => [px, py].map((pixel, k) => view().scales[k ? "y" : "x"].back(pixel));
  const far = (a, b) => Math.hypot(a[0] - b[0], a[1] - b[1]);
  let [held, down, offset, before] = [-1, [0, 0], [0, 0], {}];
  function begin(at, { pointerType }) {
    const distances = points().map((point) => far(pixels(point), at));
    const least = Math.min(...distances);
    held = least <= (pointerType === "mouse" ? MOUSE : FINGER) ? distances.indexOf(least) : -1;
    down = at;
    before = { points: state.points, point: state.point };
    if (held < 0) return false;
    offset = pixels(points()[held]).map((pixel, k) => pixel - at[k]);
    choose(held);
    return true;
  }
  const to = (_, at) => move(held, back(at.map((pixel, k) => pixel + offset[k])));
  follow(svg, svg, begin, to, () => change(before));
  svg.addEventListener("click", (event) => {
    const at = whereIs(svg, event);
    const point = back(at);
    const inside = point.every((value) => value >= 0 && value <= SIDE);
    if (held < 0 && inside && far(down, at) < 6) append(point);
  });
}

function lossArea(svg, change, view) {
  const area = layer(svg, "area", "rect", { fill: "none", "pointer-events": "all" });
  svg.classList.add("draggable"); // the browser asks the drawing, not what lies in it, what a finger may do
  const far = (w, pixel) => Math.abs(view().panel.x(w) - pixel);
  drag(svg, (pixel) => change({ w: WS.reduce((a, b) => (far(b, pixel) < far(a, pixel) ? b : a)) }), area);
  return ({ panel: { x, y } }) =>
    set(area, { x: x.from, width: x.to - x.from, y: y.to - 18, height: y.from - y.to + 36 });
}

// A small fit, on a button.
function smallFit(svg, strip, text) {
  const button = add(strip, "button", { type: "button" });
  const picture = document.createElementNS(svg.namespaceURI, "svg");
  button.append(set(picture, { viewBox: "0 0 60 40", "aria-hidden": "true" }));
  add(button, "span", { text });
  const look = { fill: role("value"), "fill-opacity": 0.6 };
  const dots = discsLayer(picture, "dots", look, ({ x, y }) => x.map((key, i) => [SMALL.x(key), SMALL.y(y[i]), 1.5]));
  return { button, dots, curve: layer(picture, "fit", "path", line(role("prediction"))) };
}

// The small fits: each takes its w.
function makeStrip({ svg, below, say, change, state }) {
  const strip = add(below, "div", { class: "strip", role: "group", "aria-label": say("strip") });
  const texts = [...FITS.map((w) => say("width", { w })), say("best")];
  const all = texts.map((text) => smallFit(svg, strip, text));
  const widthAt = (i) => FITS[i] ?? findLosses(state.points).best;
  for (const [i, { button }] of all.entries()) button.addEventListener("click", () => change({ w: widthAt(i) }));
  return (view) => {
    for (const [i, { button, dots, curve }] of all.entries()) {
      dots(view);
      set(curve, { d: curvePath(GRID, view.fits[i], SMALL) });
      set(button, { "aria-pressed": String(writeW(view.w) === writeW(widthAt(i))) });
    }
  };
}

// The place of the chosen point: k = 0 is x, k = 1 is y.
const placeOf = ({ points, chosen, move }, k) => ({
  ...{ min: 0, max: SIDE, step: STEP, role: "value" },
  get: () => points()[chosen()][k],
  put: (value) => move(chosen(), points()[chosen()].with(k, value)),
});

// Makes the controls; returns what brings those up to date that depend on the points.
function makeControls({ controls, below, say, slider, buttons }, acts, view) {
  const { points, chosen } = acts;
  const shown = [...PRESETS, OWN];
  const presets = buttons(Object.fromEntries(shown.map((name) => [name, () => acts.show(name)])));
  controls.firstElementChild.after(below);
  slider("w", { values: WS, value: FIRST.w, role: "query", format: writeW });
  const which = slider("point", {
    ...{ min: 1, max: MOST, step: 1, role: "value", put: (i) => acts.choose(i - 1) },
    get: () => chosen() + 1,
    format: (i) => say("which", { i, n: points().length }),
  });
  slider("x", placeOf(acts, 0));
  slider("y", placeOf(acts, 1));
  buttons({ add: () => acts.append(newPoint(view())), remove: acts.remove });
  return () => {
    for (const [i, button] of presets.entries()) set(button, { "aria-pressed": String(acts.shows(shown[i])) });
    set(which, { max: String(points().length) });
    which.value = chosen() + 1;
  };
}

// In the middle of the widest gap, on the curve.
function newPoint({ x, y, w }) {
  const middle = widestGap([0, ...x, SIDE]);
  return [middle, predict([middle], x, y, w)[0]];
}

function verdict({ w, losses, best, least, rises }) {
  if (rises) return writeW(w) === writeW(best) ? "summary-best" : "summary";
  return Math.max(...losses) - least < 1e-9 ? "summary-flat" : "summary-falls"; // flat where only two points answer
}

function summary(view, say) {
  const { x, loss: now, best, least, chosen, before, after } = view;
  const told = { loss: number(now), best: writeW(best), least: number(least) };
  const pulled = { i: chosen + 1, before: number(before), after: number(after) };
  const point = pulled.before === pulled.after ? "summary-idle" : "summary-point";
  const limit = { [LEAST]: "fewest", [MOST]: "most" }[x.length];
  return [[say(verdict(view), told), say(point, pulled)], limit ? [say(limit, { n: x.length })] : []];
}

export default async (tools) => {
  const { svg, say, data, state, change } = tools;
  const codes = codesOf(await data("own-points"));
  keepPoints(tools, codes);
  const acts = makeActs(tools, codes);
  let view;
  const showControls = makeControls(tools, acts, () => view);
  const layers = [...makeLayers(svg, say), lossArea(svg, change, () => view), makeStrip(tools)];
  makeHands(svg, acts, change, state, () => view);

  return (now, size) => {
    view = look(now, acts.chosen(), size);
    for (const update of layers) update(view);
    showControls();
    return summary(view, say);
  };
};
