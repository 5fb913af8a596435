"""What others show of a page: a description for search engines, and a card where its address is sent to somebody.

Why no library: sphinxext-opengraph takes the first 200 characters of all text, across headings and lists and in the
middle of a word. Pages of the API are then described by the names of their pictures instead of by their sentence, and
quizzes by the beginning of their answers. Without an address of the site it writes addresses that lead nowhere.
"""

from pathlib import Path

import build_folder
import matplotlib.pyplot as plt
from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx

import nwlesson

HERE = Path(__file__).parent


def first_sentences(doctree: nodes.document, limit: int = 155) -> str:
    """Return the beginning of the first paragraph, cut between words."""
    for paragraph in doctree.findall(nodes.paragraph):
        if isinstance(paragraph.parent, (nodes.section, nodes.container, addnodes.desc_content)):
            text = " ".join(paragraph.astext().split())
            return text if len(text) <= limit else text[:limit].rsplit(" ", 1)[0] + " …"
    return ""


def describe_page(app: Sphinx, pagename: str, templatename: str, context: dict, doctree) -> None:
    """Tell the template what the page is about, and where the picture of the card is, if the site has an address."""
    if doctree is not None:
        context["description"] = first_sentences(doctree)
    if app.config.html_baseurl:
        context["card"] = f"{app.config.html_baseurl}_static/card.png"


def draw_card(app: Sphinx) -> None:
    """Draw the fifty points and the curve through them, in the size that cards have: 1,200 to 630."""
    if not app.config.html_baseurl:
        return
    data = nwlesson.make_data(50)
    y_hat = nwlesson.attention_pooling(data.x_test, data.x_train, data.y_train, nwlesson.fit_bandwidth(*data[:2]))
    fig = nwlesson.plot_kernel_reg(data, y_hat)
    fig.set_size_inches(12, 6.3)
    fig.savefig(build_folder.generated(app) / "card.png", dpi=100, metadata={"Software": None})
    plt.close(fig)


def setup(app: Sphinx) -> dict:
    app.setup_extension("build_folder")
    build_folder.add_templates(app, HERE)
    app.connect("builder-inited", draw_card)
    app.connect("html-page-context", describe_page)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
