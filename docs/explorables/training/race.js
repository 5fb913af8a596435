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

// `count` epochs of the four, computed once for the same settings.
function rememberRuns(seeds) {
  let found = {};
  return ({ seed, start, lr, half, mean, self }, count) => {
    const key = JSON.stringify([seed, start, lr, half, mean, self]);
    if (found.key !== key || found.count !== count) {
      const { x, y } = seeds[seed];
      found = { key, count, runs: race(x, y, start, lr, count, { half, mean, self }) };
    }
    return found;
  };
}

// How a race stands: who comes first, who shares the first place, and for how many epochs each has been there.
function standing(runs, { race: epoch, bet, lr }, before) {
  const at = runs.map((run) => run[epoch]);
  const order = range(runs.length).sort((a, b) => at[a].loss - at[b].loss);
  const ahead = range(epoch, (i) => leaders(runs, i + 1));
  const led = NAMES.map((_, i) => ahead.filter((leads) => leads[i]).length);
  const [first, sign, winners] = [at[order[0]], SIGNS[order[0]], leaders(runs, epoch)];
  return { runs, lr, epoch, at, order, before, led, first, sign, winners, bet: NAMES.indexOf(bet), length: LENGTH };
}

function drawTable(box, { at, order, led, before, epoch, lr }, say) {
  const heads = ["runner", "w", "loss", "led", "before"].map((head) => say(`race-${head}`));
  const told = { epoch, lr: number(lr), fifth: number(lr / 5, 3) };
  const rows = order.map((i) => [
    say(`bet-${NAMES[i]}`),
    short(at[i].w),
    number(at[i].loss, 4),
    String(led[i]),
    before ? short(before[i].w) : "–",
  ]);
  table(box, say("race-caption", told), heads, rows);
}

// The bet and the button; returns how the race of a state stands, or null where there is none.
export function makeRace({ controls, say, state, part, change, radios }, seeds) {
  const runsOf = rememberRuns(seeds);
  part("race", NO_RACE.race, upTo(LENGTH), between);
  const group = radios("bet", NAMES, NO_RACE.bet);
  group.addEventListener("change", () => state.race > 0 && change({ race: 0 })); // nobody bets on what is known
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
    const { key, runs } = runsOf(state, LENGTH);
    if (key !== started[0]?.key) started = [{ key, ends: runs.map((run) => run[LENGTH]) }, started[0]];
    if (state.race === LENGTH) change({ race: 0 });
    run.press();
  });
  const name = controls.querySelectorAll("summary")[1];
  return (now) => {
    run.stopIfElsewhere(now.race);
    const on = now.race > 0 || now.bet !== NO_RACE.bet;
    const { key, runs } = runsOf(now, on ? LENGTH : 0);
    const found = standing(runs, now, started.find((one) => one && one.key !== key)?.ends);
    set(name, { text: say(on ? "race-on" : "race-fold", found) });
    drawTable(box, found, say);
    return on ? found : null;
  };
}

// A, B, C as the language of the page writes it.
const listed = (names) => new Intl.ListFormat(document.documentElement.lang, { style: "narrow" }).format(names);

const shapes = (places) => places.map(([x, y], i) => SHAPES[i](Math.round(x), Math.round(y))).join("");

// Where each stands on the curve, or if it is beyond the axis beside its name, and where there is room, in the history.
function marksOf(view, say) {
  const { race, wide, along, falls } = view;
  if (!race) return "";
  const right = wide ? race.at.map(({ loss }) => [along(race.epoch), falls(loss)]) : [];
  const names = namesOf(view, say).sort((a, b) => a.i - b.i);
  return shapes(names.map(({ x, y }) => [x, y])) + shapes(right);
}

// Where they ended the last time, on the axis.
const ghostsOf = ({ race, across, down }) =>
  race?.before ? shapes(race.before.map(({ w }) => [across(Math.abs(w)), down.from])) : "";

const linesOf = ({ race: { runs, epoch }, along, falls }) => {
  const epochs = range(epoch + 1);
  return runs
    .map((run) =>
      path(
        epochs.map(along),
        epochs.map((k) => falls(run[k].loss)),
      ),
    )
    .join("");
};

// The names, one above the other in the order of their places, so that no line from a name to its mark crosses a name.
function namesOf({ race, across, down, edge }, say) {
  if (!race) return [];
  const sorted = race.at.map(({ w, loss }, i) => ({ i, w: Math.abs(w), y: down(loss) })).sort((a, b) => a.w - b.w);
  return sorted.map(({ i, w, y }, row) => {
    const [x, beyond] = [across(w), w > edge];
    const runner = say(`bet-${NAMES[i]}`);
    const name = i === race.bet ? say("race-yours", { runner }) : runner;
    const text = beyond ? say("race-beyond", { name, w: short(w) }) : name;
    const top = 44 + 20 * row;
    return { i, x, y: beyond ? top : y, text, top, end: x > across.to - 90, bet: i === race.bet };
  });
}

export function raceLayers(svg, say) {
  const thin = { class: "line thin", stroke: "currentColor" };
  return [
    pathLayer(svg, "race-lines", thin, (view) => {
      const stems = namesOf(view, say).map(({ x, y, top }) => `M${x.toFixed(1)} ${top}V${y.toFixed(1)}`);
      return stems.join("") + (view.race && view.wide ? linesOf(view) : "");
    }),
    pathLayer(svg, "race-ghost", { ...thin, "stroke-dasharray": "2 2" }, ghostsOf),
    pathLayer(svg, "race-marks", { fill: role("prediction") }, (view) => marksOf(view, say)),
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

// Who is ahead, or has won, and what has become of the bet.
export function raceSummary({ epoch, order, winners, first, bet }, notes, values, say) {
  const names = NAMES.map((name) => say(`bet-${name}`));
  const told = { ...values, epoch, bet: names[bet], place: order.indexOf(bet) + 1, loss: number(first.loss, 4) };
  told.names = listed(names.filter((_, i) => winners[i]));
  const over = epoch === LENGTH;
  const said = [["race-start", "race-leads", "race-won"][Number(epoch > 0) + Number(over)]];
  if (bet >= 0) said.push(over ? `race-${winners[bet]}` : "race-bet");
  return [said, ["race-first", ...notes]].map((words) => words.map((word) => say(word, told)));
}
