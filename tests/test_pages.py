"""The text of the pages: nothing typed that should be computed, one form for all lessons, all of the source covered."""

import re

import mathml
import pytest
import roles
from conftest import DOCS

LESSONS = sorted((DOCS / "lessons").glob("*.md"))
ROOMS = "explorables", "about", "play", "practice", "reference", "teach"
PAGES = sorted(
    [
        *LESSONS,
        DOCS / "index.md",
        *(page for folder in ROOMS for page in (DOCS / folder).rglob("*.md")),
    ]
)
RUNNING = [*LESSONS, *sorted((DOCS / "practice").glob("exercises-*.md"))]  # the rules for code hold for exercises too
CELL = re.compile(r"^```(?:\{code-cell\}|python|pycon|text|bibtex).*?^```$", re.DOTALL | re.MULTILINE)
IN_PAGE = re.compile(r"^:::\{answer\}\n.*?^:::$", re.DOTALL | re.MULTILINE)  # held to the exercise's own test
NOT_PROSE = [
    IN_PAGE,
    re.compile(r"\A---.*?^---$", re.DOTALL | re.MULTILINE),  # front matter
    CELL,
    re.compile(r"^```.*$", re.MULTILINE),  # the fences of notes, or every backtick after them counts the wrong way
    re.compile(r"\$\$.*?\$\$|\$[^$\n]+\$", re.DOTALL),
    re.compile(r"\{[\w:]+\}`[^`]*`"),  # roles, facts among them
    re.compile(r"`[^`]*`"),
    re.compile(r"\]\([^)]*\)|!\[.*?\]"),  # addresses
]
TYPED = re.compile(r"\d+\.\d+|\d\s?%|≈\s*\d")


def name(page):
    return page.stem


def prose(text: str) -> str:
    """Return what is left of a page when code, formulas, roles and addresses are blanked, line by line."""
    for pattern in NOT_PROSE:
        text = pattern.sub(lambda match: "\n" * match[0].count("\n"), text)
    return text


def code(text: str) -> str:
    return "\n".join(cell[0] for cell in CELL.finditer(text))


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_no_result_is_typed_into_prose(page):
    typed = [
        f"{page.name}:{number}: {line.strip()}"
        for number, line in enumerate(prose(page.read_text(encoding="utf-8")).splitlines(), 1)
        if TYPED.search(line) and page.stem != "install"  # a version of Python is not a result
    ]
    typed = [line for line in typed if "Python 3.11" not in line]
    assert not typed


@pytest.mark.parametrize("page", RUNNING, ids=name)
def test_a_decimal_in_inline_code_is_a_parameter_of_the_page(page):
    text = page.read_text(encoding="utf-8")
    parameters = code(text)
    inline = re.findall(r"(?<!\})`([^`]*\d\.\d[^`]*)`", CELL.sub("", IN_PAGE.sub("", text)))
    unknown = [v for literal in inline for v in re.findall(r"\d+\.\d+", literal) if v not in parameters]
    assert not unknown


def test_the_search_for_typed_results_finds_them():
    assert TYPED.search(prose("The error is 0.44 here."))
    assert TYPED.search(prose("in 79 % of the seeds"))
    assert not TYPED.search(prose("step `0.125`, {fact}`w1-mse`, $w = 0.5$ and [a](b-1.2.md)"))


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_a_formula_within_a_line_is_no_taller_than_the_line(page):
    """A fraction of two storeys is tiny there, or tears the lines apart: it has a slash."""
    inline = [formula for _, formula in mathml.FORMULA.findall(CELL.sub("", page.read_text(encoding="utf-8")))]
    assert [formula for formula in inline if re.search(r"\\(frac|sqrt)", formula)] == []


@pytest.mark.parametrize("page", LESSONS, ids=name)
@pytest.mark.parametrize(
    "part",
    [
        ":class: lesson-head",
        "**You will be able to**",
        "**You need**",
        "## Predict first",
        ":collapsible: closed",
        ":class: check",
        ":class: sentence",
        "{code-cell}",
    ],
)
def test_every_lesson_has_every_part(page, part):
    assert part in page.read_text(encoding="utf-8")


@pytest.mark.parametrize("page", LESSONS[:-1], ids=name)
def test_every_lesson_leads_to_the_next(page):
    following = LESSONS[LESSONS.index(page) + 1].name
    assert following in page.read_text(encoding="utf-8").rsplit("**Next:**", 1)[1]


@pytest.mark.parametrize("page", LESSONS, ids=name)
def test_a_lesson_takes_ten_minutes_at_most(page):
    assert 1 < roles.minutes(roles.with_figures(page.read_text(encoding="utf-8"), DOCS)) <= 10


def test_the_minutes_of_a_page_count_what_a_figure_asks_there():
    everything, less, none = "```{explorable} one-query\n```", "```{explorable} one-query\n:steps: 1\n```", ""
    last = "```{explorable} one-query\n:from: 4\n```"
    words = [len(roles.with_figures(text, DOCS).split()) for text in (everything, less, none, last)]
    assert words[0] > words[1] + 50 > words[2] + 100
    assert words[0] > words[3] + 50 > words[2] + 100


