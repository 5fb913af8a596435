// What the steps and the race share: a number that counts on by itself while a button is pressed, and how a w is written.
import { calm, number, set } from "../shared/draw.js";

const WHOLE = /^\d+$/;

// For a part of the state that counts: how it is read, and what lies on the way. It counts on, or from the start.
export const upTo = (most) => (text) => (WHOLE.test(text) && text <= most ? Number(text) : undefined);
export function between(a, b, t) {
  const from = a < b ? a : 0;
  return Math.round(from + (b - from) * t);
}

export function short(w) {
  const size = Math.abs(w);
  if (size >= 1e5) return w.toExponential(1);
  if (size > 0 && size < 0.1) return number(w, 4);
  return number(w, size < 100 ? 2 : 0);
}

// The button `word` counts on, one each `tick` milliseconds, or where motion is not wanted to the end at once, unless the
// reader has done something else meanwhile. `button` is found late: it is made with the others.
export function makeRun(say, word, tick, { count, ended, go, button }) {
  let [timer, running] = [0, 0];
  function stop() {
    clearTimeout(timer);
    timer = 0;
    set(button(), { text: say(word) });
  }
  function next() {
    if (count() !== running || ended(running)) {
      stop();
      return;
    }
    do running++;
    while (calm() && !ended(running));
    go(running);
    timer = setTimeout(next, tick);
    set(button(), { text: say("stop") });
  }
  function press() {
    if (timer) {
      stop();
      return;
    }
    running = count();
    next();
  }
  const stopIfElsewhere = (now) => now !== running && stop();
  return { press, stopIfElsewhere };
}
