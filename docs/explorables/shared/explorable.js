// Starts an explorable and hands it its tools; load.js calls it when one comes near the window. CONTRIBUTING.md has
// the contract. The words are in the page, the mathematics in math.js, the drawing tools in draw.js.
import { add, number, set } from "./draw.js";

const PAUSE = 400; // milliseconds without a change: then the summary is spoken and the address written

let lesson;
const data = () => (lesson ??= fetch(new URL("data.json", import.meta.url)).then((answer) => answer.json()));

export async function start(root) {
  const name = root.dataset.explorable;
  try {
    const { default: build } = await import(`../${name}/${name}.js`);
    await run(root, build);
  } catch (error) {
    root.classList.add("failed");
    lesson = undefined; // the next one asks again
    console.error(error);
  }
}

async function run(root, build) {
  const name = root.dataset.explorable;
  const find = (what) => root.querySelector(`.explorable-${what}`);
  const [svg, controls, below] = ["canvas", "controls", "below"].map(find);
  const words = Object.fromEntries(
    [...find("words").children].map((word) => [word.className.replace("word-", ""), word.textContent.trim()]),
  );
  const say = (word, values = {}) => {
    if (!(word in words)) throw new Error(`${name}: no word "${word}"`);
    return words[word].replace(/\{(\w+)\}/g, (_, key) => values[key]);
  };

  // The state: parts with a name, a first value, and a way to read them from the address.
  const asked = new URLSearchParams(location.search);
  const [state, first, readers, shows] = [{}, {}, {}, []];
  function read(pairs) {
    const found = {};
    for (const [key, text] of pairs) {
      const value = readers[key]?.(text);
      if (value !== undefined) found[key] = value;
    }
    return found;
  }
  function part(key, value, reader) {
    first[key] = value;
    readers[key] = reader;
    const text = asked.get(`${name}.${key}`);
    state[key] = (text === null ? undefined : reader(text)) ?? value;
  }
  function change(parts) {
    Object.assign(state, parts);
    later();
  }
  const reset = () => change(first);

  // Controls, each in a place that the page has kept for it.
  const places = [...controls.querySelectorAll(".control")];
  const place = () => places.shift() ?? add(controls, "div", { class: "control" });
  function control(key, tag, attributes) {
    const box = place();
    const id = `${root.id}-${key}`;
    add(box, "label", { for: id, text: say(key) });
    return [add(box, tag, { id, ...attributes }), box, id];
  }
  // `values` in place of min, max and step: a slider through these numbers. `role` gives it the role's colour.
  function slider(key, { min, max, step, value, values, role, digits = 2, format = (v) => number(v, digits) }) {
    const [least, most] = values ? [values[0], values.at(-1)] : [min, max];
    part(key, value, (text) => {
      const wanted = text.trim() === "" ? NaN : Number(text);
      const whole = !Number.isInteger(step) || Number.isInteger(wanted);
      return wanted >= least && wanted <= most && whole ? wanted : undefined;
    });
    const range = values ? [0, values.length - 1, 1] : [min, max, step];
    const [from, to, by] = range.map(String); // not rounded
    const [input, box, id] = control(key, "input", { type: "range", min: from, max: to, step: by });
    if (role) box.classList.add(`role-${role}`);
    const output = add(box, "output", { for: id, "aria-live": "off" });
    const nearest = (v) => values.reduce((a, b, i) => (Math.abs(b - v) < Math.abs(values[a] - v) ? i : a), 0);
    shows.push(() => {
      input.value = values ? nearest(state[key]) : state[key];
      const text = format(state[key]);
      set(output, { text });
      set(input, { "aria-valuetext": text });
    });
    input.addEventListener("input", () => change({ [key]: values ? values[input.value] : Number(input.value) }));
    return input;
  }
  // The texts are the words `key-option`; options that are `code` say what they are.
  function choice(key, options, { value = options[0], code = false } = {}) {
    part(key, value, (text) => options.find((option) => option === text));
    const [select] = control(key, "select", code ? { translate: "no" } : {});
    for (const option of options) add(select, "option", { value: option, text: code ? option : say(`${key}-${option}`) });
    shows.push(() => (select.value = state[key]));
    select.addEventListener("change", () => change({ [key]: select.value }));
  }
  function tick(key, value = false) {
    part(key, value, (text) => ({ true: true, false: false })[text]);
    const [input] = control(key, "input", { type: "checkbox" });
    shows.push(() => (input.checked = state[key]));
    input.addEventListener("change", () => change({ [key]: input.checked }));
  }
  // Several buttons in one place, or beside the last ones if none is left: { word: what it does }. Returns them.
  let row;
  function buttons(actions) {
    const box = (row = places.length || !row ? place() : row);
    return Object.entries(actions).map(([key, act]) => {
      const button = add(box, "button", { type: "button", "data-part": key, text: say(key) });
      button.addEventListener("click", act);
      return button;
    });
  }

  // Draw once a frame at most; speak and write the address when the reader pauses.
  let [frame, pause, summary, size] = [0, 0, "", {}];
  const status = find("summary");
  function paint() {
    frame = 0;
    if (!size.width) return; // not shown, as when printing
    for (const show of shows) show();
    summary = draw(state, size);
  }
  function later() {
    frame ||= requestAnimationFrame(paint);
    set(status, { "aria-busy": "true" });
    clearTimeout(pause);
    pause = setTimeout(settle, PAUSE);
  }
  function settle() {
    if (frame) cancelAnimationFrame(frame), paint(); // the window was hidden, or slow
    set(status, { text: summary, "aria-busy": null });
    const query = new URLSearchParams(location.search);
    for (const key of Object.keys(first)) {
      if (state[key] === first[key]) query.delete(`${name}.${key}`);
      else query.set(`${name}.${key}`, state[key]);
    }
    if (query.toString() === new URLSearchParams(location.search).toString()) return;
    const text = query.toString();
    history.replaceState(history.state, "", `${location.pathname}${text && `?${text}`}#${root.id}`);
  }

  const draw = await build({ svg, controls, below, say, data, state, part, change, reset, slider, choice, tick, buttons });
  buttons({ reset });
  for (const empty of places) empty.remove();
  // {try}`words <w=1&x=2>` in the text: a button that starts from the beginning with these parts.
  for (const span of root.querySelectorAll("[data-set]")) {
    const button = document.createElement("button");
    set(button, { type: "button", class: "try", text: span.textContent });
    button.addEventListener("click", () => {
      change({ ...first, ...read(new URLSearchParams(span.dataset.set)) });
      svg.scrollIntoView({ block: "nearest" });
    });
    span.replaceWith(button);
  }
  // The drawing grows with the reader's letters, as far as there is room. Says whether anything has changed.
  function fit() {
    const letters = parseFloat(getComputedStyle(document.documentElement).fontSize) / 16;
    const zoom = Math.max(1, Math.min(letters, svg.clientWidth / 288));
    const [width, height] = [svg.clientWidth / zoom, svg.clientHeight / zoom];
    const viewBox = `0 0 ${width} ${height}`;
    if (!width || svg.getAttribute("viewBox") === viewBox) return false;
    size = { width, height, wide: width > 480 };
    set(svg, { viewBox });
    return true;
  }
  root.classList.add("running");
  set(svg, { role: "img", "aria-label": say("figure"), "aria-hidden": null });
  fit();
  paint();
  set(status, { text: summary });
  set(status, { role: "status" }); // only now: the first summary is there to be read, not news
  new ResizeObserver(() => fit() && later()).observe(svg);
}
