"""The page of questions: whatever learners were found to ask has an answer and a lesson, and an example that runs.

The numbers are those of the collection of questions, traps and errors that the page was written from.
"""

import doctest
import io
import re
from urllib.parse import quote_plus, urlsplit

import doctests
import pytest
from conftest import DOCS

PAGE = DOCS / "practice" / "questions.md"
# What of the collection -> the heading, as learners put it.
CODE, WORDS = True, False  # must the answer carry an example that runs?
ASKED = [
    (1, "Why must a training point not use itself? Why is the diagonal removed?", CODE),
    (1, "Is the point's own weight too big, then?", CODE),
    (2, "What is the difference between repeat, repeat_interleave, tile and expand?", CODE),
    (2, "I used repeat for X_repeat, and the prediction is a flat line", CODE),
    (3, "What does bmm multiply, and why unsqueeze(1) and unsqueeze(-1)?", CODE),
    (3, "What if I put the unsqueezes of bmm elsewhere?", CODE),
    (4, "What does unsqueeze do, and where does the new axis go?", CODE),
    (5, "Softmax over dim 0 or dim 1?", CODE),
    (6, "My plot does not show, or one overwrites the other", CODE),
    (7, "Why is the trained curve less smooth? Did something go wrong?", CODE),
    (8, "Does a small w make the bell sharp?", CODE),
    (9, "Why do I need `.detach()`?", CODE),
    (10, "Has it converged after 5 epochs with learning rate `0.5`?", CODE),
    (11, 'Do X_repeat and X_tile look alike? Both "contain the same inputs"', CODE),
    (12, "How do 50 by 50 numbers become 50 by 49?", CODE),
    (13, "What is the shape of a 50 by 50 matrix times 50 numbers?", CODE),
    (14, "Do more training data make it better?", CODE),
    (15, "What is the value of the learned w, and how do I print it?", CODE),
    (16, "Does `nn.Parameter` need `requires_grad=True`?", CODE),
    (17, "I designed a parametric model of my own. Why does it not work?", CODE),
    (18, "Which axis of the heat map is the query, and what is a row?", CODE),
    (18, "Why is there a diagonal in the heat map?", CODE),
    (19, "Why the minus? Why the half?", CODE),
    (20, "Is one w enough for a whole curve? Why not one for each key?", CODE),
    (21, '"Non-parametric", but there is a w. Can it overfit?', CODE),
    (22, "Is this just k-nearest neighbours?", CODE),
    (22, "Is it then the attention of a Transformer?", CODE),
    (23, "Is the kernel just a dot product of query and key?", CODE),
    (24, "Is this the kernel of support vector machines (SVM)?", WORDS),
    (25, "The distance is 0, so is the weight 1? Or 0?", CODE),
    (26, "Why sum the loss before backward?", CODE),
    (27, "Why divide the loss by 2, and what happened to the `/ 2`?", CODE),
    (28, "x_test, y_truth, x_train: which belongs to which?", CODE),
    (29, "Can I set the diagonal of the scores to 0 instead?", CODE),
    (30, "Why repeat or tile at all?", CODE),
    (31, "Which hyper-parameter could I add, and how do I choose it?", CODE),
    (32, "What if there are several input features?", CODE),
    (33, "If I divide by 128 in place of 2, it becomes smooth!", CODE),
    (34, "Is it SGD? Where are the batches?", CODE),
    (35, "Train with 49 keys, test with 50: is that allowed?", CODE),
    (36, "What if I write softmax(query − key), without the square?", CODE),
    (37, "Does softmax make the tensor smaller?", CODE),
    (37, "Does `w` scale the weights?", CODE),
    (38, "Why sort the training points, and what is the `_`?", CODE),
    (39, "bmm, mm or matmul?", CODE),
    (40, "What are query, key and value, in one sentence each?", WORDS),
    (41, "In another framework the trained curve is very noisy", CODE),
    (42, "Is the `0.5` in the noise a variance or a standard deviation?", CODE),
    (43, "Is the name Watson?", WORDS),
    (44, "Why is the estimate wrong at both ends?", CODE),
    ("trap: stationary at 0", "Can w start at 0?", CODE),
    ("trap: w and -w", "My w is negative. Is that wrong?", CODE),
    ("trap: the gradient", "What does backward compute? Can I do it by hand?", CODE),
    ("trap: loss before the step", "Which w does a printed loss belong to?", CODE),
    ("trap: the noise stays", "Why does the loss not go to 0?", CODE),
    ("trap: exp and sum", "Why softmax, if exp and a division do the same?", CODE),
    ("trap: the shortcut", "Is that cross-validation? Must I compute it fifty times?", CODE),
    ("trap: more than one minimum", "My w stays near 0", WORDS),
    ("trap: whole numbers", '"expected scalar type Float but found Long"', CODE),
    ("E1", "Is the curve rough where the attention weights are large?", CODE),
    ("E2", "Do more training data make it better?", CODE),
    ("E3", 'Do X_repeat and X_tile look alike? Both "contain the same inputs"', CODE),
    ("E4", "What is the value of the learned w, and how do I print it?", CODE),
    ("E5", "Why divide the loss by 2, and what happened to the `/ 2`?", CODE),
    ("E6", "Has it converged after 5 epochs with learning rate `0.5`?", CODE),
    ("E7", "In another version of the code the fitted line is different. Why?", CODE),
    ("E8", "x_test, y_truth, x_train: which belongs to which?", CODE),
    ("E8", "Why does the book write unsqueeze(1) behind the prediction?", CODE),
    ("E9", "Which of two heat maps is sharper?", CODE),
    ("E10", "Is the triangle Epanechnikov's kernel?", CODE),
    ("E11", "Do all kernels give nearly the same?", CODE),
    ("E12", "My edition of the book has no w, no training and no bmm here", CODE),
    ("E12", "Which axis of the heat map is the query, and what is a row?", CODE),
    ("E13", '"Non-parametric", but there is a w. Can it overfit?', CODE),
    ("E14", "Why is the trained curve less smooth? Did something go wrong?", CODE),
    ("E14", "What is the shape of a 50 by 50 matrix times 50 numbers?", CODE),
    ("E14", "Does `nn.Parameter` need `requires_grad=True`?", CODE),
    ("E15", "My w is quite different from my friend's", CODE),
    ("found nowhere", "Where is the picture of it?", WORDS),
    ("a step too long", "Why has my w jumped to 83,000?", CODE),
    ("a straight line", "Can a weight be negative?", CODE),
    ("threads", "Why does my formula with sigma not get narrower?", CODE),
    ("threads", "May I add 1e-12 below the line, so that nothing divides by 0?", CODE),
    ("threads", "Why are my distances wrong when all places are large?", CODE),
    ("threads", "Why is my masked table full of nan?", CODE),
    ("threads", '"modified by an inplace operation": what have I overwritten?', CODE),
    ("threads", "In a mask, does `True` hide or keep?", CODE),
    ("threads", "Is a moving average the same?", CODE),
    ("threads", "Which width is R's `ksmooth(bandwidth = 1)`?", CODE),
    ("threads", "Can I smooth many curves at once?", CODE),
    ("threads", "Is it the same as kernel ridge regression, or a Gaussian process?", CODE),
    ("threads", "With exp and a division, training ends in nan. Why only when I leave points out?", CODE),
    ("threads", "May I remove the diagonal when I train with a few points at a time?", CODE),
    ("threads", "If the first point is left out, who answers for it?", CODE),
    ("threads", "Can the score be a tanh of query plus key, as in additive attention?", CODE),
    ("a band", "How sure is the curve? Can I draw a band?", CODE),
]
PARTS = re.split(r"^### (.+)\n", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
ANSWERS = {heading: re.split(r"^## ", text, flags=re.MULTILINE)[0] for heading, text in zip(PARTS[::2], PARTS[1::2])}
BY_HEADING = pytest.mark.parametrize("heading", ANSWERS)


def prose(answer: str) -> str:
    return doctests.BLOCK.sub("", answer)


def test_every_number_of_the_collection_is_asked():
    numbers = [number for number, _, _ in ASKED]
    assert {n for n in numbers if isinstance(n, int)} == set(range(1, 45))
    assert {n for n in numbers if str(n).startswith("E")} == {f"E{n}" for n in range(1, 16)}
    assert sum(str(n).startswith("trap") for n in numbers) == 9


@pytest.mark.parametrize(("number", "heading", "code"), ASKED, ids=[f"{n} {heading}" for n, heading, _ in ASKED])
def test_what_is_asked_has_an_answer(number, heading, code):
    assert heading in ANSWERS
    assert not code or doctests.BLOCK.search(ANSWERS[heading]), "a claim about code needs an example that runs"


def test_no_question_is_asked_twice_or_by_nobody():
    assert len(PARTS) == 2 * len(ANSWERS)
    assert {heading for _, heading, _ in ASKED} == set(ANSWERS)


@BY_HEADING
def test_an_answer_leads_into_a_lesson(heading):
    assert re.search(r"\]\(\.\./lessons/\d\d-[\w-]+\.md\)", ANSWERS[heading])


@BY_HEADING
def test_an_answer_settles_the_question_in_a_few_sentences(heading):
    sentences = re.findall(r"[.:?!]\)?(?=\s|$)", prose(ANSWERS[heading]).split("([")[0])
    assert 2 <= len(sentences) <= 10 or heading == "Where is the picture of it?"


@pytest.fixture(scope="module")
def header():
    """What a reader has who has typed the lines at the top of the page."""
    names: dict = {}
    text = PAGE.read_text(encoding="utf-8")
    run_examples(doctests.BLOCK.search(text)[1], names)
    return names


def run_examples(code: str, names: dict) -> str:
    """Run examples as in a new Python; return what is not as printed."""
    report = io.StringIO()
    example = doctest.DocTestParser().get_doctest(code, names, PAGE.name, str(PAGE), 0)
    example.globs = names
    doctest.DocTestRunner(optionflags=doctests.FLAGS, verbose=False).run(example, out=report.write, clear_globs=False)
    return report.getvalue()


@pytest.mark.slow
@BY_HEADING
def test_an_answer_runs_alone_after_the_lines_at_the_top(heading, header):
    names = dict(header)
    for code in doctests.BLOCK.findall(ANSWERS[heading]):
        assert not run_examples(code, names)


def test_code_fits_the_column():
    lines = "".join(doctests.BLOCK.findall(PAGE.read_text(encoding="utf-8"))).splitlines()
    assert [line for line in lines if line[:3] in {">>>", "..."} and len(line) > 88] == []


def test_the_groups_are_linked_from_the_top():
    text = PAGE.read_text(encoding="utf-8")
    groups = re.findall(r"^## (.+)$", text, re.MULTILINE)
    slugs = [group.lower().replace(",", "").replace(" ", "-") for group in groups]
    assert re.findall(r"\]\(#([\w-]+)\)", text.split("## ")[0]) == slugs


def test_troubleshooting_covers_plots_and_detach():
    text = (DOCS / "about" / "troubleshooting.md").read_text(encoding="utf-8")
    for words in "plt.show()", "plt.figure()", "d2l.plot", "Animator", "plot_history", ".detach()", "torch.no_grad()":
        assert words in text


# The words that learners type, and the question that should be among the first three

TYPED = [
    ("remove diagonal", "why-must-a-training-point-not-use-itself"),
    ("training point use itself", "why-must-a-training-point-not-use-itself"),
    ("repeat vs repeat_interleave", "what-is-the-difference-between-repeat"),
    ("bmm unsqueeze", "what-does-bmm-multiply"),
    ("softmax dim 0 or 1", "softmax-over-dim-0-or-dim-1"),
    ("PyCharm plot", "my-plot-does-not-show"),
    ("less smooth", "why-is-the-trained-curve-less-smooth"),
    ("small w sharp", "does-a-small-w-make-the-bell-sharp"),
    ("Can't call numpy() on Tensor that requires grad", "why-do-i-need-detach"),
    ("X_tile mask", "how-do-50-by-50-numbers-become-50-by-49"),
    ("more training data", "do-more-training-data-make-it-better"),
    ("value of w", "what-is-the-value-of-the-learned-w"),
    ("one w for each key", "is-one-w-enough-for-a-whole-curve"),
    ("SVM kernel", "is-this-the-kernel-of-support-vector-machines"),
    ("divide by 128", "if-i-divide-by-128"),
    ("masked softmax", "can-i-set-the-diagonal-of-the-scores-to-0"),
    ("heat map axis", "which-axis-of-the-heat-map"),
    ("loss not 0", "why-does-the-loss-not-go-to-0"),
    ("w negative", "my-w-is-negative"),
    ("grad can be implicitly created only for scalar outputs", "why-sum-the-loss-before-backward"),
]
FIRST_THREE = "[...document.querySelectorAll('#search-results li')].slice(0, 3)"


@pytest.mark.parametrize(("typed", "question"), TYPED, ids=[typed for typed, _ in TYPED])
def test_the_search_leads_to_the_question_itself(views, address, parsed, typed, question):
    page = views["phone"]
    page.goto(f"{address}search.html?q={quote_plus(typed)}")
    # Not for all results: Sphinx loads every page that it has found, and a short word is on most of them.
    page.wait_for_selector("#search-results li:nth-of-type(3), #search-results .search-summary:has-text('found')")
    page.mouse.move(100, 300)  # the others than the first wait for it
    page.mouse.move(100, 310)
    page.wait_for_function(f"() => {FIRST_THREE}.every(found => found.children.length > 1)")  # each with its text
    links = page.evaluate(f"{FIRST_THREE}.map(found => found.querySelector('a').getAttribute('href'))")
    wanted = [link for link in links if link.startswith(f"practice/questions.html#{question}")]
    assert wanted, f"only {links}"
    assert parsed("practice/questions.html").find(id=urlsplit(wanted[0]).fragment).h3


def test_a_link_to_a_question_leads_to_it(views, address):
    page = views["phone"]
    page.goto(f"{address}practice/questions.html#{TYPED[-1][1]}")
    assert page.locator(":target h3").is_visible()
    assert page.evaluate("scrollY") > 0
