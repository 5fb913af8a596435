// Starts an explorable and hands it its tools; load.js calls it when one comes near the window. CONTRIBUTING.md has
// the contract. The words are in the page, the mathematics in math.js, the drawing tools in draw.js.
import { makeControls } from "./controls.js";
import { set } from "./draw.js";

const PAUSE = 400; // milliseconds without a change: then the summary is spoken and the address written

let lesson;
function data() {
  lesson ??= fetch(new URL("data.json", import.meta.url)).then((answer) => answer.json());
  return lesson;
}

export async function start(root) {
  const name = root.dataset.explorable;
  try {
    const { default: build } = await import(`../${name}/${name}.js`);
    await run(root, name, build);
  } catch (error) {
    root.classList.add("failed");
    lesson = undefined; // the next one asks again
    reportError(error);
  }
}

// The words of the page: say(key, values) fills in their {places}.
function wordsOf(box, name) {
  const words = Object.fromEntries(
    [...box.children].map((word) => [word.className.replace("word-", ""), word.textContent.trim()]),
  );
  return (word, values = {}) => {
    if (!(word in words)) throw new Error(`${name}: no word "${word}"`);
    return words[word].replace(/\{(\w+)\}/g, (_, key) => values[key]);
  };
}

// The state: parts with a name, a first value, and a way to read them from a text; nonsense is left out.
function makeState(name, given, changed) {
  const [state, first, readers] = [{}, {}, {}];
  const [asked, page] = [new URLSearchParams(location.search), new URLSearchParams(given)];
  function part(key, value, reader) {
    const wanted = page.get(key);
    first[key] = (wanted === null ? undefined : reader(wanted)) ?? value;
    readers[key] = reader;
    const text = asked.get(`${name}.${key}`);
    state[key] = (text === null ? undefined : reader(text)) ?? first[key];
  }
  function change(parts) {
    Object.assign(state, parts);
    changed();
  }
  function read(text) {
    const found = [...new URLSearchParams(text)].map(([key, value]) => [key, readers[key]?.(value)]);
    return Object.fromEntries(found.filter(([, value]) => value !== undefined));
  }
  return { state, first, part, change, read, reset: () => change(first) };
}

// Write what is not as at first into the address.
function writeAddress(root, name, { state, first }) {
  const query = new URLSearchParams(location.search);
  const before = query.toString();
  for (const key of Object.keys(first)) {
    if (state[key] === first[key]) query.delete(`${name}.${key}`);
    else query.set(`${name}.${key}`, state[key]);
  }
  const text = query.toString();
  if (text === before) return;
  history.replaceState(history.state, "", `${location.pathname}${text && `?${text}`}#${root.id}`);
}

// After a change: paint once a frame at most, and `rest` when the reader pauses.
function makePace(paint, rest) {
  let [frame, pause] = [0, 0];
  function now() {
    frame = 0;
    paint();
  }
  function settle() {
    if (frame) {
      cancelAnimationFrame(frame); // the window was hidden, or slow
      now();
    }
    rest();
  }
  return () => {
    frame ||= requestAnimationFrame(now);
    clearTimeout(pause);
    pause = setTimeout(settle, PAUSE);
  };
}

// The drawing grows with the reader's letters, as far as there is room. Returns its size in the drawing's own units.
function measure(svg) {
  const letters = Number.parseFloat(getComputedStyle(document.documentElement).fontSize) / 16;
  const zoom = Math.max(1, Math.min(letters, svg.clientWidth / 288));
  const [width, height] = [svg.clientWidth / zoom, svg.clientHeight / zoom];
  return { width, height, wide: width > 480 };
}

// {try}`show me <w=1&x=2>` in the text: a button that starts from the beginning with these parts.
function makeTryButton(span, svg, { change, first, read }) {
  const button = document.createElement("button");
  set(button, { type: "button", class: "try", text: span.textContent });
  button.addEventListener("click", () => {
    change({ ...first, ...read(span.dataset.set) });
    svg.scrollIntoView({ block: "nearest" });
  });
  span.replaceWith(button);
}

async function run(root, name, build) {
  const [svg, box, below, status, words] = ["canvas", "controls", "below", "summary", "words"].map((what) =>
    root.querySelector(`.explorable-${what}`),
  );
  const say = wordsOf(words, name);
  let [size, summary] = [{}, ""];
  function paint() {
    if (!size.width) return; // not shown, as when printing
    controls.show();
    summary = draw(parts.state, size);
  }
  const later = makePace(paint, () => {
    set(status, { text: summary, "aria-busy": null });
    writeAddress(root, name, parts);
  });
  const parts = makeState(name, root.dataset.first, () => {
    set(status, { "aria-busy": "true" });
    later();
  });
  const controls = makeControls(box, root, say, parts);
  const { state, part, change, reset } = parts;
  const draw = await build({ svg, controls: box, below, say, data, state, part, change, reset, ...controls.tools });
  controls.tools.buttons({ reset });
  controls.close();
  for (const span of root.querySelectorAll("[data-set]")) makeTryButton(span, svg, parts);

  // Says whether anything has changed.
  function resize() {
    const now = measure(svg);
    const viewBox = `0 0 ${now.width} ${now.height}`;
    if (!now.width || svg.getAttribute("viewBox") === viewBox) return false;
    size = now;
    set(svg, { viewBox });
    return true;
  }
  root.classList.add("running");
  set(svg, { role: "img", "aria-label": say("figure"), "aria-hidden": null });
  resize();
  paint();
  set(status, { text: summary });
  set(status, { role: "status" }); // only now: the first summary is there to be read, not news
  new ResizeObserver(() => resize() && change({})).observe(svg);
}
