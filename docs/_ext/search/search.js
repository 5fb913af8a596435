// Understands what was asked, weighs what the search finds, and leads to the section that was meant. Sphinx puts this file
// behind its searchtools.js; the build puts SYNONYMS above it.
// Why no library: the search is Sphinx's own. It wants all words as they are, takes a page for as good as its best word, so
// that most pages come in the order of their names, leads to the top of a page, however long, and loads every word of the
// site and every page that it has found. All this can be changed from outside, by means that Sphinx does not promise to
// keep: tests/test_versions.py looks for them.
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

  // Sphinx puts an index without Chinese words into the page; here come the parts that a question needs.
  const loaded = {};
  const load = (name) => {
    loaded[name] ??= new Promise((done) => {
      const script = document.createElement("script");
      script.src = `_static/search/${name}.js`;
      script.onload = script.onerror = done;
      document.body.append(script);
    });
    return loaded[name];
  };
  Search.setWords = (words) => {
    for (const [kind, found] of Object.entries(words)) Object.assign(Search._index[kind], found);
  };
  Search.loadWords = (asked) => {
    const { shards } = Search._index; // 0 in English
    const words = splitQuery(asked).filter((word) => shards > 0 && /^\p{Script=Han}/u.test(word));
    return Promise.all([...new Set(words.map((word) => word.charCodeAt() % shards))].map(load));
  };

  const texts = {};
  Search.setText = (page, places) => {
    texts[page] = places.map(([anchor, title, text]) => ({ anchor, title, text }));
  };

  // A hit in the glossary is called by its word.
  const name = (link) => {
    const entry = Search._index.entries[link.hash.slice(1)];
    if (entry) link.append(` > ${entry}`);
  };

  // The section with the most of the words; of several, the one whose title sounds most like the question.
  const best = (places, words) => {
    let found = { score: 0 };
    for (const { anchor, title, text } of places) {
      const score = title ? 10 * count(words, `${title} ${text}`) + count(spoken, title) : 0;
      if (score > found.score) found = { score, title, anchor };
    }
    return found.anchor === places[0].anchor ? {} : found;
  };

  // A hit of a page leads to the section that was meant. A word of the glossary is summed up by what is said of it.
  Search.htmlToText = (text) => text;
  const summarise = async (hit) => {
    const link = hit.querySelector("a");
    const page = new URL(link.href).pathname.slice(new URL(".", location).pathname.length).replace(/\.html$/, "");
    await load(`texts/${page}`);
    if (!texts[page]) return; // the network is gone
    const [, words, , marked] = Search._parseQuery(query);
    const { anchor, title } = link.hash ? { anchor: link.hash.slice(1) } : best(texts[page], words);
    if (title) {
      link.setAttribute("href", `${link.getAttribute("href")}#${anchor}`);
      link.append(` > ${title}`);
    }
    const meant = texts[page].filter((place) => place.anchor === anchor && place.text);
    const text = (meant.length > 0 ? meant : texts[page]).map((place) => place.text).join(" ");
    const heard = [...words].filter((word) => text.toLowerCase().includes(word));
    hit.append(Search.makeSearchSummary(text, heard.length > 0 ? heard : [""], ""));
    for (const word of marked) _highlightText(hit.lastElementChild, word, "highlighted");
  };

  // The first summaries come at once, the others when the reader moves and they are in sight.
  const AT_ONCE = 3;
  const MOVES = ["scroll", "pointermove", "touchstart", "keydown"];
  let moved = false;
  const inSight = new IntersectionObserver((entries) => {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting) continue;
      inSight.unobserve(target);
      summarise(target);
    }
  });
  const look = () => {
    if (moved) return; // a touch is heard as three moves
    moved = true;
    for (const hit of [...(Search.output?.children ?? [])].slice(AT_ONCE)) inSight.observe(hit);
  };
  for (const move of MOVES) addEventListener(move, look, { once: true, passive: true });
  const ask = Search.query;
  Search.query = async (typed) => {
    Search.status.setAttribute("role", "status"); // how many there are is heard
    let shown = 0;
    new MutationObserver(() => {
      for (const hit of [...Search.output.children].slice(shown)) {
        name(hit.querySelector("a"));
        shown += 1;
        if (shown <= AT_ONCE) summarise(hit);
        else if (moved) inSight.observe(hit);
      }
    }).observe(Search.output, { childList: true });
    const asked = Search.reword(typed);
    await Search.loadWords(asked);
    ask(asked);
  };
}
