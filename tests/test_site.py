"""The built site, page by page: links, ids, words for pictures, the policy, notebooks with the code of their pages."""

import os
import re
from functools import cache
from pathlib import Path
from urllib.parse import unquote, urlsplit

import nbformat
import notebooks
import pytest
from bs4 import BeautifulSoup
from conftest import DOCS, SITE, english_pages
from execution import read_notebook
from html5lib import HTMLParser
from page_sizes import size_of

pytestmark = pytest.mark.site
PAGES = english_pages()  # what is the same in Chinese is looked at in test_languages.py
FOLDER = urlsplit(os.environ.get("NWLESSON_SITE_URL", "")).path.rstrip("/") + "/"
NOTEBOOKS = sorted((SITE / "notebooks").rglob("*.ipynb"))


def name(path):
    return str(path.relative_to(SITE))


@pytest.fixture(scope="module", params=PAGES, ids=name)
def page(request):
    """Each page of the site. It belongs to the module, so that all tests of a page come one after the other."""
    return request.param


@pytest.fixture(scope="module")
def html(page):
    """The page as a browser reads it, read once for all its tests."""
    return BeautifulSoup(page.read_text(encoding="utf-8"), "html5lib")


def test_it_is_valid(page):
    """Or each reader of HTML would mend it in its own way."""
    HTMLParser(strict=True).parse(page.read_text(encoding="utf-8"))


@cache
def ids(page):
    return set(re.findall(r'\sid="([^"]*)"', page.read_text(encoding="utf-8")))


def test_the_site_is_there():
    assert len([p for p in PAGES if p.parent.name == "lessons"]) == len(list(DOCS.glob("lessons/*.md"))) >= 11
    assert len(PAGES) > 50, "run make html first"


def test_links_lead_somewhere(page, html):
    broken = []
    for tag in html.find_all(["a", "link", "script", "img"]):
        address = urlsplit(tag.get("href") or tag.get("src") or "")
        if address.scheme or address.netloc or not (address.path or address.fragment):
            continue
        target = (page.parent / unquote(address.path)).resolve() if address.path else page
        if page.name == "404.html":  # shown at any depth: its addresses begin with the folder of the site
            target = SITE / unquote(address.path).removeprefix(FOLDER)
        if not target.exists() or (
            address.fragment and target.suffix == ".html" and unquote(address.fragment) not in ids(target)
        ):
            broken.append(address.geturl())
    assert not broken


def test_ids_are_unique(html):
    found = [tag["id"] for tag in html.find_all(id=True)]
    assert sorted(found) == sorted(set(found))


def test_references_inside_pictures_find_their_target(page):
    used = set(re.findall(r'(?:url\(|xlink:href=")#([^")]+)', page.read_text(encoding="utf-8")))
    assert used <= ids(page)


def test_every_picture_has_words(html):
    """Except a thumbnail, an ornament beside the link that says what it leads to."""
    for picture in html.select('.figure-svg svg, img, [role="img"]'):
        if picture.get("aria-hidden") == "true" and picture.find_parent(class_="sphx-glr-thumbcontainer"):
            continue
        words = picture.get("aria-label") or picture.get("alt") or ""
        assert len(words) > 20
        assert words.lower() not in {"plot", "figure", "image"}


def test_nothing_runs_or_is_styled_or_comes_from_elsewhere(html):
    """A host may forbid it, as the page itself does: no script or style but files of this site, no handlers.

    The policy that stands on every page is what keeps other hosts out; test_browser.py sees that no page asks for any.
    """
    assert [tag for tag in html.find_all("script") if not tag.get("src") or tag.get_text(strip=True)] == []
    assert html.find_all("style") == []
    assert [
        (tag.name, key) for tag in html.find_all(True) for key in tag.attrs if key == "style" or key[:2] == "on"
    ] == []
    (policy,) = [tag["content"] for tag in html.select('head > meta[http-equiv="Content-Security-Policy"]')]
    assert policy.startswith("default-src 'self'; ") and "script-src" not in policy
    assert {word for part in policy.split("; ") for word in part.split()[1:]} <= {"'self'", "'none'", "data:"}


