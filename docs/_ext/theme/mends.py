"""What is changed in finished HTML, because it can be overridden nowhere: Furo's page has no blocks there, and three
libraries write code, each in its own way. A change that finds nothing stops the build: somebody must then look whether
its reason still holds.
"""

import re

from docutils import nodes
from sphinx.errors import ExtensionError
from sphinx.locale import _

# Names for the two sidebars, and attributes in place of styles, which the security policy forbids (see conf.py).
EVERY_PAGE = {
    '<aside class="sidebar-drawer">': '<aside class="sidebar-drawer" aria-label="{lessons}">',
    '<aside class="toc-drawer': '<aside aria-label="{this_page}" class="toc-drawer',
    'style="display: none;"': 'display="none"',
    'style="opacity: 50%"': 'opacity="0.5"',
    '<div class="theme-toggle-container theme-toggle-header">': (
        '{switch}<div class="theme-toggle-container theme-toggle-header">'
    ),
    '<div class="theme-toggle-container theme-toggle-content">': (
        '{switch}<div class="theme-toggle-container theme-toggle-content">'
    ),
}
# What Furo writes in English only.
NAMES = (
    *("Contents", "Menu", "Expand", "Light mode", "Dark mode"),
    *("Auto light/dark, in light mode", "Auto light/dark, in dark mode"),
    *("Toggle site navigation sidebar", "Toggle table of contents sidebar", "Toggle Light / Dark / Auto color theme"),
)
INDEX = {
    ' style="width: 100%"': "",
    ' style="width: 33%; vertical-align: top;"': "",
}


def mend(html: str, pagename: str, **words: str) -> str:
    """Return Furo's page with everything changed that the tables above name; `words` fill their places."""
    has_index = pagename == "genindex" and "genindextable" in html  # a site without an entry has an empty index
    for old, new in (EVERY_PAGE | (INDEX if has_index else {})).items():
        if old not in html:
            raise ExtensionError(f"Furo's page has no {old!r} any more; look at docs/_ext/theme/mends.py")
        html = html.replace(old, new.format(**words))
    for name in NAMES:
        forms = [form for form in ("<title>{}</title>", 'aria-label="{}"') if form.format(name) in html]
        if not forms:
            raise ExtensionError(f"Furo's page has no {name!r} any more; look at docs/_ext/theme/mends.py")
        html = html.replace(forms[0].format(name), forms[0].format(_(name)))
    return html


def reach_code(body: str, doctree: nodes.document) -> str:
    """Return the text of a page with a way in for the keyboard to all code: it scrolls where a line is long."""
    body = body.replace("<pre>", '<pre tabindex="0">')
    code = any(isinstance(node, (nodes.literal_block, nodes.doctest_block)) for node in doctree.findall())
    if re.search(r"<pre(?! tabindex)", body) or (code and "<pre" not in body):
        raise ExtensionError("code is not written as <pre> any more, so that the keyboard cannot reach it")
    return body
