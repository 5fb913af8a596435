// Training: step by step down the curve of the loss, with the fit of the present w and the losses that are printed.
import { add, axes, layer, legend, logScale, logSteps, marks, number, path, scale, set } from "../shared/draw.js";
import { bestW, epoch, loss, lossCurve, meanSquare, part, predict, settled, truth, verdict } from "../shared/math.js";

const [MOST, TICK] = [100, 60]; // epochs, and milliseconds for each while it runs
const WS = [0, ...Array.from({ length: 61 }, (_, i) => 10 ** (i / 12 - 2))]; // where the curve is computed
const GRID = Array.from({ length: 101 }, (_, i) => i / 20);
const REAL = GRID.map(truth);
const through = (places) => path(...[0, 1].map((i) => places.map((place) => place[i])));
const short = (w) => {
  const size = Math.abs(w);
  return size < 1e5 ? number(w, size > 0 && size < 0.1 ? 4 : size < 100 ? 2 : 0) : w.toExponential(1);
};

// Points in a row almost at one place share a label, [first, last, x, y]; none is put upon another.
function labels(places) {
  const found = [];
  const close = ([, , x, y], [px, py]) => Math.abs(x - px) < 36 && Math.abs(y - py) < 14;
  places.forEach((place, i) => {
    const last = found.at(-1);
    if (last?.[1] === i - 1 && close(last, place)) last[1] = i;
    else if (!found.some((label) => close(label, place))) found.push([i, i, ...place]);
  });
  return found;
}

