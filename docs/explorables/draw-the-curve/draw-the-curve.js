// Draw the curve: the reader's own line through the dots, before any method; then the truth, and who is nearer to it.
import {
  axes,
  clamp,
  curvePath,
  follow,
  layer,
  line,
  marksLayer,
  number,
  pack,
  pathLayer,
  pointsLayer,
  role,
  scale,
  set,
  table,
  textLayer,
  unpack,
  writeW,
} from "../shared/draw.js";
import { bestW, interpolate, lossCurve, meanSquare, predict, range, stroke, truth } from "../shared/math.js";
import { savePicture } from "./picture.js";

const NAME = "draw-the-curve";
const KNOTS = range(21, (i) => i / 4); // where the curve has heights; between them it is straight
const GRID = range(101, (i) => i / 20);
const WS = range(37, (i) => 10 ** (i / 12 - 1)); // where the search for the best w begins
const [LOW, HIGH] = [0, 5];
const [DOTTED, DASHED] = ["1.5 3", "6 3"];
const written = (error) => number(error, 3);
const indexOf = (place) => Math.round(place * 4);

// Heights in an address: hundredths, two digits of base 36 for each.
const packed = (heights) =>
  pack(
    heights.map((height) => Math.round(clamp(height, LOW, HIGH) * 100)),
    2,
  );
function heightsIn(text) {
  const heights = unpack(text, 2)?.map((hundredths) => hundredths / 100);
  return heights?.length === KNOTS.length && Math.max(...heights) <= HIGH ? heights : undefined;
}

// The curve as a part of the state: "" is not drawn yet, the average; `dots` has the height of the nearest dot.
function keepCurve({ part }, { x, y }) {
  const flat = predict(KNOTS, x, y, 0);
  const heightsOf = (code) => (code ? heightsIn(code) : flat);
  const read = (text) => (text === "dots" ? packed(predict(KNOTS, x, y, 1000)) : heightsIn(text) && text);
  part("curve", "", read, (a, b, t) => {
    const [from, to] = [a, b].map(heightsOf);
    return packed(from.map((height, i) => height + (to[i] - height) * t));
  });
  return heightsOf;
}

// Makes the controls and the pen; `scales` gives those of the last drawing.
function makeControls({ svg, state, say, change, slider, buttons }, heightsOf, area, scales) {
  const put = (curve, place) => change({ curve: packed(curve), place });
  const heightAt = () => heightsOf(state.curve)[indexOf(state.place)];
  slider("place", { values: KNOTS, value: 3.5, role: "query" });
  slider("height", {
    ...{ min: LOW, max: HIGH, step: 0.05, role: "prediction" },
    format: (height) => say("height-at", { y: number(height), x: number(state.place) }),
    get: heightAt,
    put: (height) => put(heightsOf(state.curve).with(indexOf(state.place), height), state.place),
  });
  let before;
  const place = ([px, py]) => [scales().x.back(px), scales().y.back(py)];
  const begin = () => {
    before = { curve: state.curve, place: state.place };
  };
  function move(from, to) {
    const [a, b] = [place(from), place(to)];
    put(stroke(KNOTS, heightsOf(state.curve), a, b), KNOTS[indexOf(clamp(b[0], 0, 5))]);
  }
  follow(svg, area, begin, move, () => change(before));
  const [compare] = buttons({
    compare: () => change({ compare: !state.compare }),
    save: () => savePicture(svg, NAME),
  });
  return compare;
}

// What the methods answer, and the w that leave-one-out finds; computed when it is first compared.
function answerAll({ queries, seeds }) {
  const { x, y } = seeds[0];
  const how = { half: false, mean: true };
  const w = bestW(x, y, WS, lossCurve(x, y, WS, how), how);
  const real = queries.map(truth);
  const error = (width) => meanSquare(predict(queries, x, y, width), real);
  const curve = (width) => predict(GRID, x, y, width);
  return { w, real, average: error(0), one: error(1), best: error(w), curveOne: curve(1), curveBest: curve(w) };
}

