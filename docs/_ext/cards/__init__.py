"""What others show of a page: a description for search engines, and a card where its address is sent to somebody.

Why no library: sphinxext-opengraph takes the first 200 characters of all text, across headings and lists and in the
middle of a word. Pages of the API are then described by the names of their pictures instead of by their sentence, and
quizzes by the beginning of their answers. Without an address of the site it writes addresses that lead nowhere.
"""

import re
import shutil
from pathlib import Path

import build_folder
import figures
import matplotlib.pyplot as plt
from docutils import nodes
from gallery.places import PICTURE
from roles import with_figures
from sphinx import addnodes
from sphinx.application import Sphinx

import nwlesson
from cards.pictures import card

HERE = Path(__file__).parent
HAN = re.compile(r"[\u3400-\u9fff]")
PAUSE = re.compile(r".*(?=[，。；：？！])|.*", re.DOTALL)


def first_sentences(doctree: nodes.document, limit: int = 155) -> str:
    """Return the beginning of the first paragraph, cut between words; Chinese says as much in half the letters."""
    for paragraph in doctree.findall(nodes.paragraph):
        if isinstance(paragraph.parent, (nodes.section, nodes.container, addnodes.desc_content)):
            text = " ".join(paragraph.astext().split())
            if HAN.search(text):
                return text if len(text) <= limit // 2 else PAUSE.match(text[: limit // 2])[0] + "……"
            return text if len(text) <= limit else text[:limit].rsplit(" ", 1)[0] + " …"
    return ""


def describe_page(app: Sphinx, pagename: str, templatename: str, context: dict, doctree) -> None:
    """Tell the template what the page is about, and which picture its card has, if the site has an address."""
    if doctree is not None:
        context["description"] = first_sentences(doctree)
    if app.config.html_baseurl:
        picture = first_picture(app, pagename)
        drawn = Path(app.srcdir, "examples", "images", f"sphx_glr_{picture}_001.svg") if picture else None
        context["card"] = f"{app.config.html_baseurl}_static/{f'cards/{picture}' if picture else 'card'}.png"
        context["card_alt"] = figures.description(drawn.read_text(encoding="utf-8")) if drawn else ""


def first_picture(app: Sphinx, pagename: str) -> str | None:
    """Return the script of the gallery whose picture is the page's first, or None where it has none."""
    if pagename.startswith("examples/plot_"):
        return pagename.removeprefix("examples/")
    page = Path(app.srcdir, f"{pagename}.md")
    text = with_figures(page.read_text(encoding="utf-8"), Path(app.srcdir)) if page.exists() else ""
    found = PICTURE.search(text)
    return found[1] if found else None


def add_cards(app: Sphinx) -> None:
    """Give the site its cards: the gallery's pictures, and for all other pages the fifty points."""
    if not app.config.html_baseurl:
        return
    target = build_folder.generated(app)
    data = nwlesson.make_data(50)
    y_hat = nwlesson.attention_pooling(data.x_test, data.x_train, data.y_train, nwlesson.fit_bandwidth(*data[:2]))
    fig = nwlesson.plot_kernel_reg(data, y_hat)
    card(fig).save(target / "card.png")
    plt.close(fig)
    shutil.rmtree(target / "cards", ignore_errors=True)
    if (drawn := Path(app.srcdir, "examples", "images", "cards")).exists():
        shutil.copytree(drawn, target / "cards")


def setup(app: Sphinx) -> dict:
    app.setup_extension("build_folder")
    build_folder.add_templates(app, HERE)
    app.connect("builder-inited", add_cards, priority=600)  # after sphinx-gallery, which draws at 500
    app.connect("html-page-context", describe_page)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
