// Starts an explorable and hands it its tools; load.js calls it when one comes near the window. CONTRIBUTING.md has
// the contract. The words are in the page, the mathematics in math.js, the drawing tools in draw.js.
import { makeControls } from "./controls.js";
import { calm, set } from "./draw.js";

const PAUSE = 400; // milliseconds without a change: then the summary is spoken and the address written
const GLIDE = 800; // milliseconds that a {try} takes to arrive

// Sentences one after the other; Chinese puts no space between them.
const joined = (sentences) => sentences.join(document.documentElement.lang.startsWith("zh") ? "" : " ");

let loaded = {};
// The data in the file of a folder, by default the lesson's; each is loaded once for all.
function data(folder = "shared") {
  loaded[folder] ??= fetch(new URL(`../${folder}/data.json`, import.meta.url)).then((answer) => answer.json());
  return loaded[folder];
}

export async function start(root) {
  const name = root.dataset.explorable;
  try {
    const { default: build } = await import(`../${name}/${name}.js`);
    await run(root, name, build);
  } catch (error) {
    root.classList.add("failed");
    loaded = {}; // the next one asks again
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

// What moves by itself for a while: `at(t)` gives the parts of the state at t of the way, from 0 to 1. Where motion is not
// wanted, it is at 1 at once.
function makeMotion(state, changed) {
  let moving = 0;
  function stop() {
    cancelAnimationFrame(moving);
    moving = 0;
  }
  function move(time, at) {
    stop();
    const began = performance.now();
    const still = calm();
    (function step(now) {
      const t = still ? 1 : Math.min(1, Math.max(0, now - began) / time);
      Object.assign(state, at(t));
      changed();
      moving = t < 1 ? requestAnimationFrame(step) : 0;
    })(began);
  }
  return { move, stop, isMoving: () => moving > 0 };
}

// The parts that the address names for this explorable.
function askedOf(name) {
  const named = [...new URLSearchParams(location.search)].filter(([key]) => key.startsWith(`${name}.`));
  return new URLSearchParams(named.map(([key, text]) => [key.slice(name.length + 1), text]));
}

// The state: parts with a name, a first value, and a way to read them from a text; nonsense is left out. `between` finds
// what lies on the way from one value to another; a part without it jumps.
function makeState(name, given, changed) {
  const [state, first, readers, ways] = [{}, {}, {}, {}];
  const motion = makeMotion(state, changed);
  const page = new URLSearchParams(given); // where this page starts
  const asked = () => askedOf(name);
  function part(key, value, reader, between) {
    const wanted = page.get(key);
    first[key] = (wanted === null ? undefined : reader(wanted)) ?? value;
    readers[key] = reader;
    ways[key] = between;
    const text = asked().get(key);
    state[key] = (text === null ? undefined : reader(text)) ?? first[key];
  }
  function change(parts) {
    motion.stop();
    Object.assign(state, parts);
    changed();
  }
  // Go to these parts through all that lies between. A change stops it.
  function glide(wanted) {
    const from = { ...state };
    motion.move(GLIDE, (t) => {
      const eased = t * t * (3 - 2 * t);
      const on = ([key, end]) => [key, t < 1 && ways[key] ? ways[key](from[key], end, eased) : end];
      return Object.fromEntries(Object.entries(wanted).map(on));
    });
  }
  // Show by itself, once, what can be done, and end where it began. A change stops it.
  function sweep(key, at, time) {
    if (asked().size === 0) motion.move(time, (t) => ({ [key]: t < 1 ? at(t) : first[key] }));
  }
  function read(text) {
    const found = [...new URLSearchParams(text)].map(([key, value]) => [key, readers[key]?.(value)]);
    return Object.fromEntries(found.filter(([, value]) => value !== undefined));
  }
  const { isMoving } = motion;
  return { state, first, part, change, glide, sweep, read, asked, reset: () => change(first), isMoving };
}

// Write what is not as at first into the address; `write` is the function of `history` that does it.
function writeAddress(root, name, first, state, write = "replaceState") {
  const query = new URLSearchParams(location.search);
  const before = query.toString();
  for (const key of Object.keys(first)) {
    if (state[key] === first[key]) query.delete(`${name}.${key}`);
    else query.set(`${name}.${key}`, state[key]);
  }
  const text = query.toString();
  if (text === before) return;
  history[write](history.state, "", `${location.pathname}${text && `?${text}`}#${root.id}`);
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

// The drawing grows with the reader's letters, as far as there is room; on a slide it also shrinks with them, for there the
// letters are those of the slide, and for the last row they are one step of the scale larger; on a phone a slide is a page.
// Returns its size in the drawing's own units.
function measure(svg) {
  const letters = Number.parseFloat(getComputedStyle(document.documentElement).fontSize) / 16;
  const room = svg.clientWidth / 288;
  const least = svg.closest(".slide") && innerWidth > 640 ? (letters * 17) / 15 : 1;
  const zoom = Math.max(least, Math.min(letters, room));
  const [width, height] = [svg.clientWidth / zoom, svg.clientHeight / zoom];
  return { width, height, wide: width > 480 };
}

// What nobody sees can wait until the first of a change has been painted.
const afterPaint = (act) => requestAnimationFrame(() => requestAnimationFrame(act));

// {try}`show me <w=1&x=2>` in the text: a button that starts from the beginning with these parts. Back undoes it.
function makeTryButton(root, name, span, svg, { state, first, glide, read, isMoving }) {
  const button = document.createElement("button");
  set(button, { type: "button", class: "try", text: span.textContent });
  button.addEventListener("click", () => {
    const wanted = { ...first, ...read(span.dataset.set) };
    const left = isMoving() ? null : { ...state }; // where Back leads to
    afterPaint(() => {
      svg.scrollIntoView({ block: "nearest" });
      if (left) writeAddress(root, name, first, left);
      writeAddress(root, name, first, wanted, "pushState");
    });
    glide(wanted);
  });
  span.replaceWith(button);
}

// The reader's Back and Forward lead to the state that the address then names.
function followHistory({ state, first, change, read, asked }) {
  addEventListener("popstate", () => {
    const wanted = { ...first, ...read(asked()) };
    if (Object.keys(wanted).some((key) => state[key] !== wanted[key])) change(wanted);
  });
}

// Of what is told, `said` and `more`, a listener hears the sentences of `said` that are new; all can be read. The first
// summary is no news. Who presses a button hears something in any case, the first sentence once more if all is as it was.
function makeVoice(root, live) {
  let [heard, pressed] = [null, false];
  root.addEventListener("click", ({ target }) => {
    if (!target.closest("button")) return;
    pressed = true;
    afterPaint(() => set(live, { text: "" })); // or the same words would not be new to the browser
  });
  return (said) => {
    const news = heard ? said.filter((sentence) => !heard.includes(sentence)) : [];
    if (pressed && !news.length) news.push(said[0]);
    set(live, { text: joined(news) });
    [heard, pressed] = [said, false];
  };
}

async function run(root, name, build) {
  const [svg, box, below, summary, live, words] = ["canvas", "controls", "below", "summary", "live", "words"].map(
    (what) => root.querySelector(`.explorable-${what}`),
  );
  const say = wordsOf(words, name);
  let [size, told, onRest] = [{}, [[]], null];
  const speak = makeVoice(root, live);
  function paint() {
    if (!size.width) return; // not shown, as when printing
    controls.show();
    told = draw(parts.state, size);
    set(summary, { text: joined(told.flat()) });
  }
  const later = makePace(paint, () => {
    onRest?.();
    set(summary, { "aria-busy": null });
    speak(told[0]);
    writeAddress(root, name, parts.first, parts.state);
  });
  const changed = () => {
    set(summary, { "aria-busy": "true" });
    later();
  };
  const parts = makeState(name, root.dataset.first, changed);
  const controls = makeControls(box, root, say, parts);
  const { state, part, change, sweep, reset } = parts;
  const { bare } = root.dataset;
  const atRest = (act) => {
    onRest = act;
  };
  const kit = { svg, controls: box, below, say, data, bare, atRest, ...controls.tools };
  const draw = await build({ ...kit, state, part, change, sweep, reset });
  if (!bare) controls.tools.buttons({ reset });
  controls.close();
  for (const span of root.querySelectorAll("[data-set]")) makeTryButton(root, name, span, svg, parts);
  followHistory(parts);

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
  onRest?.();
  speak(told[0]);
  new ResizeObserver(() => resize() && changed()).observe(svg);
}