// All that the layers show, computed once for each drawing; before the reader compares nothing of the truth.
function look(heights, { curve, place, compare }, queries, methods, { width, height }) {
  const [x, y] = [scale(0, 5, 30, width - 78), scale(LOW, HIGH, height - 44, 28)];
  const view = { heights, place, compare, queries, x, y, untouched: curve === "" };
  if (!compare) return view;
  const mine = queries.map((query) => interpolate(KNOTS, heights, query));
  const squares = mine.map((answer, i) => (answer - methods.real[i]) ** 2);
  const worst = queries[squares.indexOf(Math.max(...squares))];
  return { ...view, methods, mine, worst, error: meanSquare(mine, methods.real) };
}

const through = (places, heightsOf) => (view) => {
  const heights = heightsOf(view);
  return heights ? curvePath(places, heights, view) : "";
};

const REAL = GRID.map(truth);
const truthPath = through(GRID, ({ compare }) => compare && REAL);

// From the curve to the truth at every test point: the distances that are squared.
const distances = ({ compare, queries, mine, methods, x, y }) =>
  compare ? queries.map((query, i) => `M${x(query)} ${y(mine[i])}V${y(methods.real[i])}`).join("") : "";

// Where the pen is heard: the plot, and a margin around it, for a stroke often begins at an edge.
function areaLayer(svg) {
  const look = { class: "drawable", fill: "transparent", stroke: "transparent", "stroke-width": 32 };
  const area = layer(svg, "area", "rect", look);
  const fit = ({ x, y }) => set(area, { x: x.from, y: y.to, width: x.to - x.from, height: y.from - y.to });
  return [area, fit];
}

function axesLayer(svg, say) {
  const group = layer(svg, "axes");
  return ({ x, y }) => axes(group, x, y, { xLabel: say("axis-x"), yLabel: say("axis-y") });
}

const knotsLayer = (svg) =>
  marksLayer(
    svg,
    "knots",
    "circle",
    { fill: role("prediction") },
    ({ heights }) => heights,
    ({ place, x, y }, height, i) => ({ cx: x(KNOTS[i]), cy: y(height), r: i === indexOf(place) ? 6 : 2.5 }),
  );

// Names at the right ends of the lines, from top to bottom, none upon another: [name, text, where the line ends, where the
// name stands, dashes].
function names({ heights, untouched, compare, methods, y }, say) {
  const own = ["prediction", say(untouched ? "label-average" : "label-you"), heights.at(-1)];
  const others = () => [
    ["truth", say("label-truth"), REAL.at(-1)],
    ["prediction", say("label-w", { w: 1 }), methods.curveOne.at(-1), DOTTED],
    ["prediction", say("label-w", { w: writeW(methods.w) }), methods.curveBest.at(-1), DASHED],
  ];
  const all = compare ? [own, ...others()] : [own];
  let free = 0;
  return all
    .sort((a, b) => b[2] - a[2])
    .map(([name, text, end, dashes]) => {
      const at = Math.max(free, y(end) + 4);
      free = at + 15;
      return [name, text, y(end), at, dashes];
    });
}

const namesLayer = (svg, say) =>
  marksLayer(
    svg,
    "names",
    "text",
    {},
    (view) => names(view, say),
    ({ x, compare }, [name, text, , at]) => ({ x: x.to + (compare ? 18 : 6), y: at, fill: role(name), text }),
  );

// From the end of each line to its name, drawn as the line is.
const leadsLayer = (svg, say) =>
  marksLayer(
    svg,
    "leads",
    "path",
    { class: "line thin" },
    (view) => (view.compare ? names(view, say) : []),
    ({ x }, [name, , end, at, dashes = null]) => ({
      ...{ d: `M${x.to} ${end}L${x.to + 15} ${at - 4}`, stroke: role(name), "stroke-dasharray": dashes },
    }),
  );

