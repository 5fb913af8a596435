"""The site in a second language: what gettext does not see, and what Sphinx's translation breaks.

Why no library: Sphinx translates paragraphs. It passes over the words in pictures, comments in code, table cells inside
a directive and titles that sphinx-gallery has written as HTML, and it stumbles over the five things in mends.py.

- catalogues.py   the files in docs/locales, one for each part of the site, and how they become one
- words.py        the words in pictures and in the comments of code
"""

from sphinx.application import Sphinx


def setup(app: Sphinx) -> dict:
    from translation import transforms  # with it come all libraries of the pictures, which the catalogues do not need

    app.add_transform(transforms.FindCells)
    app.add_transform(transforms.KeepSettings)
    app.add_post_transform(transforms.Gather)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