@pytest.mark.parametrize("page", RUNNING, ids=name)
def test_code_fits_the_column(page):
    shown = [cell[0] for cell in CELL.finditer(page.read_text(encoding="utf-8")) if "remove-cell" not in cell[0]]
    assert not [line for line in "\n".join(shown).splitlines() if len(line) > 88]


@pytest.mark.parametrize("page", RUNNING, ids=name)
def test_every_lesson_asserts_something(page):
    assert "assert " in code(page.read_text(encoding="utf-8"))


def test_the_way_on_home_is_that_of_the_contents():
    """Each part by its name, its first lesson, its numbers, and the minutes of these lessons and no others."""
    home = (DOCS / "index.md").read_text(encoding="utf-8")
    parts = re.findall(r':caption: "[IV]+  (.*)"\n\n((?:lessons/.*\n)+)', home)
    steps = re.findall(
        r"^\d\. \*\*\[(.*)\]\((.*)\.md\)\.\*\* Lessons (\d+) (?:to|and) (\d+), \{minutes\}`(.*)`", home, re.M
    )
    assert len(steps) == len(parts) == 4
    for (title, lessons), (name, first, least, most, counted) in zip(parts, steps):
        lessons = lessons.split()
        assert (name, first) == (title, lessons[0])
        assert [int(least), int(most)] == [int(lesson.split("/")[1][:2]) for lesson in (lessons[0], lessons[-1])]
        pages = sorted(page for pattern in counted.split() for page in DOCS.glob(f"{pattern}.md"))
        assert pages == [DOCS / f"{lesson}.md" for lesson in lessons]


def test_every_fact_is_used(facts):
    used = set()
    for page in [*PAGES, *(DOCS / "gallery").glob("*")]:
        text = page.read_text(encoding="utf-8")
        used |= set(re.findall(r"\{fact\}`([^`]+)`", text)) | set(re.findall(r"\{living\} (\S+)", text))
    assert used <= set(facts)
    tables = {key for key in facts if key.startswith("toy-")}  # one sum by hand, all of it
    assert set(facts) - used - tables == set()


# What the Chinese source explains, and the lesson that must have it.
SOURCE = [
    ("01", "import torch"),
    ("01", "x_train, _ = torch.sort(torch.rand(n_train"),
    ("01", "return 2 * torch.sin(x) + x**0.8"),
    ("01", "torch.normal(0.0, 0.5, (n_train,)"),
    ("01", "x_test = torch.arange(0, 5,"),
    ("01", "y_truth = f(x_test)"),
    ("01", "n_test = len(x_test)"),
    ("02", "plot_kernel_reg"),
    ("04", "X_repeat = x_test.repeat_interleave(n_train).reshape((-1, n_train))"),
    ("04", "nn.functional.softmax(-((X_repeat - x_train) ** 2) / 2, dim=1)"),
    ("04", "y_hat = attention_weights @ y_train"),
    ("05", "show_heatmaps"),
    ("06", "squeeze"),
    ("07", "X = torch.ones((2, 1, 4))"),
    ("07", "Y = torch.ones((2, 4, 6))"),
    ("07", "weights = torch.ones((2, 10)) * 0.1"),
    ("07", "values = torch.arange(20.0).reshape((2, 10))"),
    ("08", "class NWKernelRegression(nn.Module):"),
    ("08", "super().__init__(**kwargs)"),
    ("08", "nn.Parameter(torch.rand((1,), requires_grad=True))"),
    ("08", "queries.repeat_interleave(keys.shape[1]).reshape((-1, keys.shape[1]))"),
    ("09", "X_tile = x_train.repeat((n_train, 1))"),
    ("09", "Y_tile = y_train.repeat((n_train, 1))"),
    ("09", "(1 - torch.eye(n_train)).type(torch.bool)"),
    ("10", "nn.MSELoss(reduction='none')"),
    ("10", "torch.optim.SGD(net.parameters(), lr=0.5)"),
    ("10", "trainer.zero_grad()"),
    ("10", "l.sum().backward()"),
    ("10", "trainer.step()"),
    ("11", "keys = x_train.repeat((n_test, 1))"),
    ("11", ".detach()"),
]


@pytest.mark.parametrize(("number", "line"), SOURCE)
def test_every_step_of_the_source_is_there(number, line):
    (page,) = [lesson for lesson in LESSONS if lesson.name.startswith(number)]
    text, wanted = ("".join(part.split()) for part in (page.read_text(encoding="utf-8"), line))
    assert wanted in text, "broken lines do not count"


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_an_index_stands_beside_what_has_a_hat(page):
    """docutils sets the i of \\hat{y}_i below the y, and that of \\hat{y_i} beside it."""
    assert re.findall(r"\\hat(?:\{\w+\}|\s*\w)\}?_", page.read_text(encoding="utf-8")) == []
