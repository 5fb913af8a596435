// The first script of every page. Where the browser refuses storage (site data blocked, or the page in a frame of a
// course platform), asking for it is an error that would stop the search and the theme switch: what they keep is then
// kept until the page is left.
try {
  localStorage.getItem("theme");
} catch {
  const kept = new Map();
  const storage = {
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, value) => kept.set(key, String(value)),
    removeItem: (key) => kept.delete(key),
  };
  Object.defineProperty(window, "localStorage", { value: storage });
}

// Furo's one line, here a file because no script stands inside a page: the reader's choice of light or dark.
document.body.dataset.theme = localStorage.getItem("theme") || "auto";

// Furo takes this class away when the page is there, and the browser then computes the style of everything anew.
document.documentElement.removeAttribute("class");

// What scrolls, code, tables and formulas, is a stop of the tab key only while there is something to scroll.
const reach = new ResizeObserver((boxes) => {
  for (const { target } of boxes) target.tabIndex = target.scrollWidth > target.clientWidth ? 0 : -1;
});
addEventListener("DOMContentLoaded", () => {
  for (const box of document.querySelectorAll("article [role=group][tabindex]")) reach.observe(box);
});

// What the button for light and dark, and those that copy code, show by their picture alone is said, too.
const heard = document.createElement("p");
heard.setAttribute("role", "status");
heard.className = "unseen";
document.body.append(heard);
const nameOf = (icon) => document.querySelector(`#svg-${icon} title`).textContent;
function nowSeen() {
  const night = matchMedia("(prefers-color-scheme: dark)").matches;
  const auto = night ? "moon-with-sun" : "sun-with-moon";
  return nameOf({ light: "sun", dark: "moon" }[document.body.dataset.theme] ?? auto);
}
new MutationObserver(([{ target }]) => {
  if (target === document.body) heard.textContent = nowSeen();
  else heard.textContent = target.matches(".success") ? target.dataset.tooltip : "";
}).observe(document.body, { subtree: true, attributeFilter: ["data-theme", "data-tooltip"] });
