// A race: four ways down the same loss, a bet on one of them, and pale marks where the race before has ended.
import { add, diamond, marksLayer, number, path, pathLayer, role, set, table } from "../shared/draw.js";
import { leaders, race, range, runners } from "../shared/math.js";
import { between, makeRun, short, upTo } from "./run.js";

const NAMES = Object.keys(runners);
const [LENGTH, TICK] = [20, 150]; // epochs, and milliseconds for each
const SIGNS = "●■▲◆";
const SHAPES = [
  (x, y) => `M${x - 6} ${y}a6 6 0 1 0 12 0a6 6 0 1 0 -12 0z`,
  (x, y) => `M${x - 6} ${y - 6}h12v12h-12z`,
  (x, y) => `M${x} ${y - 9}l8 14h-16z`,
  diamond,
];
export const NO_RACE = { race: 0, bet: "none" };

// `count` epochs of the four, computed once for the same settings; `unit` says in what their losses are counted.
function rememberRuns(seeds) {
  let found = {};
  return ({ seed, start, lr, half, mean, self }, count) => {
    const unit = JSON.stringify([half, mean, self]);
    const key = JSON.stringify([seed, start, lr, unit]);
    if (found.key !== key || found.count !== count) {
      const { x, y } = seeds[seed];
      found = { key, count, unit, lr, runs: race(x, y, start, lr, count, { half, mean, self }) };
    }
    return found;
  };
}

// How a race stands: who comes first, who shares the first place, and for how many epochs each has been there.
function standing({ runs, lr }, { race: epoch, bet }, before) {
  const at = runs.map((run) => run[epoch]);
  const order = range(runs.length).sort((a, b) => at[a].loss - at[b].loss);
  const ahead = range(epoch, (i) => leaders(runs, i + 1));
  return {
    ...{ runs, lr, epoch, at, order, before, bet: NAMES.indexOf(bet), length: LENGTH },
    ...{ winners: leaders(runs, epoch), first: at[order[0]], sign: SIGNS[order[0]] },
    led: NAMES.map((_, i) => ahead.filter((leads) => leads[i]).length),
  };
}

function drawTable(box, { at, order, led, before, epoch, lr }, say) {
  const heads = ["runner", "w", "loss", "led", "before"].map((head) => say(`race-${head}`));
  const told = { epoch, lr: number(lr), fifth: number(lr / 5, 3) };
  const rows = order.map((i) => [
    say(`bet-${NAMES[i]}`),
    short(at[i].w),
    number(at[i].loss, 4),
    String(led[i]),
    before ? short(before.runs[i][LENGTH].w) : "–",
  ]);
  table(box, say("race-caption", told), heads, rows);
}

// The bet and the button; returns how the race of a state stands, or null where there is none.
export function makeRace({ controls, say, state, part, change, radios }, seeds) {
  const runsOf = rememberRuns(seeds);
  part("race", NO_RACE.race, upTo(LENGTH), between);
  const group = radios("bet", NAMES, NO_RACE.bet);
  const button = add(group, "button", { type: "button", "data-part": "race", text: say("race") });
  const box = add(group, "div", { class: "explorable-below" });
  const run = makeRun(say, "race", TICK, {
    count: () => state.race,
    ended: (count) => count === LENGTH,
    go: (count) => change({ race: count }),
    button: () => button,
  });
  let started = []; // the last race that was started, and one with other settings before it
  button.addEventListener("click", () => {
    const now = runsOf(state, LENGTH);
    if (now.key !== started[0]?.key) started = [now, ...started.slice(0, 1)];
    if (state.race === LENGTH) change({ race: 0 });
    run.press();
  });
  const name = controls.querySelectorAll("summary")[1];
  return (now) => {
    run.stopIfElsewhere(now.race);
    const on = now.race > 0 || now.bet !== NO_RACE.bet;
    const all = runsOf(now, on ? LENGTH : 0);
    const before = started.find(({ key, unit }) => key !== all.key && unit === all.unit);
    const found = standing(all, now, before);
    set(name, { text: say(on ? "race-on" : "race-fold", found) });
    drawTable(box, found, say);
    return on ? found : null;
  };
}

