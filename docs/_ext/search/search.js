// Weighs what the search finds, and leads to the section that was meant. Sphinx puts this file behind its searchtools.js.
// Why no library: the search is Sphinx's own. It takes a page for as good as its best word, so that most pages come in
// the order of their names, and it leads to the top of a page, however long. Both can be changed from outside, with
// Search._index and Search._parseQuery, which Sphinx does not promise to keep: tests/test_versions.py looks for them.
{
  const query = new URLSearchParams(location.search).get("q") ?? "";
  const spoken = query.toLowerCase().match(/[\p{L}\p{N}_]+/gu) ?? []; // with the small words and numbers that Sphinx drops
  const has = (text, word) => (word.length > 2 ? text.includes(word) : new RegExp(`(?<!\\w)${word}(?!\\w)`).test(text));
  const count = (words, text) => [...words].filter((word) => has(text.toLowerCase(), word)).length;

  Scorer.score = ([name, , , , score, , kind]) => {
    if (kind !== "text") return score;
    const page = Search._index.docnames.indexOf(name);
    const titled = (word) => [Search._index.titleterms[word] ?? []].flat().includes(page);
    return [...Search._parseQuery(query)[1]].reduce((sum, word) => sum + Scorer[titled(word) ? "title" : "term"], 0);
  };

  // The section with the most of the words; of several, the one whose title sounds most like the question.
  const best = (html, words) => {
    const page = new DOMParser().parseFromString(html, "text/html");
    for (const link of page.querySelectorAll(".headerlink")) link.remove();
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

  const summary = Search.makeSearchSummary;
  Search.makeSearchSummary = (html, words, anchor) => {
    const { hash, title } = anchor ? {} : best(html, words);
    const text = summary(html, words, hash || anchor);
    queueMicrotask(() => { // Sphinx has put the text into the list by then
      const link = text?.parentElement?.querySelector("a");
      if (!link || !hash) return;
      link.setAttribute("href", link.getAttribute("href") + hash);
      link.append(` > ${title}`);
    });
    return text;
  };
}
