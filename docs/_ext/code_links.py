"""Names in code become links: to our API pages and to the documentation of torch, matplotlib and scikit-learn.

Why no library: sphinx-codeautolink infers types, so it misses tensor methods, the very thing a beginner wants to look
up; it parses all finished pages once more, which took half of the build; and it forgets Markdown pages that are not
read again. Gallery pages are left to sphinx-gallery, which links its own.
"""

import re
from pathlib import Path

from docutils import nodes
from inventories import addresses
from sphinx.application import Sphinx
from sphinx.util import logging

import nwlesson

logger = logging.getLogger(__name__)

SPAN = r'<span class="n[n]?">(\w+)</span>'
CHAIN = re.compile(rf'(?:{SPAN})(?:<span class="o">\.</span>{SPAN})*')
METHOD = re.compile(r'(?<=<span class="o">\.</span>)<span class="n">(\w+)</span>(?=<span class="p">\()')
DEFINED = re.compile(r'<span class="n[cf]">(\w+)</span>|<span class="n">(\w+)</span>(?= <span class="o">=</span>)')
PYTHON = {"python", "ipython3", "pycon"}
# How the pages abbreviate names of other projects when they import them.
SHORT = {
    "nn": "torch.nn",
    "plt": "matplotlib.pyplot",
    "load_iris": "sklearn.datasets.load_iris",
    "KNeighborsClassifier": "sklearn.neighbors.KNeighborsClassifier",
}


def targets(app: Sphinx, pagename: str) -> dict[str, str]:
    """Return every name that has a page, and the address of that page as seen from this one."""
    table = addresses(Path(app.srcdir))
    for name in nwlesson.__all__:
        entry = app.env.domains["py"].objects.get(f"nwlesson.{name}")
        if entry:
            table[name] = f"{app.builder.get_relative_uri(pagename, entry.docname)}#{entry.node_id}"
    return table


def link(body: str, table: dict[str, str]) -> str:
    """Return the HTML of a page with the names in its code linked, except names that the page itself defines."""
    own = {name for pair in DEFINED.findall(body) for name in pair if name}

    def anchor(name: str, html: str) -> str:
        return f'<a class="code-link" href="{table[name]}" title="{name}">{html}</a>'

    def chain(match: re.Match) -> str:
        names = re.findall(SPAN, match[0])
        first = SHORT.get(names[0], names[0])
        for length in range(len(names), 0, -1):  # the longest known beginning: torch.optim.SGD before torch
            name = ".".join([first, *names[1:length]])
            if name in table and names[0] not in own:
                parts = match[0].split('<span class="o">.</span>')
                dot = '<span class="o">.</span>'
                rest = "".join(dot + part for part in parts[length:])
                return anchor(name, dot.join(parts[:length])) + rest
        return match[0]

    def method(match: re.Match) -> str:
        name = f"torch.Tensor.{match[1]}"
        return anchor(name, match[0]) if name in table and match[1] not in own else match[0]

    return METHOD.sub(method, CHAIN.sub(chain, body))


def link_page(app: Sphinx, pagename: str, templatename: str, context: dict, doctree) -> None:
    """Link the names in the code of a page; warn if its code calls what has a page, and yet nothing became a link."""
    if doctree is None or pagename.startswith(("examples/plot_", "reference/generated/")):
        return
    table = targets(app, pagename)
    linked = link(context["body"], table)
    if linked == context["body"] and any(calls(block, table) for block in doctree.findall(nodes.literal_block)):
        logger.warning("no name in the code became a link; has Pygments other classes for names?", location=pagename)
    context["body"] = linked


def calls(block: nodes.literal_block, table: dict[str, str]) -> bool:
    """Return whether this is Python that calls one of these names, torch.bmm( for example."""
    text = block.astext()
    return block.get("language") in PYTHON and any("." in name and f"{name}(" in text for name in table)


def setup(app: Sphinx) -> dict:
    app.setup_extension("inventories")
    app.connect("html-page-context", link_page)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
