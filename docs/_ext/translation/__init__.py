"""The site in a second language: what gettext does not see, what Sphinx's translation breaks, and the way from one
language to the other.

Why no library: Sphinx translates paragraphs. It passes over the words in pictures, comments in code, table cells inside
a directive and titles that sphinx-gallery has written as HTML, and it loses where links to a heading lead.

- catalogues.py   the files in docs/locales, one for each part of the site, and how they become one
- words.py        the words in pictures and in the comments of code
- markdown.py     the text of a page before Sphinx has read it, for notebooks
- theme_words.py  what libraries say without asking for it in Chinese
- transforms.py   what happens while a page is read and before it is written
- languages.css   how Chinese is set, and the look of the link to the other language
- pages.py        the finished page: its other languages, and the titles of the gallery's cards
"""

from pathlib import Path

import build_folder
from sphinx.application import Sphinx
from sphinx.transforms import i18n

HERE = Path(__file__).parent


# Two links of a paragraph to one page, of which one leads to a section: Sphinx tells them apart by the page and would
# give both the same section. The translated link knows its own.
i18n.EXCLUDED_PENDING_XREF_ATTRIBUTES = (*i18n.EXCLUDED_PENDING_XREF_ATTRIBUTES, "reftargetid")


def setup(app: Sphinx) -> dict:
    from translation import pages, transforms  # with them come all libraries of the pictures; the catalogues need none

    app.setup_extension("build_folder")
    build_folder.add_static(app, HERE / "languages.css")
    app.add_config_value("lesson_languages", {}, "html", [dict])
    for transform in transforms.READING:
        app.add_transform(transform)
    for transform in transforms.WRITING:
        app.add_post_transform(transform)
    app.connect("config-inited", pages.translate_settings)
    app.connect("source-read", pages.note_catalogue)
    app.connect("html-page-context", pages.translate_page, priority=800)  # when the page has its text and its card
    app.connect("build-finished", pages.write_messages)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