def test_head_is_complete(page, html):
    assert html.html["lang"] == "en"
    assert html.title.get_text(strip=True)
    if page.name not in {"404.html", "genindex.html", "search.html"}:
        description = html.find("meta", attrs={"name": "description"})["content"]
        assert 20 < len(description) < 170
        card = {tag["property"]: tag["content"] for tag in html.select("meta[property]")}
        assert card["og:description"] == description
        assert html.title.get_text(strip=True).startswith(card["og:title"]) or page == SITE / "index.html"


def test_formulas_are_mathml(parsed):
    html = parsed("lessons/03-who-is-near-me.html")
    formulas = html.find_all("math")
    assert len(formulas) > 10
    assert not re.search(r"\\(frac|sum|exp)|\$", html.article.get_text()), "TeX is left in the text"
    assert (SITE / "_static" / "math.woff2").stat().st_size < 16_000


def test_the_font_of_formulas_is_asked_for_at_once_where_there_are_any(page, html):
    """A formula that gets its font after it was drawn grows and pushes the page down; lesson 15 moved by 9 pixels."""
    asked = [link["href"] for link in html.select('link[rel="preload"][as="font"]')]
    assert len(asked) == bool(html.find("math"))
    assert all((page.parent / href).resolve() == SITE / "_static" / "math.woff2" for href in asked)


@pytest.mark.parametrize("folder", ["", "zh/"], ids=["English", "Chinese"])
def test_columns_of_numbers_are_marked_and_no_others(parsed, folder):
    tables = {
        "lessons/16-how-far-does-it-scale": [False, True, True, True],
        "lessons/11-did-training-help": [False, True, True, True, True],
        "lessons/15-from-1964-to-transformers": [False, True, False, True, True],
    }
    for page, wanted in tables.items():
        rows = parsed(f"{folder}{page}.html").select_one("table.docutils").select("tr")
        assert [["number" in cell.get("class", []) for cell in row.select("th, td")] for row in rows] == (
            len(rows) * [wanted]
        )


@pytest.mark.parametrize("folder", ["", "zh/"], ids=["English", "Chinese"])
def test_no_line_ends_between_a_button_and_the_mark_behind_it(parsed, folder):
    buttons = parsed(f"{folder}play/index.html").select("[data-set]")
    behind = [str(button.next_sibling or "")[:1] for button in buttons]
    held = [mark for mark, button in zip(behind, buttons) if "whole" in button.parent.get("class", [])]
    assert len(buttons) > 40 and [mark for mark in behind if mark in set("，。；：？！、,.;:?!)）") - {""}] == held
    assert bool(held) == bool(folder), "only Chinese has such marks, and no space before what follows"


def test_figures_follow_the_page_colours(parsed):
    svg = parsed("lessons/02-average-pooling.html").select_one(".figure-svg svg")
    text = str(svg)
    assert "var(--role-truth)" in text
    assert "currentColor" in text
    assert "#000000" not in text
    assert "style=" not in text


def test_in_the_code_of_the_gallery_functions_lead_to_their_documentation_and_variables_do_not(parsed):
    script = parsed("examples/plot_one_query.html")
    assert script.select("pre a[class*=sphx-glr-backref]")
    assert not script.select(".sphx-glr-backref-instance")


def test_code_is_linked_to_its_documentation(parsed):
    html = parsed("lessons/07-many-small-products.html")
    links = {a["title"]: a["href"] for a in html.select("a.code-link")}
    assert links["torch.bmm"].endswith("torch.bmm.html")
    assert links["torch.Tensor.unsqueeze"].endswith("torch.Tensor.unsqueeze.html")
    lesson = parsed("lessons/02-average-pooling.html")
    assert lesson.select_one('a.code-link[title="make_data"]')["href"].startswith("../reference/generated/")


# Notebooks


