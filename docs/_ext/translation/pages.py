"""The finished page: the way to the other language, and what is translated when all else is done."""

import json
import re
from pathlib import Path
from urllib.parse import urljoin

from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.locale import _

from translation import words
from translation.catalogues import DOMAIN

HEADING = re.compile(r'<a class="headerlink" href="(#[^"]+)" title="[^"]*">[^<]*</a>')
CARD = re.compile(
    r'(<div class="sphx-glr-thumbcontainer") tooltip="[^"]*"(.*?<span class="(?:doc|std std-ref)">(.*?)</span>'
    r'.*?<div class="sphx-glr-thumbnail-title">).*?</div>',
    re.DOTALL,
)


def translate_settings(app: Sphinx, config: Config) -> None:
    """Translate what conf.py says to the reader."""
    config.html_title = _(config.html_title)


def note_catalogue(app: Sphinx, docname: str, source: list[str]) -> None:
    """Have every page read again when a catalogue has changed."""
    for folder in app.config.locale_dirs:
        path = Path(app.srcdir, folder, app.config.language, "LC_MESSAGES", f"{DOMAIN}.mo")
        if path.exists():
            app.env.note_dependency(str(path))


def translate_page(app: Sphinx, pagename: str, templatename: str, context: dict, doctree) -> None:
    """Tell the template where the page is in other languages, and translate what is left."""
    context["languages"] = others = other_languages(app, pagename)
    if others:
        app.add_css_file("languages.css", priority=850)  # after lesson.css
    if app.config.language != "en":
        context["body"] = CARD.sub(r"\1\2\3</div>", context.get("body", ""))
    for other in others:  # seen where the address leads to the heading: the same place in the other language
        link = f'<a class="headerlink language" href="{other["link"]}\\1" hreflang="{other["code"]}"'
        link += f' lang="{other["code"]}">{other["name"]}</a>'
        context["body"] = HEADING.sub(rf"\g<0>{link}", context.get("body", ""))
    if pagename == "404":  # conf.py has named it
        context["title"] = _(context["title"])
    if context.get("card_alt"):
        message, numbers = words.with_places(context["card_alt"])
        context["card_alt"] = words.filled(_(message), numbers)


def other_languages(app: Sphinx, pagename: str) -> list[dict[str, str]]:
    """Return the code and the name of each other language, and the address of the page in it: `link` as seen from here,
    `whole` for search engines, which take no other, or nothing where the address of the site is not known."""
    here, _name = app.config.lesson_languages.get(app.config.language, ("", ""))
    site = (app.config.html_baseurl or "").removesuffix(here)
    top = "../" * (pagename.count("/") + here.count("/"))
    if pagename == "404":  # shown at any depth
        top = app.config.notfound_urls_prefix.removesuffix(here)
    found = []
    for language, (folder, name) in app.config.lesson_languages.items():
        if language != app.config.language:
            link = f"{top}{folder}{pagename}.html"
            whole = site and urljoin(site, f"{folder}{pagename}.html")
            found.append({"code": language.replace("_", "-"), "name": name, "link": link, "whole": whole})
    return found


def write_messages(app: Sphinx, error: Exception | None) -> None:
    """Write what the search says as a script that makes no function of a text, which the policy of the pages forbids.

    Sphinx's own does so, to choose between singular and plural, and breaks there.
    """
    path = Path(app.outdir, "_static", "translations.js")
    if error or not path.exists():
        return
    text = path.read_text(encoding="utf-8")
    catalogue = json.loads(text[text.index("{") : text.rindex("}") + 1])
    if catalogue["plural_expr"] == "0":
        said = json.dumps(catalogue["messages"], ensure_ascii=False)
        script = f"Object.assign(Documentation.TRANSLATIONS, {said});\nDocumentation.PLURAL_EXPR = () => 0;\n"
        path.write_text(script, encoding="utf-8")