export default async ({ svg, controls, say, data, state, part: keep, change, slider, choice, tick, buttons }) => {
  const { seeds, queries, start } = await data();
  const real = queries.map(truth);
  let [settings, epochs, timer, running] = ["", [], 0, 0];

  // All epochs up to this one, with these settings.
  function more(count) {
    const chosen = JSON.stringify({ ...state, epochs: 0 });
    if (chosen !== settings) {
      [settings, epochs] = [chosen, []];
      stop();
    }
    const { x, y } = seeds[state.seed];
    while (epochs.length <= count) {
      const w = epochs.length ? epochs.at(-1).next : state.start;
      epochs.push({ ...epoch(x, y, w, state.lr, state), error: meanSquare(predict(queries, x, y, w), real) });
    }
    return epochs[count];
  }

  keep("epochs", 0, (text) => (/^\d+$/.test(text) && text <= MOST ? Number(text) : undefined));
  const go = (count) => change({ epochs: Math.max(0, Math.min(MOST, count)) });
  const [, , run] = buttons({
    step: () => go(state.epochs + 1),
    five: () => go(state.epochs + 5),
    run: () => {
      if (timer) return stop();
      running = state.epochs;
      next();
    },
    back: () => go(state.epochs - 1),
  });
  function stop() {
    clearTimeout(timer);
    timer = 0;
    set(run, { text: say("run") });
  }
  // Run on by one epoch, or with reduced motion by all that are left, unless the reader has done something else.
  function next() {
    const ended = () => running === MOST || (running > 0 && settled(more(running)));
    if (state.epochs !== running || ended()) return stop();
    do running++;
    while (matchMedia("(prefers-reduced-motion: reduce)").matches && !ended());
    go(running);
    timer = setTimeout(next, TICK);
    set(run, { text: say("stop") });
  }
  slider("lr", { values: logSteps(0.01, 2, 10), value: 0.5, format: (lr) => number(lr, lr < 0.1 ? 3 : 2) });
  slider("start", { values: logSteps(0.01, 20, 10, true), value: start, format: (w) => number(w, w < 0.1 ? 3 : 2) });
  tick("half", true);
  for (const key of ["mean", "log", "self"]) tick(key);
  choice("seed", Object.keys(seeds));
  controls.addEventListener("input", () => change({ epochs: 0 })); // a setting has changed: training starts anew

  const line = (name, stroke, kind) => layer(svg, name, "path", { class: `line ${kind}`, stroke });
  const [frame, frameFit, frameHistory] = ["axes", "axes-fit", "axes-history"].map((name) => layer(svg, name));
  const curve = line("loss", "currentColor", "");
  const valley = layer(svg, "best", "path", { fill: "currentColor" });
  const steps = line("path", "var(--role-prediction)", "thin");
  const points = layer(svg, "epochs", "g", { fill: "var(--role-prediction)", "fill-opacity": 0.6 });
  const names = layer(svg, "epoch-numbers", "g", { "text-anchor": "middle" });
  const dots = layer(svg, "points", "g", { fill: "var(--role-value)", "fill-opacity": 0.5 });
  const known = line("truth", "var(--role-truth)", "");
  const fit = line("curve", "var(--role-prediction)", "dashed");
  const history = line("history", "currentColor", "thin");
  const printed = layer(svg, "printed", "g", { fill: "currentColor" });
  const legendFit = legend(svg, 250, say);
  const legendLoss = layer(svg, "legend-loss", "text", { "text-anchor": "end", y: 12 });
  const labelNow = add(legendLoss, "tspan", { fill: "var(--role-prediction)" });
  const labelBest = add(legendLoss, "tspan", { dx: 8 });

  // The curve and its valley depend on the points and on the own key alone; the rest only stretches it.
  let [asked, losses, best, least] = ["", [], null, 0];
  function forPoints({ x, y }, { seed, self }) {
    if (asked === seed + self) return;
    asked = seed + self;
    const how = { self, half: false }; // the sum of the squares
    losses = lossCurve(x, y, WS, how);
    best = bestW(x, y, WS, losses, how);
    least = best && loss(x, y, best, how);
  }

  return (now, { width, height, wide }) => {
    const { x, y } = seeds[now.seed];
    forPoints(seeds[now.seed], now);
    const last = more(now.epochs);
    if (now.epochs !== running) stop();
    const taken = epochs.slice(0, now.epochs + 1);
    const before = taken.at(-2);
    const scaled = part(x.length, now);

    // Panels: in a wide figure the history stands beside the curve, in a narrow one below all.
    const across = logScale(0.01, 1000, 44, wide ? width * 0.62 : width - 16, 22);
    const down = scale(0, Math.max(...losses) * scaled * 1.05, 190, 28);
    const place = scale(0, 5, 44, width - 12);
    const [low, high] = [Math.floor(Math.min(...y)), Math.ceil(Math.max(...y))];
    const upright = scale(low, high, wide ? height - 44 : height - 184, 266);
    const most = [5, 10, 20, 50, MOST].find((top) => top >= now.epochs);
    const along = scale(0, most, wide ? width * 0.62 + 48 : 44, width - 12);
    const falls = scale(0, down.back(28), wide ? 190 : height - 44, wide ? 28 : height - 126);
    axes(frame, across, down, { xLabel: say("axis-w"), yLabel: say("axis-loss") });
    axes(frameFit, place, upright, { xLabel: say("axis-x"), yLabel: say("axis-y") });
    axes(frameHistory, along, falls, { xLabel: say("axis-epoch"), yLabel: say("axis-printed"), yTicks: wide ? 4 : 2 });

    const places = taken.map((one) => [across(Math.abs(one.w)), down(one.loss)]);
    set(curve, { d: path(WS.map(across), losses.map((value) => down(value * scaled))) });
    set(valley, { d: best ? `M${across(best)} ${down(least * scaled) - 3}l6 -10h-12z` : "" });
    set(steps, { d: through(places) });
    marks(points, "circle", places, ([cx, cy], i) => ({ cx, cy, r: i === now.epochs ? 8 : 4 }));
    marks(names, "text", labels(places), ([from, to, lx, ly]) => ({
      x: lx - 6,
      y: ly + (ly > 160 ? -13 : 21),
      text: from === to ? String(from) : `${from}–${to}`,
    }));
    set(legendLoss, { x: across.to });
    set(labelNow, { text: `● ${say("label-w", { w: short(last.w) })}` });
    set(labelBest, { text: best ? `▼ ${say("label-best", { best: number(best) })}` : "" });

    marks(dots, "circle", x, (key, i) => ({ cx: place(key), cy: upright(y[i]), r: 3.5 }));
    set(known, { d: path(GRID.map(place), REAL.map(upright)) });
    set(fit, { d: path(GRID.map(place), predict(GRID, x, y, last.w).map(upright)) });
    set(legendFit, { x: width - 12 });

    const shown = taken.slice(0, -1).map((one, i) => [along(i + 1), falls(one.loss)]);
    set(history, { d: through(shown) });
    marks(printed, "circle", shown, ([cx, cy]) => ({ cx, cy, r: most > 20 ? 2 : 3.5 }));

    const digits = now.mean ? 4 : 2;
    const values = {
      epoch: now.epochs,
      w: short(last.w),
      loss: number(last.loss, digits),
      slope: number(last.slope, digits),
      printed: before && number(before.loss, digits),
      before: before && short(before.w),
      moved: before && short(Math.abs(last.w - before.w)),
      error: number(last.error, 3),
      lowest: number(Math.min(...taken.map((one) => one.error)), 3),
      best: best && number(best),
      least: best && number(least * scaled, digits),
    };
    return [
      before ? "summary" : "summary-start",
      `verdict-${verdict(taken, best, losses[0] * scaled)}`,
      best ? "summary-best" : "summary-none",
      "summary-error",
    ]
      .map((word) => say(word, values))
      .join(" ");
  };
};