def executed_pages():
    pages = sorted(page for folder in ("lessons", "practice", "teach") for page in (DOCS / folder).glob("*.md"))
    return [page for page in pages if "file_format: mystnb" in page.read_text(encoding="utf-8")]


every_executed_page = pytest.mark.parametrize("source", executed_pages(), ids=lambda path: path.stem)


@every_executed_page
def test_every_executed_page_offers_its_notebook(parsed, source):
    folder = source.parent.name
    html = parsed(f"{folder}/{source.stem}.html")
    link = html.select_one(".notebook-links a[download], .deck-links a[download]")
    assert (SITE / folder / link["href"]).resolve() == SITE / "notebooks" / folder / f"{source.stem}.ipynb"
    if folder != "teach":
        hosted = bool(os.environ.get("NWLESSON_REPOSITORY_URL"))
        assert ("Colab" in html.select_one(".notebook-links").get_text()) == hosted


def code(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code" and cell.get("id") != "needs"]


@every_executed_page
def test_a_notebook_has_the_code_that_the_build_has_run(source):
    """All of it, in its order, but for the solutions of exercises; so it need not be run once more."""
    notebook = nbformat.read(SITE / "notebooks" / source.parent.name / f"{source.stem}.ipynb", as_version=4)
    told = [cell for cell in code(read_notebook(source)) if "solution" not in cell.metadata.get("tags", ())]
    assert [cell.source for cell in code(notebook)] == [notebooks.code_cell(cell, "a").source for cell in told] != []


def test_a_notebook_runs_at_home(parsed):
    path = SITE / "notebooks" / "lessons" / "03-who-is-near-me.ipynb"
    namespace: dict = {}
    for cell in code(nbformat.read(path, as_version=4)):
        exec(compile(cell.source, str(path), "exec"), namespace)
    assert f"{namespace['answer']:.2f}" in parsed("lessons/03-who-is-near-me.html").get_text()


@pytest.mark.parametrize("path", NOTEBOOKS, ids=name)
def test_notebooks_are_valid_and_plain(path):
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    assert "needs" in {cell.get("id") for cell in notebook.cells[:2]}, "nothing installs the package"
    text = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    assert not re.search(r"\{(fact|minutes|query|key|cite|term|zh|admonition)\}", text)
    assert ":::" not in text
    assert not [cell for cell in notebook.cells if cell.cell_type == "code" and cell.get("outputs")]


def links(path):
    """Where the text of a notebook leads; a bracket in a formula is none."""
    for cell in nbformat.read(path, as_version=4).cells:
        if cell.cell_type == "markdown":
            yield from re.findall(r"\]\(([^)]+)\)|`[^`]* <([^>]+)>`", re.sub(r"\$[^$]+\$", "", cell.source))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=name)
def test_links_in_notebooks_are_addresses_and_lead_to_the_pages(path):
    """For the notebook will lie in another folder."""
    found = ["".join(groups) for groups in links(path)]
    assert [address for address in found if not address.startswith(("http://", "https://"))] == []
    ours = os.environ.get("NWLESSON_SITE_URL", "").rstrip("/") + "/"
    if ours != "/":
        here = [unquote(urlsplit(address.removeprefix(ours)).path) for address in found if address.startswith(ours)]
        assert here
        assert [page for page in here if not (SITE / page).is_file()] == []


def test_every_page_is_light_enough_for_a_phone():
    """At load, after gzip, with its styles, scripts and fonts; the 404 page finds its files by the site's address.

    Scripts are for explorables, and for the search, which brings its index.
    """
    sizes = [size_of(page, SITE) for page in SITE.rglob("*.html") if page.name != "404.html"]
    assert [(size.page, size.total) for size in sizes if size.total > 100_000] == []
    assert [(size.page, size.requests) for size in sizes if size.requests > 12] == []
    explored = {size.page for size in sizes if "data-explorable" in (SITE / size.page).read_text(encoding="utf-8")}
    explored |= {Path("search.html"), Path("zh", "search.html")}
    assert [(s.page, s.script) for s in sizes if s.script > 15_000 and s.page not in explored] == []
