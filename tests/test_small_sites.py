"""Small sites of one or two pages: every extension alone, the frame of a page, and what a host needs."""

import importlib
import re
import runpy
from urllib.parse import urlsplit
from xml.etree import ElementTree

import code_links
import pytest
from bs4 import BeautifulSoup
from conftest import DOCS, build_small_site
from docutils import nodes
from furo import WrapTableAndMathInAContainerTransform
from sphinx.errors import ExtensionError, ThemeError
from theme import mends

INDEX = """\
Home
====

A first sentence. And <b> "another" & more.

.. toctree::
   :caption: Part

   deep/page
"""
PAGE = """\
A page
======

Its own first sentence.

== ==
a  b
== ==
1  2
== ==

::

    x = 1

.. [watson] Smooth regression analysis.

See [watson]_.
"""


def build(folder, pages=None, **settings):
    """Build a small site; return the folder of its HTML and what Sphinx complained about."""
    inputs = {"conf.py": "", "inventories.toml": "", "facts.py": "def facts():\n    return {}\n"}
    inputs |= {"explorables/shared/math.js": ""}
    for name, text in {**inputs, **(pages or {"index.rst": INDEX, "deep/page.rst": PAGE})}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    out = folder / "_build" / "html"
    return out, build_small_site(folder, out, folder / "_build" / "trees", settings={"html_theme": "furo"} | settings)


def parse(page):
    return BeautifulSoup(page.read_text(encoding="utf-8"), "html5lib")


def extensions():
    """Our extensions, by the names that conf.py uses."""
    folder = DOCS / "_ext"
    names = [path.stem for path in folder.glob("*.py")] + [path.parent.name for path in folder.glob("*/__init__.py")]
    return sorted(name for name in names if hasattr(importlib.import_module(name), "setup"))


@pytest.mark.slow
@pytest.mark.parametrize("name", extensions())
def test_an_extension_loads_alone(name, tmp_path, monkeypatch):
    """What it needs, it sets up itself."""
    for variable in "IPYTHONDIR", "PYDEVD_DISABLE_FILE_VALIDATION":  # execution sets them
        monkeypatch.setenv(variable, "")
    out, warnings = build(tmp_path, extensions=[name])
    assert not warnings
    assert "Its own first sentence." in (out / "deep" / "page.html").read_text(encoding="utf-8")


def test_conf_names_every_extension_of_ours():
    assert set(extensions()) - set(runpy.run_path(str(DOCS / "conf.py"))["extensions"]) == {"build_folder"}


# The frame of a page


def test_a_page_is_mended_for_keyboard_and_ear(tmp_path):
    out, warnings = build(tmp_path, extensions=["theme"])
    assert not warnings
    page = parse(out / "deep" / "page.html")
    scrolls = page.select("div.table-wrapper, pre")
    assert {(tag["tabindex"], tag["aria-label"]) for tag in scrolls} == {("0", "Code"), ("0", "Table")}
    places = ["Lessons", "The page before and the next one"]
    assert [tag["aria-label"] for tag in page.select('[role="navigation"]')] == places
    first = page.select_one("a[href], input")
    assert first["class"][0] == "skip-to-content", "the switches of the sidebars come later"
    assert [tag["aria-label"] for tag in page.select("aside")] == ["Lessons", "On this page"]
    assert page.select_one(".sidebar-tree p.caption").attrs == {"class": ["caption"]}, "no heading without a level"
    assert page.select_one(".citation") and not page.select('[role^="doc-biblioentry"], [role="list"]')


@pytest.mark.slow
def test_the_list_of_pages_is_what_furo_makes_for_each_page(tmp_path):
    """Marked along the way to the page, with links from where it is; the theme makes it once, Furo for each page."""
    part = "Part\n====\n\n.. toctree::\n\n   one\n   two\n"
    pages = {"index.rst": f"{INDEX}   part/index\n", "deep/page.rst": PAGE, "part/index.rst": part}
    pages |= {f"part/{name}.rst": f"{name}\n===\n" for name in ("one", "two")}
    theirs, _ = build(tmp_path / "theirs", pages, extensions=[])
    ours, warnings = build(tmp_path / "ours", pages, extensions=["theme"])
    assert not warnings
    lists = {}
    for name in "index", "deep/page", "part/index", "part/two", "search":
        their_tree, our_tree = (parse(out / f"{name}.html").select_one(".sidebar-tree") for out in (theirs, ours))
        for tag in our_tree(True):
            tag.attrs = {key: value for key, value in tag.attrs.items() if key not in ("aria-hidden", "aria-current")}
        for caption in their_tree(class_="caption"):
            del caption["role"]  # the translator takes it from ours
        lists[name] = str(our_tree.decode_contents()), str(their_tree.decode_contents())
    for ours, theirs in lists.values():
        assert ours == theirs
    assert "current-page" in lists["part/two"][0] and "current" not in lists["search"][0]


def test_a_change_that_finds_nothing_stops_the_build(tmp_path, monkeypatch):
    monkeypatch.setitem(mends.EVERY_PAGE, "<aside class='gone'>", "<aside>")
    with pytest.raises(ThemeError, match=r"page has no .*gone.*mends\.py"):
        build(tmp_path, extensions=["theme"])


PARTS = (
    '<input type="checkbox" class="sidebar-toggle"><a class="skip-to-content"></a>',
    '<a href="#" class="back-to-top"></a>',
)


