// Understands what was asked, weighs what the search finds, and leads to the section that was meant. Sphinx puts this file
// behind its searchtools.js; the build puts SYNONYMS above it.
// Why no library: the search is Sphinx's own. It wants all words as they are, takes a page for as good as its best word, so
// that most pages come in the order of their names, leads to the top of a page, however long, and loads every page that it
// has found. All this can be changed from outside, by means that Sphinx does not promise to keep: tests/test_versions.py
// looks for them.
{
  let query = ""; // in the words of the site
  let spoken = []; // as typed, with the small words and numbers that Sphinx drops

  // "What is a query?" asks for the word alone.
  const DEFINITION = /^(?:what(?:'s| is| are| does)|define|meaning of|explain)\s+(.+?)(?:\s+mean)?\s*\??$/i;
  const IN_CHINESE =
    /^(?:什么是|什么叫|解释一?下?)\s*(.+?)\s*[？?]?$|^(.+?)\s*(?:是什么(?:意思)?|什么意思|指什么)\s*[？?]?$/;
  const ARTICLE = /^(?:an?|the)\s+/i;
  const said = Object.keys(SYNONYMS).sort((a, b) => b.length - a.length);
  const escaped = said.map((phrase) => phrase.replace(/[-.]/g, "\\$&"));
  const apart = (phrase) => (/\p{Script=Han}/u.test(phrase) ? phrase : `(?<![\\w-])${phrase}(?![\\w-])`);
  const ANY = new RegExp(escaped.map(apart).join("|"), "g");

  // What was typed in the words of the site; from then on it is what is asked.
  Search.reword = (typed) => {
    const chinese = typed.trim().match(IN_CHINESE);
    const word = typed.trim().match(DEFINITION)?.[1].replace(ARTICLE, "") ?? chinese?.[1] ?? chinese?.[2];
    const asked = (word && word.split(" ").length < 4 ? word : typed.trim()).toLowerCase();
    const words = asked
      .replace(ANY, (phrase) => ` ${SYNONYMS[phrase]} `)
      .trim()
      .split(/\s+/);
    query = [...new Set(words)].join(" ");
    spoken = splitQuery(`${typed} ${query}`.toLowerCase());
    return query;
  };

  // The pages with the most of the words, if none has them all.
  const perform = Search._performSearch;
  const alone = (word, others) => perform(word, new Set([word]), ...others, new Set([word]));
  Search._performSearch = (text, words, excluded, shown, objects) => {
    const all = perform(text, words, excluded, shown, objects);
    if (all.length > 0 || words.size < 2) return all;
    const found = new Map(); // each hit, and how many of the words have led to it
    for (const hit of [...words].flatMap((word) => alone(word, [excluded, shown]))) {
      const place = hit.slice(0, 3).join();
      found.set(place, [hit, 1 + (found.get(place)?.[1] ?? 0)]);
    }
    const most = Math.max(...[...found.values()].map(([, count]) => count));
    const hits = [...found.values()].filter(([, count]) => count === most).map(([hit]) => hit);
    return hits.sort((a, b) => a[4] - b[4]); // Sphinx takes them from the end
  };

  const has = (text, word) => (word.length > 2 ? text.includes(word) : new RegExp(`(?<!\\w)${word}(?!\\w)`).test(text));
  const count = (words, text) => [...words].filter((word) => has(text.toLowerCase(), word)).length;

  Scorer.score = ([name, , , , score, , kind]) => {
    if (kind !== "text") return score;
    const page = Search._index.docnames.indexOf(name);
    const titled = (word) => [Search._index.titleterms[word] ?? []].flat().includes(page);
    return [...Search._parseQuery(query)[1]].reduce((sum, word) => sum + Scorer[titled(word) ? "title" : "term"], 0);
  };

  // A page without what its reader does not see: the words that a figure may say.
  const read = (html) => {
    const page = new DOMParser().parseFromString(html, "text/html");
    for (const part of page.querySelectorAll(".headerlink, [hidden], [popover]")) part.remove();
    return page;
  };

  // The section with the most of the words; of several, the one whose title sounds most like the question.
  const best = (html, words) => {
    const page = read(html);
    let found = { score: 0 };
    for (const heading of page.querySelectorAll("article section[id] > :is(h1, h2, h3, h4)")) {
      const section = heading.parentElement;
      const own = [...section.children].filter((child) => !child.matches("section:has(> :is(h2, h3, h4))"));
      const title = heading.textContent;
      const score = 10 * count(words, own.map((child) => child.textContent).join(" ")) + count(spoken, title);
      if (score > found.score) found = { score, title, hash: heading.matches("h1") ? "" : `#${section.id}` };
    }
    return found;
  };

  // A word of the glossary, or of the API, is summed up by what is said of it.
  const toText = Search.htmlToText;
  Search.htmlToText = (html, anchor) => {
    const page = read(html);
    let part = anchor ? page.getElementById(anchor.slice(1)) : null;
    while (part?.matches("dt")) part = part.nextElementSibling;
    return part?.matches("dd") ? part.textContent.trim() : toText(page.documentElement.outerHTML, anchor);
  };

  const summary = Search.makeSearchSummary;
  Search.makeSearchSummary = (html, words, anchor) => {
    const { hash, title } = anchor ? {} : best(html, words);
    const text = summary(html, words, hash || anchor);
    queueMicrotask(() => {
      // Sphinx has put the text into the list by then
      const link = text?.parentElement?.querySelector("a");
      if (!link || !hash) return;
      link.setAttribute("href", link.getAttribute("href") + hash);
      link.append(` > ${title}`);
    });
    return text;
  };

  // A summary loads its page: the first comes at once, the others when the reader moves and they are in sight.
  const AT_ONCE = 1;
  const MOVES = ["scroll", "pointermove", "touchstart", "keydown"];
  let moved = false;
  const inSight = new IntersectionObserver((entries) => {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting) continue;
      inSight.unobserve(target);
      const { pathname, hash } = new URL(target.querySelector("a").href);
      fetch(pathname)
        .then((answer) => answer.text())
        .then((html) => target.append(Search.makeSearchSummary(html, Search._parseQuery(query)[1], hash)));
    }
  });
  const look = () => {
    if (moved) return; // a touch is heard as three moves
    moved = true;
    const others = [...(Search.output?.children ?? [])].slice(AT_ONCE);
    for (const hit of others) if (hit.children.length === 1) inSight.observe(hit);
  };
  for (const move of MOVES) addEventListener(move, look, { once: true, passive: true });
  Object.defineProperty(DOCUMENTATION_OPTIONS, "SHOW_SEARCH_SUMMARY", {
    get: () => Search.output.children.length < AT_ONCE,
  });
  const ask = Search.query;
  Search.query = (typed) => {
    Search.status.setAttribute("role", "status"); // how many there are is heard
    new MutationObserver(() => {
      const last = Search.output.lastElementChild;
      if (moved && Search.output.children.length > AT_ONCE && last.children.length === 1) inSight.observe(last);
    }).observe(Search.output, { childList: true });
    ask(Search.reword(typed));
  };
}