// The methods and the reader, the best first; before the reader compares, without numbers.
function drawTable(below, { queries, compare, methods, error }, say) {
  const w = compare ? say("best-w", { w: writeW(methods.w) }) : say("best");
  const rows = [
    [say("mine"), error],
    [say("average"), methods?.average],
    [say("one"), methods?.one],
    [w, methods?.best],
  ];
  if (compare) rows.sort((a, b) => a[1] - b[1]);
  const told = rows.map(([name, value]) => [name, compare ? written(value) : "?"]);
  table(
    below,
    say(compare ? "caption" : "caption-before", { count: queries.length }),
    [say("who"), say("error")],
    told,
  );
}

// For who cannot see the dots: between which heights the five nearest to a place lie.
function nearby(place, { x, y }) {
  const far = (i) => Math.abs(x[i] - place);
  const nearest = range(x.length, (i) => i).sort((a, b) => far(a) - far(b));
  const heights = nearest.slice(0, 5).map((i) => y[i]);
  return { from: number(Math.min(...heights)), to: number(Math.max(...heights)) };
}

// A step says what has changed; a comparison, whom the reader has beaten, and who is still nearer.
function summary({ heights, place, compare, untouched, methods, error, worst }, dots, say) {
  if (!compare) {
    const values = { y: number(heights[indexOf(place)]), x: number(place) };
    return [[say(untouched ? "summary-average" : "summary-drawn", values), say("summary-dots", nearby(place, dots))]];
  }
  const { average, one, best } = methods;
  const values = { error, average, one, best };
  const told = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, written(value)]));
  if (untouched) return [[say("summary-untouched", told)]];
  const beaten = [average, one, best].filter((other) => error < other).length;
  return [[say(`beats-${beaten}`, told)], [say("summary-worst", { x: number(worst, 1) })]];
}

const thin = (dashes) => ({ ...line(role("prediction"), " thin"), "stroke-dasharray": dashes });
const method = (name) => through(GRID, ({ methods }) => methods?.[name]);

const makeLayers = (svg, say, keys, values) => [
  axesLayer(svg, say),
  pathLayer(svg, "distances", { ...line(role("prediction"), " thin"), "stroke-opacity": 0.5 }, distances),
  pointsLayer(svg, keys, values),
  pathLayer(svg, "one", thin(DOTTED), method("curveOne")),
  pathLayer(svg, "best", thin(DASHED), method("curveBest")),
  pathLayer(svg, "truth", line(role("truth")), truthPath),
  pathLayer(
    svg,
    "curve",
    line(role("prediction"), " thick"),
    through(KNOTS, ({ heights }) => heights),
  ),
  knotsLayer(svg),
  pathLayer(svg, "place", { fill: role("query") }, ({ place, x, y }) => `M${x(place)} ${y.from - 13}l8 13h-16z`),
  leadsLayer(svg, say),
  namesLayer(svg, say),
  textLayer(svg, "score", { class: "strong", "text-anchor": "end", y: 14 }, ({ error, compare, x }) => ({
    x: x.to,
    text: compare ? say("score", { error: written(error) }) : "",
  })),
];

export default async (tools) => {
  const { svg, below, say, data, part } = tools;
  const lesson = await data();
  const { x: keys, y: values } = lesson.seeds[0];
  const heightsOf = keepCurve(tools, lesson.seeds[0]);
  part("compare", false, (text) => ({ true: true, false: false })[text]);
  const [area, fitArea] = areaLayer(svg);
  const layers = [fitArea, ...makeLayers(svg, say, keys, values)];
  let [view, methods] = [null, null];
  const compareButton = makeControls(tools, heightsOf, area, () => view);

  return (state, size) => {
    if (state.compare) methods ??= answerAll(lesson);
    view = look(heightsOf(state.curve), state, lesson.queries, methods, size);
    for (const update of layers) update(view);
    set(compareButton, { "aria-pressed": String(state.compare) });
    drawTable(below, view, say);
    return summary(view, lesson.seeds[0], say);
  };
};
