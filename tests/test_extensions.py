"""The build's own machinery, piece by piece."""

import base64
import doctest
import io
import re
import shutil
from types import SimpleNamespace

import cards
import code_links
import docstrings
import doctests
import figures
import inventories
import mathml
import matplotlib.pyplot as plt
import notebooks
import numpy as np
import pytest
import roles
from bs4 import BeautifulSoup
from cards import pictures
from conftest import DOCS, ROOT, build_small_site
from docutils import nodes
from gallery import OrderOfLessons
from matplotlib.patches import Ellipse
from notebooks.markdown import Links
from PIL import Image
from sphinx.util.inventory import InventoryFile

import nwlesson


def test_a_doctest_on_a_page_fails_with_file_and_line(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("# Title\n\n```pycon\n>>> 1 + 1\n3\n\n```\n", encoding="utf-8")
    (test,) = doctests.page_tests(page)
    report = []
    doctest.DocTestRunner(verbose=False).run(test, out=report.append)
    assert f'File "{page}", line 4' in "".join(report)


def test_blocks_of_a_page_share_their_names(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("```pycon\n>>> a = 1\n\n```\n\ntext\n\n```pycon\n>>> a + 1\n2\n\n```\n", encoding="utf-8")
    runner = doctest.DocTestRunner(verbose=False)
    for test in doctests.page_tests(page):
        assert runner.run(test, clear_globs=False).failed == 0


def test_doctests_cover_modules_and_pages():
    assert len(doctests.module_tests()) >= 24
    assert sum(len(doctests.page_tests(page)) for page in doctests.pages(DOCS)) >= 5


def test_only_pages_that_people_wrote_are_read(tmp_path):
    for name in "index.md", "lessons/1.md", "_build/html/old.md":
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x", encoding="utf-8")
    assert [p.name for p in doctests.pages(tmp_path)] == ["index.md", "1.md"]


def test_a_figure_keeps_its_description_in_the_file():
    fig, ax = plt.subplots()
    ax.plot([0, 1])
    svg = figures.to_svg(nwlesson.describe(fig, "One line & <rising>."))
    assert figures.description(svg) == "One line & <rising>."
    assert figures.description(figures.to_svg(plt.figure())) == ""


@pytest.mark.slow
@pytest.mark.parametrize("colours", [40, 3000], ids=["few", "many"])
def test_a_heat_map_takes_fewer_bytes_and_keeps_every_colour(monkeypatch, colours):
    dice = np.random.default_rng(0)
    shades = dice.integers(colours, size=(40, 50)) if colours < 256 else dice.random((40, 50, 3))

    def picture():
        fig, ax = plt.subplots()
        ax.imshow(shades, cmap="Greys", interpolation="nearest")
        return figures.PNG.search(figures.to_svg(nwlesson.describe(fig, "Shades.")))[1]

    ours = picture()
    monkeypatch.setattr(figures, "_with_palette", lambda match: match[0])
    plain = picture()
    pixels = [np.asarray(Image.open(io.BytesIO(base64.b64decode(text))).convert("RGBA")) for text in (ours, plain)]
    assert np.array_equal(*pixels)
    assert (len(ours) < 0.8 * len(plain)) == (colours < 256)


@pytest.mark.parametrize("side, anchor", [("left", None), ("center", "middle"), ("right", "end")])
def test_the_lines_of_a_text_stay_aligned_whatever_font_and_language_the_reader_has(side, anchor):
    fig = plt.figure(figsize=(4, 3))
    fig.text(0.5, 0.5, "many letters\nfew", ha=side)
    svg = figures.inline(figures.to_svg(nwlesson.describe(fig, "Two lines.")), "p-", "Two lines.")
    lines = BeautifulSoup(svg, "html5lib").find_all("text")
    assert [line.text for line in lines] == ["many letters", "few"]
    assert [line.get("text-anchor") for line in lines] == [anchor] * 2
    if anchor:
        assert [float(line["x"]) for line in lines] == pytest.approx([144, 144], abs=0.5), "the middle of 4 inches"


def test_a_picture_of_the_gallery_without_words_is_refused_by_the_name_of_its_script(tmp_path):
    block = {"src_file": "gallery/plot_a.py", "image_path_iterator": iter([tmp_path / "a.png"])}
    plt.figure()
    with pytest.raises(ValueError, match=r"^gallery/plot_a\.py: this picture has no description"):
        figures.scraper(None, block, {"src_dir": tmp_path})


def test_two_equal_figures_on_a_page_share_no_id():
    fig, ax = plt.subplots()
    ax.plot([0, 1], "o")
    svg = figures.to_svg(nwlesson.describe(fig, "Two dots."))
    first, second = (figures.inline(svg, prefix, "Two dots.") for prefix in ("page-0-", "page-1-"))
    ids = [set(re.findall(r'\bid="([^"]+)"', text)) for text in (first, second)]
    assert ids[0]
    assert not ids[0] & ids[1]
    for text, found in zip((first, second), ids):
        assert set(re.findall(r'(?:url\(|href=")#([^")]+)', text)) <= found


def test_an_inlined_figure_takes_the_colours_of_the_page():
    fig, ax = plt.subplots()
    ax.plot([0, 1], color=nwlesson.COLOURS["key"])
    text = figures.inline(figures.to_svg(nwlesson.describe(fig, "A line.")), "p-", 'say "hello"')
    assert 'stroke="var(--role-key)"' in text
    assert "style=" not in text
    assert 'role="img"' in text
    assert "say &quot;hello&quot;" in text
    assert "#000000" not in text
    assert "<text" in text, "text stays text, for readers and translators"
    assert "font-family" not in text, "the font is that of the page"
    assert "<style" not in text and "<metadata" not in text
    assert BeautifulSoup(text, "html5lib").svg["fill"] == "currentColor", "matplotlib leaves black fills out"
    paths = " ".join(re.findall(r'\bd="([^"]*)"', text))
    assert max(map(len, re.findall(r"\.(\d+)", paths))) == 2, "a hundredth of a point"
    places = re.findall(r'<(?:text|use)[^>]* x="([^"]+)" y="([^"]+)"', text)
    assert max(len(number.partition(".")[2]) for place in places for number in place) == 2
    assert "rotate(-0" not in text, "level words need no turning"


def test_a_dot_of_a_cloud_is_written_as_a_circle():
    """Where it was and as large; an ellipse stays a path."""
    fig, ax = plt.subplots()
    ax.scatter([0, 1], [0, 1], s=[36, 400], linewidth=0)
    ax.add_patch(Ellipse((0.5, 0.5), 0.1, 0.3))
    svg = figures.to_svg(nwlesson.describe(fig, "Two dots."))
    page = BeautifulSoup(figures.inline(svg, "p-", "Two dots."), "html5lib")
    found = [[float(circle[name]) for name in ("cx", "cy", "r")] for circle in page.select("circle")]
    assert [round(2 * r) for _, _, r in found] == [6, 20], "s is the square of the diameter"
    paths = [list(map(float, re.findall(r"-?[\d.]+", d))) for d in re.findall(r'<path d="([^"]*C[^"]*)"', svg)]
    assert len(paths) == len(found) + 1 and len(page.select('path[d*="C"]')) == 1
    boxes = [(min(p[::2]), max(p[::2]), min(p[1::2]), max(p[1::2])) for p in paths if len(set(p)) > 8]
    dots = [box for box in boxes if box[1] - box[0] == pytest.approx(box[3] - box[2], abs=0.01)]
    for box, (x, y, r) in zip(dots, found, strict=True):
        assert box == pytest.approx((x - r, x + r, y - r, y + r), abs=0.02)


def test_palette_sheet_has_every_role_for_light_and_dark(tmp_path):
    class App:
        class config:
            lesson_build = str(tmp_path)

    (tmp_path / "static").mkdir()
    roles.write_palette(App)
    css = (tmp_path / "static" / "palette.css").read_text(encoding="utf-8")
    for role, colour in nwlesson.palette.PALETTE.items():
        assert f"--role-{role}:{colour.light};" in css
        assert css.count(f"--role-{role}:{colour.dark};") == 2


def test_reading_time_does_not_count_what_is_hidden():
    hidden = "```{code-cell}\n:tags: [remove-cell]\n" + "word " * 5000 + "\n```\n"
    assert roles.minutes("word " * 5 * roles.WORDS_PER_MINUTE) == 5
    assert roles.minutes("word " * 5 * roles.WORDS_PER_MINUTE + "\n" + hidden) == 5
    assert roles.minutes("{term}`word <a term of many words>` " * 5 * roles.WORDS_PER_MINUTE) == 5


def test_even_the_shortest_page_takes_a_minute():
    assert roles.minutes("Two words") == 1


def test_a_page_is_described_by_its_first_sentences_cut_between_words():
    def described(text):
        return cards.first_sentences(nodes.section("", nodes.paragraph("", text)))

    assert described("Short  and\nsweet.") == "Short and sweet."
    long = described("word " * 100)
    assert len(long) <= 157 and set(long.removesuffix(" …").split()) == {"word"} and long.endswith(" …")


def test_inventories_are_read_by_sphinx(tmp_path):
    path = inventories.write_inventory("torch", {"torch.bmm": ["py:function", "generated/torch.bmm.html"]}, tmp_path)
    with open(path, "rb") as file:
        inventory = InventoryFile.load(file, "https://x.test", lambda base, uri: f"{base}/{uri}")
    assert inventory["py:function"]["torch.bmm"].uri == "https://x.test/generated/torch.bmm.html"


CODE = '<span class="n">torch</span><span class="o">.</span><span class="n">bmm</span>'


def test_the_longest_known_name_is_linked():
    table = {"torch.bmm": "t.html"}
    assert code_links.link(CODE, table) == f'<a class="code-link" href="t.html" title="torch.bmm">{CODE}</a>'
    assert code_links.link(CODE, table | {"torch": "all.html"}) == code_links.link(CODE, table)
    torch, rest = CODE.split('<span class="o">', 1)
    linked = f'<a class="code-link" href="all.html" title="torch">{torch}</a><span class="o">{rest}'
    assert code_links.link(CODE, {"torch": "all.html"}) == linked
    assert code_links.link(CODE, {}) == CODE


def test_tensor_methods_are_linked_and_own_names_are_not():
    call = '<span class="n">x</span><span class="o">.</span><span class="n">repeat</span><span class="p">(</span>'
    table = {"torch.Tensor.repeat": "m.html", "make_data": "d.html"}
    assert 'title="torch.Tensor.repeat"' in code_links.link(call, table)
    own = '<span class="nf">make_data</span> <span class="n">make_data</span>'
    assert code_links.link(own, table) == own
    own_method = '<span class="nf">repeat</span> ' + call
    assert code_links.link(own_method, table) == own_method


def test_short_module_names_are_spelt_out():
    html = '<span class="n">nn</span><span class="o">.</span><span class="n">Parameter</span>'
    assert 'title="torch.nn.Parameter"' in code_links.link(html, {"torch.nn.Parameter": "p.html"})


@pytest.mark.parametrize(
    ("myst", "plain"),
    [
        ("{fact}`a` and {key}`keys`", "1.5 and keys"),
        ("the {term}`kernel`, *{term}`overfits <overfitting>`* and {zh}`查询`", "the kernel, *overfits* and 查询"),
        ("{term}`Nadaraya–Watson\nkernel regression`", "Nadaraya–Watson\nkernel regression"),
        ("(label)=\n# Title", "# Title"),
        (":::{admonition} Title\n:class: check\n\nText {fact}`a`.\n:::", "**Title**\n\n\nText 1.5.\n"),
        ("[next](04-b.md#c)", "[next](https://x.test/lessons/04-b.html#c)"),
        ("[all\n`x[0]`](../examples/index.rst)", "[all\n`x[0]`](https://x.test/examples/index.html)"),
        ("[out](https://x.test/a.md)", "[out](https://x.test/a.md)"),
        (
            "![](../examples/images/sphx_glr_plot_a_001.svg)",
            "[The picture on the site](https://x.test/examples/plot_a.html)",
        ),
        ("```{explorable} a-b\n```", "[A figure to try, on the site](https://x.test/lessons/03-a.html#explore-a-b)\n"),
        ("{cite}`watson1964`", "([bibliography](https://x.test/reference/bibliography.html))"),
        ("{minutes}`lessons/03-a`", "A few minutes"),
        ("{py:func}`~torch.bmm` and {py:func}`this <torch.bmm>`", "`torch.bmm` and `this`"),
        (
            ":::{admonition} Solution\n:class: solution\n\nSo.\n:::",
            "[The solution](https://x.test/lessons/03-a.html) is on the page.\n",
        ),
    ],
)
def test_notebook_text_is_plain_markdown(myst, plain):
    assert notebooks.plain(myst, {"a": "1.5"}, "lessons/03-a", Links("https://x.test/", {}, {})) == plain


@pytest.mark.parametrize(
    ("myst", "plain"),
    [
        ("[lesson 4](04-b.md#c)", "lesson 4 (*All at\nonce*)"),
        ("[all  at once](../lessons/04-b.md)", "all  at once"),
        ("[above](#top) and [the\n`x[0]`](03-a.md)", "above and the\n`x[0]`"),
        ("[9a](#exercise-9a)", "9a (*Exercises*)"),
        ("[out](https://x.test/a.md)", "[out](https://x.test/a.md)"),
        (":::{admonition} Solution\n:class: solution\n\nSo.\n:::", "The solution is on the page.\n"),
    ],
)
def test_where_the_site_has_no_address_a_notebook_names_the_page(myst, plain):
    titles = {"lessons/04-b": "All at\nonce", "practice/e": "Exercises", "lessons/03-a": "This one"}
    links = Links("", titles, {"exercise-9a": "practice/e.html#exercise-9a"})
    assert notebooks.plain(myst, {}, "lessons/03-a", links) == plain


def test_a_folded_answer_stays_folded_in_the_notebook():
    myst = ":::{admonition} Ask\n\nWhy?\n\n```{admonition} Answer\n:collapsible: closed\n\nSo.\n```\n:::"
    text = notebooks.plain(myst, {}, "lessons/03-a", Links("", {}, {}))
    assert "<details><summary>Answer</summary>" in text
    assert "```" not in text


def test_a_notebook_installs_what_its_code_imports():
    def cells(source):
        return [notebooks.nbformat.v4.new_markdown_cell("from sklearn"), notebooks.nbformat.v4.new_code_cell(source)]

    assert notebooks.packages(cells("import torch")) == {"torch": "torch", "matplotlib": "matplotlib"}
    assert notebooks.packages(cells("from sklearn.datasets import load_iris"))["sklearn"] == "scikit-learn"


def test_formulas_become_mathml_and_bad_ones_are_reported(monkeypatch):
    assert "<mfrac>" in mathml.convert(nodes.math("", r"\frac{1}{2}"))
    assert mathml.convert(nodes.math("", "1/|w|")).count('lspace="0" rspace="0"') == 3, "no gaps as between operators"
    assert mathml.convert(nodes.math("", r"\|x\|^2")).count('stretchy="false"') == 2, "both bars of one height"
    reported = []
    monkeypatch.setattr(mathml.logger, "warning", lambda *args, **kwargs: reported.append(args))
    assert mathml.convert(nodes.math("", r"\nosuchcommand x")) == ""
    assert reported


def test_the_formula_font_has_what_the_formulas_show(tmp_path):
    (tmp_path / "lessons").mkdir()
    (tmp_path / "lessons" / "a.md").write_text(
        r"$x_i$ and $$\sum_{j} \alpha_j$$ by $\sqrt{d}$ but `$y$`", encoding="utf-8"
    )
    (tmp_path / "explorables" / "b").mkdir(parents=True)
    (tmp_path / "explorables" / "b" / "b.md").write_text(r"$h \ge \beta$", encoding="utf-8")
    used = mathml.used_characters(tmp_path)
    assert set("x∑α√") <= set(used)
    assert set("ℎ𝛽≥0123456789") <= set(used)
    assert "𝑥" in used  # shown in italics
    assert "𝛼" in used


def test_a_page_names_every_error_of_its_docstring():
    def raises():
        """Raises
        ------
        TypeError, ValueError
            If it is wrong.
        """

    lines = [":raises TypeError: If it is wrong.", ""]  # what napoleon makes of it
    docstrings.keep_all_errors(None, "function", "raises", raises, None, lines)
    assert lines == [":raises TypeError or ValueError: If it is wrong.", ""]


@pytest.mark.slow
def test_two_equal_figures_are_the_same_file():
    def svg():
        fig, ax = plt.subplots()
        ax.plot([0, 1], "o")
        return figures.to_svg(nwlesson.describe(fig, "Two dots."))

    assert svg() == svg()


@pytest.mark.slow
def test_a_card_is_its_figure_on_white_paper_in_the_colours_of_the_page():
    fig = plt.figure(figsize=(4.8, 3.4))
    fig.add_axes([0, 0, 1, 1]).add_patch(plt.Rectangle((0, 0), 1, 1, color="red", alpha=0.25, linewidth=0))
    fig.axes[0].axis("off")
    card = pictures.card(fig).convert("RGB")
    plt.close(fig)
    assert card.size == (1200, 630)
    middle, corner = card.getpixel((600, 315)), card.getpixel((5, 5))
    assert corner == (255, 255, 255)
    assert middle == pytest.approx((255, 191, 191), abs=3), "a quarter of red on white"


@pytest.mark.parametrize(
    ("page", "script"),
    [
        ("lessons/13-choosing-the-width", "plot_more_data"),
        ("index", "plot_idea"),  # in its explorable
        ("examples/plot_bmm", "plot_bmm"),
        ("practice/index", None),
        ("reference/generated/nwlesson.make_data", None),
    ],
)
def test_the_card_of_a_page_shows_its_first_picture(page, script):
    assert cards.first_picture(SimpleNamespace(srcdir=DOCS), page) == script


def test_the_gallery_is_in_the_order_of_the_lessons():
    scripts = [path.name for path in (DOCS / "gallery").glob("plot_*.py")]
    assert sorted(scripts, key=OrderOfLessons(""))[:2] == ["plot_draw_it_yourself.py", "plot_fifty_points.py"]
    assert sorted([*scripts, "plot_a.py"], key=OrderOfLessons(""))[-1] == "plot_a.py", "shown nowhere, it comes last"


def test_a_formula_of_its_own_is_set_as_a_block():
    assert 'display="block"' in mathml.convert(nodes.math_block("", "x"))


def explorable_project(folder, words):
    """Build a page with one explorable as HTML and as a catalogue for translators; return both and the warnings."""
    docs = folder / "docs"
    shutil.copytree(DOCS / "explorables" / "shared", docs / "explorables" / "shared")
    (docs / "explorables" / "a").mkdir()
    picture = figures.to_svg(nwlesson.describe(plt.figure(), "Nothing yet."))
    (docs / "a.svg").write_text(picture, encoding="utf-8")
    (docs / "explorables" / "a" / "a.md").write_text(
        f"**Why?**\n\n![](/a.svg)\n\n1. Press {{try}}`here <w=1&x=2>`.\n\n```{{words}}\n:controls: 2\n\n{words}\n```\n",
        encoding="utf-8",
    )
    (docs / "explorables" / "shared" / "common.md").write_text(
        "```{words}\nwait: Wait.\nreset: Again\n```\n", encoding="utf-8"
    )
    (docs / "index.md").write_text("# Page\n\n```{explorable} a\n```\n\n```{explorable} b\n```\n", encoding="utf-8")
    (docs / "conf.py").write_text("", encoding="utf-8")
    warnings = ""
    for builder in "html", "gettext":
        settings = {
            "extensions": ["myst_nb", "explorables"],
            "exclude_patterns": ["explorables"],
            "lesson_build": str(folder),
        }
        warnings += build_small_site(docs, folder / builder, folder / f"{builder}-trees", builder, settings)
    return (
        (folder / "html" / "index.html").read_text(encoding="utf-8"),
        (folder / "gettext" / "index.pot").read_text(encoding="utf-8"),
        warnings,
    )


MYST = pytest.mark.filterwarnings("ignore::sphinx.deprecation.RemovedInSphinx11Warning")  # it asks in an old way


@pytest.mark.slow
@MYST
def test_an_explorable_has_its_words_where_translators_and_scripts_find_them(tmp_path):
    html, catalogue, warnings = explorable_project(tmp_path, "x: the query\nsum-up: At {x} it is {y}.")
    page = BeautifulSoup(html, "html5lib")
    root = page.select_one("section.explorable#explore-a[data-explorable=a]")
    assert page.find(id=root["aria-labelledby"]).get_text() == "Why?"
    words = root.select_one(".explorable-words[hidden]")
    assert {word["class"][0]: word.get_text() for word in words.find_all("p")} == {
        "word-x": "the query",
        "word-sum-up": "At {x} it is {y}.",
        "word-reset": "Again",
    }
    assert len(root.select(".explorable-controls .control")) == 2
    assert root.select_one("[data-set]")["data-set"] == "w=1&x=2"
    assert root.select_one(".explorable-static img, .explorable-static svg")
    assert len(page.select('script[defer][src*="explorables/shared/load.js"]')) == 1
    for text in "**Why?**", "the query", "At {x} it is {y}.", "Again", "Wait.", "Press {try}`here <w=1&x=2>`.":
        assert f'msgid "{text}"' in catalogue
    assert "unknown explorable 'b'" in warnings


@pytest.mark.slow
@MYST
def test_a_word_without_a_key_is_an_error_with_its_text(tmp_path):
    _, _, warnings = explorable_project(tmp_path, "the query")
    assert "must be lines `key: text`, but one is 'the query'" in warnings


def test_every_extension_says_why_no_library_does_it():
    folder = ROOT / "docs" / "_ext"
    for path in [*folder.glob("*.py"), *folder.glob("*/__init__.py")]:
        assert "Why no library:" in path.read_text(encoding="utf-8"), path
