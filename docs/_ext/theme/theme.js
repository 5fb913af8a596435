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
