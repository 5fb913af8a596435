"""What is changed in finished HTML, because it can be overridden nowhere: Furo's page has no blocks there, and three
libraries write code, each in its own way. A change that finds nothing stops the build: somebody must then look whether
its reason still holds.
"""

import re

from docutils import nodes
from sphinx.errors import ExtensionError
from sphinx.locale import _

# Names and roles for the two sidebars, no voice for the icons, whose links and switches have names, and attributes in
# place of styles, which the security policy forbids (see conf.py).
EVERY_PAGE = {
    '<svg><use href="#svg-': '<svg aria-hidden="true"><use href="#svg-',
    '<svg class="theme-icon-': '<svg aria-hidden="true" class="theme-icon-',
    '<div class="sidebar-tree">': '<div class="sidebar-tree" role="navigation" aria-label="{lessons}">',
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
# What only some pages have.
SOME_PAGES = {
    '<svg class="furo-related-icon">': '<svg class="furo-related-icon" aria-hidden="true">',
    '<div class="related-pages">': '<div class="related-pages" role="navigation" aria-label="{beside}">',
    '<div class="toc-tree">': '<div class="toc-tree" role="navigation" aria-label="{this_page}">',
    'class="current reference internal" href="#"': 'class="current reference internal" href="#" aria-current="page"',
}
# The way to the text comes before the switches of the sidebars, which keys can reach (see lesson.css).
SWITCHES = re.compile(
    r'(<input type="checkbox" class="sidebar-toggle".*?)(<a class="skip-to-content.*?</a>)', re.DOTALL
)
# It comes when the page goes up, and would lie on the figure to which a {try} has just led.
TO_THE_TOP = re.compile(r'<a href="#" class="back-to-top.*?</a>', re.DOTALL)
# "Next" and "Previous" in the links at the foot: a pause for the ear before the title.
BESIDE = re.compile(r'(<div class="context">\s*<span>[^<]+)(?=</span>)')
# What opens the pages below a page in the sidebar.
FOLDS = re.compile(r'aria-label="Toggle navigation of ([^"]*)"')
# What the index alone has.
INDEX = {
    ' style="width: 100%"': "",
    ' style="width: 33%; vertical-align: top;"': "",
}
# MyST-NB's outputs and sphinx-gallery's.
OUTPUT = re.compile(r'(<div class="(?:output|sphx-glr-script-out) [^>]*>\s*<div class="highlight">)<pre>')


def mend(html: str, pagename: str, **words: str) -> str:
    """Return Furo's page with everything changed that the tables above name; `words` fill their places.

    What only some pages have may be missing: tests/test_browser.py looks for it.
    """
    has_index = pagename == "genindex" and "genindextable" in html  # a site without an entry has an empty index
    for old, new in (EVERY_PAGE | (INDEX if has_index else {})).items():
        if old not in html:
            raise ExtensionError(f"Furo's page has no {old!r} any more; look at docs/_ext/theme/mends.py")
        html = html.replace(old, new.format(**words))
    for old, new in SOME_PAGES.items():
        html = html.replace(old, new.format(**words))
    # Furo's words for the way on are those of a button that takes one step, and Chinese has two.
    for word, way in ((_("Next"), _("Next page")), (_("Previous"), _("Previous page"))):
        html = html.replace(f"<span>{word}</span>", f"<span>{way}</span>")
    html, moved = SWITCHES.subn(r"\2\n\1", html)
    if not moved:
        raise ExtensionError("Furo's page has no way to its text behind its switches any more")
    html, gone = TO_THE_TOP.subn("", html)
    if not gone:
        raise ExtensionError("Furo's page has no way back to its top any more")
    for name in NAMES:
        forms = [form for form in ("<title>{}</title>", 'aria-label="{}"') if form.format(name) in html]
        if not forms:
            raise ExtensionError(f"Furo's page has no {name!r} any more; look at docs/_ext/theme/mends.py")
        html = html.replace(forms[0].format(name), forms[0].format(_(name)))
    html = BESIDE.sub(r'\1<span class="unseen">: </span>', html)
    return FOLDS.sub(lambda fold: f'aria-label="{_("Toggle navigation of {page}").format(page=fold[1])}"', html)


def reach_code(body: str, doctree: nodes.document) -> str:
    """Return the text of a page with names for all code and what it prints, and a way in for the keyboard: it scrolls
    where a line is long. theme.js takes the way in from what does not scroll.
    """
    named = '<pre tabindex="0" role="group" aria-label="{}">'
    body = OUTPUT.sub(rf"\1{named.format(_('Output'))}", body).replace("<pre>", named.format(_("Code")))
    code = any(isinstance(node, (nodes.literal_block, nodes.doctest_block)) for node in doctree.findall())
    if re.search(r"<pre(?! tabindex)", body) or (code and "<pre" not in body):
        raise ExtensionError("code is not written as <pre> any more, so that the keyboard cannot reach it")
    return body