// Where each stands on the curve, and where there is room in the history, at these epochs of these runs.
const marksOf = ({ across, down, wide, along, falls }, runs, epoch) =>
  runs
    .map((run, i) => {
      const { w, loss } = run[epoch];
      const places = [[across(Math.abs(w)), down(loss)], ...(wide ? [[along(epoch), falls(loss)]] : [])];
      return places.map((place) => SHAPES[i](...place.map((at) => Math.round(at)))).join("");
    })
    .join("");

const linesOf = ({ wide, along, falls }, runs, epoch) =>
  wide
    ? runs
        .map((run) =>
          path(
            range(epoch + 1, along),
            run.slice(0, epoch + 1).map(({ loss }) => falls(loss)),
          ),
        )
        .join("")
    : "";

// The names, one above the other in the order of their places, so that no line from a name to its mark crosses a name.
function namesOf({ race, across, down, edge }, say) {
  if (!race) return [];
  const sorted = race.at.map(({ w, loss }, i) => ({ i, w: Math.abs(w), y: down(loss) })).sort((a, b) => a.w - b.w);
  return sorted.map(({ i, w, y }, row) => {
    const [x, beyond] = [across(w), w > edge];
    const text = `${say(`bet-${NAMES[i]}`)}${beyond ? " →" : ""}`;
    return { x, y, text, top: 44 + 17 * row, end: x > across.to - 90, bet: i === race.bet };
  });
}

export function raceLayers(svg, say) {
  const ghost = { class: "line thin", stroke: "currentColor", "stroke-opacity": 0.5, "stroke-dasharray": "2 2" };
  return [
    pathLayer(svg, "race-ghost", ghost, ({ race, ...view }) =>
      race?.before ? marksOf(view, race.before.runs, LENGTH) + linesOf(view, race.before.runs, LENGTH) : "",
    ),
    pathLayer(svg, "race-lines", { class: "line thin", stroke: "currentColor" }, (view) => {
      const stems = namesOf(view, say).map(({ x, y, top }) => `M${x.toFixed(1)} ${top}V${y.toFixed(1)}`);
      return view.race ? stems.join("") + linesOf(view, view.race.runs, view.race.epoch) : "";
    }),
    pathLayer(svg, "race-marks", { fill: role("prediction") }, ({ race, ...view }) =>
      race ? marksOf(view, race.runs, race.epoch) : "",
    ),
    marksLayer(
      svg,
      "race-names",
      "text",
      {},
      (view) => namesOf(view, say),
      (_, { x, top, end, text, bet }) => ({
        x: x + (end ? -10 : 10),
        y: top + 4,
        "text-anchor": end ? "end" : "start",
        class: bet ? "strong" : "clear",
        text,
      }),
    ),
  ];
}

// Who is ahead, or has won, and what has become of the bet: the words for it.
function outcome({ epoch, winners, bet }) {
  if (!epoch) return ["start", "bet"];
  const shared = winners.filter(Boolean).length > 1;
  if (epoch < LENGTH) return [shared ? "shared" : "leads", "bet"];
  return [shared ? "shared" : "won", winners[bet] ? "right" : "wrong"];
}

export function raceSummary(race, valley, values, say) {
  const { epoch, order, winners, first, bet } = race;
  const name = (i) => say(`bet-${NAMES[i]}`);
  const told = { ...values, epoch, count: LENGTH, name: name(order[0]), loss: number(first.loss, 4) };
  told.names = NAMES.map((_, i) => name(i))
    .filter((_, i) => winners[i])
    .join(", ");
  const [state, fate] = outcome(race);
  const said = [say(`race-${state}`, told)];
  if (bet >= 0) said.push(say(`race-${fate}`, { bet: name(bet), place: order.indexOf(bet) + 1 }));
  return [said, [say("race-first", told), say(valley, told)]];
}