@pytest.mark.parametrize("old", [*mends.EVERY_PAGE, *mends.INDEX, *mends.NAMES, *PARTS])
def test_each_change_is_missed(old):
    words = {"lessons": "Lessons", "this_page": "On this page", "beside": "Beside", "switch": ""}
    names = [f"<title>{name}</title>" for name in mends.NAMES]
    page = "".join([*mends.EVERY_PAGE, *mends.INDEX, *names, "genindextable", *PARTS])
    mended = mends.mend(page, "genindex", **words)
    assert 'aria-label="Lessons"' in mended and "back-to-top" not in mended
    with pytest.raises(ExtensionError, match="any more" if old in PARTS else re.escape(repr(old))):
        mends.mend(page.replace(old, ""), "genindex", **words)


def test_a_table_without_a_box_stops_the_build(tmp_path, monkeypatch):
    monkeypatch.setattr(WrapTableAndMathInAContainerTransform, "run", lambda self, **kwargs: None)
    with pytest.raises(ExtensionError, match="no box around this table"):
        build(tmp_path, extensions=["theme"])


def test_code_that_the_keyboard_cannot_reach_stops_the_build():
    page = nodes.section("", nodes.literal_block("x", "x"))
    assert mends.reach_code("<pre>x</pre>", page) == '<pre tabindex="0" role="group" aria-label="Code">x</pre>'
    printed = '<div class="output stream"><div class="highlight"><pre>x</pre>'
    assert 'aria-label="Output">x' in mends.reach_code(printed, page)
    for html in '<pre class="code">x</pre>', "<code>x</code>":
        with pytest.raises(ExtensionError, match="cannot reach"):
            mends.reach_code(html, page)


def test_code_without_any_link_is_a_warning(tmp_path, monkeypatch):
    """Pygments may write names otherwise one day; links would be gone without a word."""
    pages = {"index.rst": "A\n=\n\n.. code-block:: python\n\n   torch.bmm(x, y)\n"}
    pages["inventories.toml"] = '[torch]\nurl = "https://x.test/"\n"torch.bmm" = ["py:function", "bmm.html"]\n'
    out, warnings = build(tmp_path / "a", pages, extensions=["code_links"])
    assert not warnings
    assert parse(out / "index.html").select_one("pre a.code-link")["href"] == "https://x.test/bmm.html"
    monkeypatch.setattr(code_links, "CHAIN", re.compile("(?!)"))
    _, warnings = build(tmp_path / "b", pages, extensions=["code_links"])
    assert "no name in the code became a link" in warnings


# What a host needs


def hosted(folder, monkeypatch, address):
    """Build a small site with what the real conf.py says about its address."""
    monkeypatch.delenv("READTHEDOCS_CANONICAL_URL", raising=False)
    monkeypatch.setenv("NWLESSON_SITE_URL", address)
    conf = runpy.run_path(str(DOCS / "conf.py"))
    ours = {"cards", "notfound.extension", "search", "sphinx_sitemap", "theme"}
    settings = {name: value for name, value in conf.items() if name.startswith(("html_base", "notfound_", "sitemap_"))}
    settings["extensions"] = [name for name in conf["extensions"] if name in ours]
    settings["html_context"] = {"content_security_policy": conf["html_context"]["content_security_policy"]}
    out, warnings = build(folder, **settings)
    assert not warnings
    return out


def described(page):
    tags = parse(page).select("meta[property], meta[name]")
    return {tag.get("property") or tag["name"]: tag["content"] for tag in tags}


OLD_WAY = pytest.mark.filterwarnings("ignore::sphinx.deprecation.RemovedInSphinx11Warning")  # both libraries ask in it


@OLD_WAY
def test_a_site_without_an_address_names_no_host(tmp_path, monkeypatch):
    out = hosted(tmp_path, monkeypatch, "")
    card = described(out / "index.html")
    assert card["description"] == card["og:description"] == "A first sentence. And <b> “another” & more."
    assert described(out / "deep" / "page.html")["description"] == "Its own first sentence."
    assert card["og:title"] == "Home"
    assert not {"og:url", "og:image"} & set(card)
    assert not (out / "sitemap.xml").exists()
    assert "://" not in "".join(card.values())


@OLD_WAY
@pytest.mark.parametrize("address", ["https://somebody.test/lesson", "https://somebody.test/lesson/"])
def test_a_site_with_an_address_has_cards_and_a_sitemap(tmp_path, monkeypatch, address):
    out = hosted(tmp_path, monkeypatch, address)
    card = described(out / "deep" / "page.html")
    assert card["og:url"] == "https://somebody.test/lesson/deep/page.html"
    picture = out / card["og:image"].removeprefix("https://somebody.test/lesson/")
    assert picture.read_bytes().startswith(b"\x89PNG")
    places = [tag.text for tag in ElementTree.parse(out / "sitemap.xml").iter() if tag.tag.endswith("loc")]
    assert sorted(places) == [f"https://somebody.test/lesson/{name}.html" for name in ("deep/page", "index")]


@OLD_WAY
@pytest.mark.parametrize(("address", "prefix"), [("", "/"), ("https://somebody.test/lesson/", "/lesson/")])
def test_the_page_for_lost_readers_works_at_any_depth(tmp_path, monkeypatch, address, prefix):
    out = hosted(tmp_path, monkeypatch, address)
    page = parse(out / "404.html")
    assert "no page here" in page.h1.get_text()
    found = [tag.get("href") or tag.get("src") for tag in page.select("a[href], link[href], script[src]")]
    paths = [urlsplit(place).path for place in found if not place.startswith(("#", "https://"))]
    assert f"{prefix}index.html" in paths and len(paths) > 6
    assert [
        path for path in paths if not path.startswith(prefix) or not (out / path.removeprefix(prefix)).exists()
    ] == []
    assert not page.select("style, [style], script:not([src])")
    assert page.select_one('meta[http-equiv="Content-Security-Policy"]')
