// Marks the answers of a quiz (docs/_ext/quiz makes it). Every option is a <details> and works without this script.
// Here a chosen option gets a class, and a status says whether it was right, in words that stand in the page.
// Why no library: there is nothing to take over; the browser folds, and these lines count.
// No module: browsers refuse to load one where the site is opened as a file.
{
  const words = (name) => document.querySelector(`.quiz-words .${name}`).textContent;
  const quizzes = [...document.querySelectorAll(".quiz")];
  const first = new Map(); // quiz -> was its first answer right?

  function score() {
    const right = [...first.values()].filter(Boolean).length;
    const numbers = { right, answered: first.size, left: quizzes.length - first.size };
    return words("quiz-score").replace(/\{(\w+)\}/g, (_, name) => numbers[name]);
  }

  for (const quiz of quizzes) {
    const status = document.createElement("p");
    status.className = "quiz-status";
    status.setAttribute("role", "status"); // spoken when the reader has time; it must be there before it speaks
    quiz.append(status);
    for (const option of quiz.querySelectorAll(".quiz-option")) {
      // A click and not "toggle": find-in-page and printing unfold too, and are no answer. Enter and space click.
      option.querySelector("summary").addEventListener("click", () => {
        if (option.classList.contains("quiz-chosen")) return;
        option.classList.add("quiz-chosen");
        const right = option.classList.contains("quiz-right");
        if (!first.has(quiz)) first.set(quiz, right);
        status.textContent = `${words(right ? "quiz-right" : "quiz-wrong")} ${score()}`;
      });
    }
  }
}
