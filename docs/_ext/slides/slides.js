// A deck with a keyboard, steps, a dark screen and a second window for the one who speaks. All of it is a page already: without
// this script keys scroll from slide to slide, and a step is a fold to open. Every word stands in slides.html.
{
  const root = document.documentElement;
  const slides = [...document.querySelectorAll(".slide")];
  const desk = new URLSearchParams(location.search).has("desk"); // the second window
  const clock = document.querySelector(".deck-desk time");
  const channel = new BroadcastChannel(`deck ${location.pathname}`);
  let [shown, told] = [0, ""];

  const middle = (slide) => {
    const { top, bottom } = slide.getBoundingClientRect();
    return Math.abs(top + bottom - innerHeight);
  };
  // The slide in the middle of the window; the second window shows it alone.
  const current = () =>
    desk ? shown : slides.reduce((best, slide, i) => (middle(slide) < middle(slides[best]) ? i : best), 0);
  const steps = (number) => [...slides[number].querySelectorAll("details:is(.then, .hide)")];
  const isDeck = () => desk || getComputedStyle(root).scrollSnapType !== "none"; // or an ordinary page, in a small window

  function show(number) {
    shown = Math.min(Math.max(number, 0), slides.length - 1);
    if (!desk) slides[shown].scrollIntoView({ block: "center", behavior: "instant" });
    for (const [i, slide] of slides.entries()) {
      slide.classList.toggle("now", i === shown);
      slide.classList.toggle("after", i === shown + 1);
    }
  }

  function go(number) {
    show(number);
    tell();
  }

  function forward() {
    const step = steps(current()).find(({ open }) => !open);
    if (step) step.open = true;
    else go(current() + 1);
  }

  function back() {
    const step = steps(current()).findLast(({ open }) => open);
    if (step) step.open = false;
    else go(current() - 1);
  }

  function darken() {
    root.classList.toggle("dark-screen");
    tell();
  }

  // Both windows show the same slide and the same steps of it.
  function tell() {
    const number = current();
    const dark = root.classList.contains("dark-screen");
    const state = JSON.stringify([number, steps(number).map(({ open }) => open), dark]);
    if (state === told) return;
    told = state;
    channel.postMessage(state);
  }

  function hear({ data }) {
    if (data === "where?") {
      told = "";
      tell();
      return;
    }
    const [number, opened, dark] = JSON.parse(data);
    told = data;
    root.classList.toggle("dark-screen", dark);
    for (const [i, step] of steps(number).entries()) step.open = opened[i];
    show(number);
  }

  const keys = {
    ArrowRight: forward,
    ArrowLeft: back,
    " ": forward,
    PageDown: forward, // a clicker sends these two, and b or a point for a dark screen
    PageUp: back,
    ArrowDown: () => go(current() + 1),
    ArrowUp: () => go(current() - 1),
    Home: () => go(0),
    End: () => go(slides.length - 1),
    b: darken,
    ".": darken,
  };

  // What has the focus keeps the keys that it needs; a clicker is always heard.
  function isBusy({ key, target }) {
    if (key.startsWith("Page")) return false;
    if (target.closest("input, select")) return true;
    if (key === " ") return target.closest("button, summary") && !target.closest(".notes");
    return target.closest(".notes") && (key === "ArrowDown" || key === "ArrowUp");
  }

  addEventListener("keydown", (event) => {
    const act = event.key === " " && event.shiftKey ? back : keys[event.key];
    if (event.key === "Escape") document.activeElement.blur();
    if (!act || !isDeck() || event.ctrlKey || event.altKey || event.metaKey || isBusy(event)) return;
    event.preventDefault();
    act();
  });
  // Firefox opens and closes a fold when the space bar comes up.
  addEventListener("keyup", (event) => {
    if (event.key === " " && isDeck() && event.target.closest(".notes")) event.preventDefault();
  });
  addEventListener("scroll", () => !desk && isDeck() && tell(), { passive: true });
  addEventListener("toggle", tell, true);
  channel.addEventListener("message", hear);

  if (desk) {
    root.classList.add("desk");
    for (const notes of document.querySelectorAll("details.notes")) notes.open = true;
    const began = Date.now();
    setInterval(() => {
      const seconds = Math.floor((Date.now() - began) / 1000);
      clock.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
    }, 1000);
    for (const link of document.querySelectorAll(".slide-way a")) {
      link.addEventListener("click", (event) => {
        event.preventDefault();
        go(
          slides.findIndex(
            (slide) => slide.matches(link.hash) || slide.parentElement.matches(`${link.hash}:not(.slide)`),
          ),
        );
      });
    }
    show(0);
    channel.postMessage("where?");
  } else {
    const [opener, script] = document.querySelectorAll(".deck-links button");
    opener.hidden = script.hidden = false;
    opener.addEventListener("click", () => open(`${location.pathname}?desk`, "desk", "popup,width=1280,height=800"));
    script.addEventListener("click", () => {
      root.classList.add("script");
      print();
    });
    addEventListener("afterprint", () => root.classList.remove("script"));
  }
}
