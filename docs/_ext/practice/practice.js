// Answers in the page, and what the reader has done (docs/_ext/practice makes the forms and holds the words).
// Why no library: a native form, and a list of names in the browser's own storage. No module: browsers refuse to load
// one where the site is opened as a file.
{
  const KEY = "practice-done";
  const words = (name) => document.querySelector(`.practice-words .practice-${name}`).textContent;

  // What is done is a set of names such as "exercise-2a". Where the browser refuses to store, it lasts as long as the page.
  let done = new Set();
  try {
    const kept = JSON.parse(localStorage.getItem(KEY));
    if (Array.isArray(kept)) done = new Set(kept);
  } catch {
    // storage is blocked, or holds something else: begin anew
  }
  function keep() {
    try {
      localStorage.setItem(KEY, JSON.stringify([...done]));
    } catch {
      // refused: it is remembered until the page is left
    }
    show();
  }
  const shown = []; // functions that bring a part of the page up to date
  const show = () => {
    for (const update of shown) update();
  };

  function make(tag, className, text = "") {
    const element = document.createElement(tag);
    element.className = className;
    element.textContent = text;
    return element;
  }

  // Reading an answer

  // The signs of a Chinese keyboard (０．５, 0。5) and fractions of one sign (½) become ours; "1½" is "1 1/2".
  const plainly = (text) =>
    text
      .replace(/(?=[¼-¾⅐-⅞])/g, " ")
      .replace(/[¹²³⁰-⁹]/g, "^") // a power is no digit
      .normalize("NFKC")
      .toLowerCase()
      .trim();

  function number(text) {
    let plain = plainly(text).replace(/[−–]/g, "-").replaceAll("⁄", "/").replaceAll("。", ".");
    const mixed = plain.match(/^([-+]?)\s*(\d+)\s+(\d+)\s*\/\s*(\d+)$/);
    if (mixed) return Number(`${mixed[1]}1`) * (Number(mixed[2]) + mixed[3] / mixed[4]);
    plain = plain.replace(/[\s_]/g, "");
    plain = (plain.match(/,/g) || []).length > 1 ? plain.replaceAll(",", "") : plain.replace(",", ".");
    const parts = plain.match(/^([-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?)(?:\/(\d+\.?\d*))?$/i);
    return parts ? Number(parts[1]) / Number(parts[2] ?? 1) : Number.NaN;
  }
  // "b, d and e"
  const letters = (text) => [...new Set(plainly(text).replace(/\band\b|[^a-z]/g, ""))].sort().join("");

  const same = {
    number: (text, value, within) => Math.abs(number(text) - number(value)) <= Number(within) + 1e-9,
    letters: (text, value) => letters(text) === letters(value),
    choice: (text, value) => text === value,
  };

  function judge(field) {
    const text = field.querySelector("input, select").value.trim();
    const { kind } = field.dataset;
    if (!text) return { says: words("empty") };
    if (kind === "number" && Number.isNaN(number(text))) return { says: words("number") };
    const known = [...field.querySelectorAll("[data-value]")];
    known.sort((a, b) => b.dataset.right - a.dataset.right);
    const met = known.find(({ dataset }) => same[kind](text, dataset.value, dataset.within));
    const right = met?.dataset.right === "1";
    return { right, reason: met, says: words(right ? "right" : "wrong") };
  }

  function line(field, verdict, many) {
    const said = make("div", verdict.right ? "answer-right" : "answer-wrong");
    const label = many ? `${field.querySelector("label").textContent}: ` : "";
    const own = verdict.reason?.childElementCount && !verdict.right;
    said.append(make("p", "answer-verdict", own ? label : label + verdict.says));
    for (const part of verdict.reason?.children ?? []) said.append(part.cloneNode(true));
    return said;
  }

  for (const form of document.querySelectorAll("form.answer")) {
    const fields = [...form.querySelectorAll(".answer-field")];
    const name = form.closest("section").id;
    form.querySelector("button").textContent = words("check");
    form.hidden = false;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const verdicts = fields.map(judge);
      fields.forEach((field, i) => {
        field.querySelector("input, select").setAttribute("aria-invalid", String(!verdicts[i].right));
      });
      const lines = fields.map((field, i) => line(field, verdicts[i], fields.length > 1));
      form.querySelector("[role=status]").replaceChildren(...lines);
      if (verdicts.every(({ right }) => right)) {
        done.add(name);
        keep();
      }
    });
  }

  // A box to tick for each exercise: what was solved in a notebook, the page cannot know

  for (const box of document.querySelectorAll(".admonition.exercise")) {
    const name = box.closest("section").id;
    const label = make("label", "practice-tick");
    const tick = document.createElement("input");
    tick.type = "checkbox";
    label.append(tick, ` ${words("done")}`);
    box.append(label);
    tick.addEventListener("change", () => {
      done[tick.checked ? "add" : "delete"](name);
      keep();
    });
    shown.push(() => {
      tick.checked = done.has(name);
    });
  }

  // The list of all exercises: a mark for each that is done, how many they are, and a button that forgets them

  const links = [...document.querySelectorAll('tbody th a[href*="#exercise-"]')];
  for (const link of links) {
    const mark = make("span", "practice-mark", "✓");
    mark.setAttribute("role", "img");
    mark.setAttribute("aria-label", words("done"));
    link.after(mark);
    shown.push(() => {
      mark.hidden = !done.has(link.hash.slice(1));
    });
  }
  for (const place of links.length ? document.querySelectorAll(".practice-progress") : []) {
    const count = make("p", "practice-said");
    count.setAttribute("role", "status");
    const wipe = make("button", "practice-forget", words("wipe"));
    wipe.type = "button";
    place.append(count, wipe);
    wipe.addEventListener("click", () => {
      done.clear();
      keep();
      count.textContent = words("wiped");
    });
    shown.push(() => {
      const numbers = { done: links.filter((link) => done.has(link.hash.slice(1))).length, all: links.length };
      count.textContent = words("count").replace(/\{(\w+)\}/g, (_, name) => numbers[name]);
      wipe.hidden = !done.size;
    });
  }
  show();
}
