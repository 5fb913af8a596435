"""What we use of other projects although they do not promise to keep it: a small call for each, and the version with
which it was tried. When a new version breaks one, the message says which, and where to look.
"""

import contextlib
import pickle
import re
from importlib.metadata import version
from pathlib import Path

import code_links
import furo
import mathml
import pytest
import sphinx
from bs4 import BeautifulSoup
from conftest import DOCS, SITE
from docutils.utils.math.latex2mathml import tex2mathml
from fontTools.ttLib import TTFont
from myst_nb.sphinx_ import HideCodeCellNode
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer
from sphinx.builders.html import StandaloneHTMLBuilder
from theme import mends, translator


@contextlib.contextmanager
def tried(package: str, with_version: str, used_in: str):
    """Say with which version a use was tried, if it fails."""
    try:
        yield
    except Exception as error:
        pytest.fail(
            f"docs/_ext/{used_in} was tried with {package} {with_version}, but {version(package)} is installed; "
            f"look whether it still holds: {type(error).__name__}: {error}"
        )


def test_a_failure_names_package_versions_and_place():
    with (
        pytest.raises(
            pytest.fail.Exception, match=r"a\.py was tried with furo 1\.0, but .* still holds: KeyError: 'x'"
        ),
        tried("furo", "1.0", "a.py"),
    ):
        raise KeyError("x")


def test_docutils_converts_formulas():
    with tried("docutils", "0.22.4", "mathml.py"):
        assert "<mfrac>" in tex2mathml(r"\frac{1}{2}")
        assert 'display="block"' in tex2mathml("x", as_block=True)


def test_ziamath_carries_the_font_of_the_formulas():
    with tried("ziamath", "0.13", "mathml.py"):
        assert {ord("∑"), ord("α"), 0x1D465} <= set(TTFont(mathml.FONT).getBestCmap())


def test_pygments_writes_names_as_code_links_reads_them():
    with tried("pygments", "2.21.0", "code_links.py"):
        code = "import torch\ny = torch.bmm(a, b).unsqueeze(1)\nx = nn.Parameter(w)\n"
        html = highlight(code, PythonLexer(), HtmlFormatter())
        table = dict.fromkeys(["torch.bmm", "torch.Tensor.unsqueeze", "torch.nn.Parameter"], "there.html")
        assert re.findall(r'title="([^"]+)"', code_links.link(html, table)) == list(table)


def test_furo_has_what_our_templates_extend_and_mend():
    theme = Path(furo.__file__).parent / "theme" / "furo"
    base, page, icons, sidebar, index = (
        (theme / name).read_text(encoding="utf-8")
        for name in ("base.html", "page.html", "partials/icons.html", "sidebar/navigation.html", "genindex.html")
    )
    with tried("furo", "2025.12.19", "theme"):
        for block in "site_meta", "theme_styles", "body":
            assert re.search(rf"block {block}\b", base), block
        assert "block content" in page
        assert [old for old in mends.EVERY_PAGE if old not in page + icons + sidebar] == []
        assert [old for old in mends.INDEX if old not in index] == []
        assert furo.get_pygments_stylesheet


@pytest.mark.site
def test_myst_nb_makes_folds_that_we_write():
    class Writer:
        body: list = []  # noqa: RUF012

    with tried("myst-nb", "1.4.0", "theme/translator.py"):
        translator.visit_fold(Writer, HideCodeCellNode(prompt_show="Show <it>", prompt_hide="Hide it"))
        assert "Show &lt;it&gt;" in "".join(Writer.body)
        page = BeautifulSoup((SITE / "lessons" / "03-who-is-near-me.html").read_text(encoding="utf-8"), "html5lib")
        folds = page.select("details.hide > summary")
        assert folds, "no fold on the page"
        assert [fold.attrs for fold in folds] == [{}] * len(folds), "its words are its name"


@pytest.mark.site
@pytest.mark.parametrize("trees", ["doctrees", "doctrees-zh_CN"])
def test_what_a_page_depends_on_is_there_so_that_it_is_read_anew_only_when_that_has_changed(trees):
    with tried("myst-nb", "1.4.0", "execution/extension.py"):
        env = pickle.loads((DOCS / "_build" / trees / "environment.pickle").read_bytes())
        pictures = {path for paths in env.dependencies.values() for path in paths if "jupyter_execute" in str(path)}
        assert pictures
        gone = [path for paths in env.dependencies.values() for path in paths if not (DOCS / path).exists()]
        assert gone == []


@pytest.mark.parametrize(
    "name",
    [
        *("Scorer", "docnames", "titleterms", "_highlightText"),
        *(f"Search.{name}" for name in ("_index", "_parseQuery", "_performSearch", "makeSearchSummary", "query")),
        *("Search.output", "Search.status", "Search.htmlToText"),
    ],
)
def test_the_search_of_sphinx_has_what_search_js_changes(name):
    theirs = (Path(sphinx.__file__).parent / "themes/basic/static/searchtools.js").read_text(encoding="utf-8")
    ours = (DOCS / "_ext/search/search.js").read_text(encoding="utf-8")
    assert name in ours, "no longer used"
    with tried("sphinx", "9.0.4", "search/search.js"):
        assert name in theirs


def test_the_index_of_sphinx_has_its_name_where_shards_py_puts_its_own():
    with tried("sphinx", "9.0.4", "search/shards.py"):
        assert StandaloneHTMLBuilder.searchindex_filename == "searchindex.js"
