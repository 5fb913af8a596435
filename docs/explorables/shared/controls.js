// The controls of an explorable: sliders, choices, ticks and buttons, in the places that the page has kept for them.
// Each holds one part of the state. `panel` is the box with all that they need; its `shows` bring them up to date.
import { add, number, set } from "./draw.js";

// A place that the page has kept, or a new one if none is left.
const place = ({ places, box }) => places.shift() ?? add(box, "div", { class: "control" });

// A label and an element for a part of the state: [element, place, id]. What the page does without is nowhere.
function control(panel, key, tag, attributes) {
  const box = panel.without.includes(key) ? document.createElement("div") : place(panel);
  const id = `${panel.id}-${key}`;
  add(box, "label", { for: id, text: panel.say(key) });
  return [add(box, tag, { id, ...attributes }), box, id];
}

// Reads a number from least to most, a whole one where the steps are whole.
const readNumber = (least, most, step) => (text) => {
  const wanted = text.trim() === "" ? Number.NaN : Number(text);
  const whole = !Number.isInteger(step) || Number.isInteger(wanted);
  return wanted >= least && wanted <= most && whole ? wanted : undefined;
};

const indexOfNearest = (values, wanted) =>
  values.reduce((best, value, i) => (Math.abs(value - wanted) < Math.abs(values[best] - wanted) ? i : best), 0);

// What lies on the slider between two of its numbers, `t` of the way. Of a `count`, those that are too many go at once.
const between = (values, step, count) => (a, b, t) => {
  if (count && b < a) return b;
  const mix = (from, to) => from + (to - from) * t;
  if (values) return values[Math.round(mix(indexOfNearest(values, a), indexOfNearest(values, b)))];
  return Number.isInteger(step) ? Math.round(mix(a, b)) : mix(a, b);
};

// A finger that scrolls the page may come down on a slider, and Chromium moves it at once. When it then finds that the finger
// scrolls, the slider goes back.
function undone(input, { state, change }) {
  let before;
  input.addEventListener("pointerdown", () => {
    before = null;
  });
  input.addEventListener("input", () => {
    before ??= { ...state };
  });
  input.addEventListener("pointercancel", () => before && change(before));
}

// `values` in place of min, max and step: a slider through these numbers. `count` says how many there are. `role` gives it
// the role's colour. With `get` and `put` it shows and changes something that has no part of the state to itself.
function slider(panel, key, { min, max, step, value, values, count, role, digits = 2, format, get, put }) {
  const { state, change } = panel;
  const reader = values ? readNumber(values[0], values.at(-1)) : readNumber(min, max, step);
  if (!get) panel.part(key, value, reader, between(values, step, count));
  const [from, to, by] = (values ? [0, values.length - 1, 1] : [min, max, step]).map(String); // not rounded
  const [input, box, id] = control(panel, key, "input", { type: "range", min: from, max: to, step: by });
  if (role) box.classList.add(`role-${role}`);
  const output = add(box, "output", { for: id, "aria-live": "off" });
  panel.shows.push(() => {
    const now = get ? get() : state[key];
    input.value = values ? indexOfNearest(values, now) : now;
    const text = format ? format(now) : number(now, digits);
    set(output, { text });
    set(input, { "aria-valuetext": text });
  });
  const take = put ?? ((wanted) => change({ [key]: wanted }));
  undone(input, panel);
  input.addEventListener("input", () => take(values ? values[input.value] : Number(input.value)));
  return input;
}

// The texts are the words `key-option`, or what `text(option)` says where that is no word of the page: code, or data.
function choice(panel, key, options, { value = options[0], text } = {}) {
  panel.part(key, value, (wanted) => options.find((option) => option === wanted));
  const [select] = control(panel, key, "select", text ? { translate: "no" } : {});
  for (const option of options) {
    add(select, "option", { value: option, text: text ? text(option) : panel.say(`${key}-${option}`) });
  }
  panel.shows.push(() => {
    select.value = panel.state[key];
  });
  select.addEventListener("change", () => panel.change({ [key]: select.value }));
}

// A choice that is made once and seen whole: radio buttons, at first none pressed, with the words `key-option`. Returns the
// box around them, which may hold more.
function radios(panel, key, options, value) {
  panel.part(key, value, (wanted) => options.find((option) => option === wanted));
  const group = add(place(panel), "fieldset");
  const name = `${panel.id}-${key}`;
  add(group, "legend", { text: panel.say(key) });
  for (const option of options) {
    const label = add(group, "label");
    const input = add(label, "input", { type: "radio", id: `${name}-${option}`, name, value: option });
    add(label, "span", { text: panel.say(`${key}-${option}`) });
    panel.shows.push(() => {
      input.checked = panel.state[key] === option;
    });
    input.addEventListener("change", () => panel.change({ [key]: option }));
  }
  return group;
}

function tick(panel, key, value = false) {
  panel.part(key, value, (text) => ({ true: true, false: false })[text]);
  const [input] = control(panel, key, "input", { type: "checkbox" });
  panel.shows.push(() => {
    input.checked = panel.state[key];
  });
  input.addEventListener("change", () => panel.change({ [key]: input.checked }));
}

// Several buttons in one place, or beside the last ones if none is left: { word: what it does }. Returns them.
function buttons(panel, actions) {
  if (panel.places.length > 0 || !panel.row) panel.row = place(panel);
  return Object.entries(actions).map(([key, act]) => {
    const button = add(panel.row, "button", { type: "button", "data-part": key, text: panel.say(key) });
    button.addEventListener("click", act);
    return button;
  });
}

// What a module gets to make its controls with; `show` brings all up to date, `close` takes away places left over.
export function makeControls(box, { id, dataset }, say, { state, part, change }) {
  const without = (dataset.without ?? "").split(" ");
  const places = [...box.querySelectorAll(".control")];
  const panel = { box, id, say, state, part, change, without, shows: [], places };
  const withPanel = Object.entries({ slider, choice, radios, tick, buttons }).map(([name, make]) => [
    name,
    (...given) => make(panel, ...given),
  ]);
  return {
    tools: Object.fromEntries(withPanel),
    show: () => {
      for (const show of panel.shows) show();
    },
    close: () => {
      for (const empty of panel.places) empty.remove();
    },
  };
}
