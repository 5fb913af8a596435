"""The built site, page by page: links, ids, words for pictures, no other host, notebooks that run."""

import json
import os
import re
from functools import cache
from urllib.parse import unquote, urlsplit

import nbformat
import pytest
from bs4 import BeautifulSoup
from conftest import DOCS, SITE

PAGES = sorted(SITE.rglob("*.html"))
FOLDER = urlsplit(os.environ.get("NWLESSON_SITE_URL", "")).path.rstrip("/") + "/"
NOTEBOOKS = sorted((SITE / "notebooks").rglob("*.ipynb"))


def name(path):
    return str(path.relative_to(SITE))


@cache
def parse(page):
    return BeautifulSoup(page.read_text(), "html5lib")


@cache
def ids(page):
    return {tag["id"] for tag in parse(page).find_all(id=True)}


def test_the_site_is_there():
    assert len([p for p in PAGES if p.parent.name == "lessons"]) == len(list(DOCS.glob("lessons/*.md"))) >= 11
    assert len(PAGES) > 50, "run make html first"


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_links_lead_somewhere(page):
    broken = []
    for tag in parse(page).find_all(["a", "link", "script", "img"]):
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


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_ids_are_unique(page):
    found = [tag["id"] for tag in parse(page).find_all(id=True)]
    assert sorted(found) == sorted(set(found))


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_references_inside_pictures_find_their_target(page):
    used = set(re.findall(r'(?:url\(|xlink:href=")#([^")]+)', page.read_text()))
    assert used <= ids(page)


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_picture_has_words(page):
    for picture in parse(page).select('.figure-svg svg, img, [role="img"]'):
        words = picture.get("aria-label") or picture.get("alt") or ""
        assert len(words) > 20
        assert words.lower() not in {"plot", "figure", "image"}


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_nothing_is_asked_from_another_host(page):
    text = page.read_text()
    loaded = [tag.get("src") or tag.get("href") for tag in parse(page).find_all(["script", "img", "iframe", "source"])]
    loaded += [tag["href"] for tag in parse(page).find_all("link") if tag.get("rel") != ["canonical"]]
    assert [url for url in loaded if url and urlsplit(url).netloc] == []
    assert not re.search(r"@import|url\(\s*['\"]?https?:", text)


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_nothing_runs_or_is_styled_from_inside_a_page(page):
    """A host may forbid it, as the page itself does: no script or style but files, no handlers in attributes."""
    html = parse(page)
    assert [tag for tag in html.find_all("script") if not tag.get("src") or tag.get_text(strip=True)] == []
    assert html.find_all("style") == []
    assert [
        (tag.name, key) for tag in html.find_all(True) for key in tag.attrs if key == "style" or key[:2] == "on"
    ] == []
    (policy,) = [tag["content"] for tag in html.select('head > meta[http-equiv="Content-Security-Policy"]')]
    assert policy.startswith("default-src 'self'; ") and "unsafe" not in policy and "script-src" not in policy


@pytest.mark.parametrize("sheet", sorted((SITE / "_static").rglob("*.css")), ids=name)
def test_style_sheets_ask_no_other_host(sheet):
    assert not re.search(r"url\(\s*['\"]?(https?:)?//", sheet.read_text())


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_head_is_complete(page):
    html = parse(page)
    assert html.html["lang"] == "en"
    assert html.title.get_text(strip=True)
    if page.name not in {"404.html", "genindex.html", "search.html"}:
        description = html.find("meta", attrs={"name": "description"})["content"]
        assert 20 < len(description) < 170
        card = {tag["property"]: tag["content"] for tag in html.select("meta[property]")}
        assert card["og:description"] == description
        assert html.title.get_text(strip=True).startswith(card["og:title"]) or page == SITE / "index.html"


@pytest.mark.parametrize("page", [p for p in PAGES if "lessons" in p.parts], ids=name)
def test_a_lesson_shows_all_without_javascript(page):
    html = parse(page)
    assert html.select(".figure-svg svg") or page.stem == "02-average-pooling"
    assert not html.select("article script, article canvas, article iframe")
    assert html.select("details.admonition"), "a folded answer must be a <details>"


def test_formulas_are_mathml():
    html = parse(SITE / "lessons" / "03-who-is-near-me.html")
    formulas = html.find_all("math")
    assert len(formulas) > 10
    assert not re.search(r"\\(frac|sum|exp)|\$", html.article.get_text()), "TeX is left in the text"
    assert (SITE / "_static" / "math.woff2").stat().st_size < 40_000


def test_figures_follow_the_page_colours():
    svg = parse(SITE / "lessons" / "02-average-pooling.html").select_one(".figure-svg svg")
    text = str(svg)
    assert "var(--role-truth)" in text
    assert "currentColor" in text
    assert "#000000" not in text
    assert "style=" not in text


def test_code_is_linked_to_its_documentation():
    html = parse(SITE / "lessons" / "07-many-small-products.html")
    links = {a["title"]: a["href"] for a in html.select("a.code-link")}
    assert links["torch.bmm"].endswith("torch.bmm.html")
    assert links["torch.Tensor.unsqueeze"].endswith("torch.Tensor.unsqueeze.html")
    lesson = parse(SITE / "lessons" / "02-average-pooling.html")
    assert lesson.select_one('a.code-link[title="make_data"]')["href"].startswith("../reference/generated/")


def executed_pages():
    pages = sorted([*DOCS.glob("lessons/*.md"), *DOCS.glob("practice/*.md")])
    return [p for p in pages if "file_format: mystnb" in p.read_text()]


@pytest.mark.parametrize("page", executed_pages(), ids=lambda p: p.stem)
def test_every_executed_page_offers_its_notebook(page):
    folder = page.parent.name
    html = parse(SITE / folder / f"{page.stem}.html")
    link = html.select_one(".notebook-links a[download]")
    assert (SITE / folder / link["href"]).resolve() == SITE / "notebooks" / folder / f"{page.stem}.ipynb"
    hosted = bool(os.environ.get("NWLESSON_REPOSITORY_URL"))
    assert ("Colab" in html.select_one(".notebook-links").get_text()) == hosted


@pytest.mark.parametrize("path", NOTEBOOKS, ids=name)
def test_notebooks_are_valid_and_plain(path):
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    assert "needs" in {cell.get("id") for cell in notebook.cells[:2]}, "nothing installs the package"
    text = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    assert not re.search(r"\{(fact|minutes|query|key|cite|term|zh|admonition)\}", text)
    assert ":::" not in text
    assert not [cell for cell in notebook.cells if cell.cell_type == "code" and cell.get("outputs")]


@pytest.mark.parametrize("path", [p for p in NOTEBOOKS if "lessons" in p.parts], ids=name)
def test_a_notebook_runs_at_home(path):
    namespace: dict = {}
    for cell in nbformat.read(path, as_version=4).cells:
        if cell.cell_type == "code" and cell.id != "needs":  # the cell that installs is no Python
            exec(compile(cell.source, str(path), "exec"), namespace)
    assert "torch" in namespace


@pytest.mark.parametrize("path", [p for p in NOTEBOOKS if {"lessons", "practice"} & {*p.parts}], ids=name)
def test_links_in_notebooks_lead_to_the_pages(path):
    for cell in json.loads(path.read_text())["cells"]:
        for address in re.findall(r"\]\(([^)#]+)", "".join(cell["source"])) if cell["cell_type"] == "markdown" else []:
            assert address.startswith("http") or (path.parent / address).resolve().exists(), address
