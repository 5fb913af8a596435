"""What gettext does not see in a page, and what it should not: seen to while the page is read."""

from pathlib import Path

from docutils import nodes
from sphinx import addnodes
from sphinx.builders.gettext import MsgOrigin
from sphinx.locale import _
from sphinx.transforms import SphinxTransform
from sphinx.transforms.post_transforms import SphinxPostTransform

from translation import theme_words, words


class FindCells(SphinxTransform):
    """Give the cells of a table inside a directive their place; gettext passes over what comes from nowhere."""

    default_priority = 5  # before gettext looks

    def apply(self, **kwargs) -> None:
        for table in self.document.findall(nodes.table):
            for cell in table.findall(nodes.paragraph):
                if not cell.source:
                    cell.source, cell.line = self.document["source"], cell.line or table.line or 0


class KeepSettings(SphinxTransform):
    """Keep what a page says to the build, as `layout: slides`, and formulas: these are no words of the page."""

    default_priority = 5

    def apply(self, **kwargs) -> None:
        for field in self.document.findall(nodes.field):
            if isinstance(field.parent, (nodes.docinfo, nodes.field_list)) and field.parent.parent is self.document:
                for part in field.findall(nodes.TextElement):
                    part["translatable"] = False
        for formula in self.document.findall(nodes.math_block):
            formula["translatable"] = False


class KeepSlugs(SphinxTransform):
    """Keep what MyST calls the headings in links: a translated title is read as a page of its own, with one heading."""

    default_priority = 19  # before Sphinx translates

    def apply(self, **kwargs) -> None:
        self.document.slugs = dict(self.env.metadata[self.env.docname].get("myst_slugs", {}))


class PutSlugsBack(SphinxTransform):
    """Put back what KeepSlugs has kept."""

    default_priority = 21

    def apply(self, **kwargs) -> None:
        if self.document.slugs:
            self.env.metadata[self.env.docname]["myst_slugs"] = self.document.slugs
        del self.document.slugs


# With which sign each letter begins in GB 2312, whose common signs stand in the order of their sounds: no Chinese
# syllable begins with I, U or V.
LETTERS = dict(zip("啊芭擦搭蛾发噶哈击喀垃妈拿哦啪期然撒塌挖昔压匝", "ABCDEFGHJKLMNOPQRSTWXYZ", strict=True))


def by_sound(text: str) -> bytes:
    """Return what puts Chinese words in the order of a dictionary, behind those in Latin letters."""
    return text.casefold().encode("gb18030")


def place_of(term: str) -> bytes:
    """Return the place of a term among the others: what stands in brackets behind it comes after all of its signs."""
    return by_sound(term.replace("（", " "))


class SortGlossary(SphinxTransform):
    """Put the terms in the order in which a reader of Chinese looks for them, and have the index do so."""

    default_priority = 21  # Sphinx has translated

    def apply(self, **kwargs) -> None:
        if not self.config.language.startswith("zh"):
            return
        for glossary in self.document.findall(addnodes.glossary):
            glossary[0].children.sort(key=lambda item: place_of(item.next_node(nodes.term).astext()))
            for entry in glossary.findall(addnodes.index):
                entry["entries"] = [(*words[:4], first_letter(words[1])) for words in entry["entries"]]


def first_letter(term: str) -> str | None:
    """Return below which letter of the index a Chinese word stands; others stand below their own."""
    before = [letter for sign, letter in LETTERS.items() if by_sound(sign) <= by_sound(term)]
    return before[-1] if before else None


class TranslateCode(SphinxPostTransform):
    """Put comments into the language of the site; the cell that has run, and is stored, stays as it was."""

    default_priority = 4  # sphinx-gallery takes its code apart at 5, to link its names
    formats = ("html",)

    def run(self, **kwargs) -> None:
        if self.config.language == "en":
            return
        for block in words.blocks_of_code(self.document):
            code = words.translate_code(block.astext(), words.language_of(block), _)
            if code != block.astext():
                block.rawsource = code  # Sphinx colours a block only where both are the same
                block.children = [nodes.Text(code)]
                block.children[0].parent = block


class TranslatePictures(SphinxPostTransform):
    """Put the words of pictures, and what describes them, into the language of the site."""

    default_priority = 310  # figures.py has placed them
    formats = ("html",)

    def run(self, **kwargs) -> None:
        if self.config.language == "en":
            return
        for raw in list(self.document.findall(nodes.raw)):
            if raw.astext().startswith('<div class="figure-svg') and 'role="img"' in raw.astext():
                raw.replace_self(nodes.raw("", words.translate_picture(raw.astext(), _), format="html"))


class TranslateNotes(SphinxPostTransform):
    """Put what the bibliography says in words into the language of the site; names and titles stay."""

    default_priority = 310  # sphinxcontrib-bibtex has written it
    formats = ("html",)

    def run(self, **kwargs) -> None:
        if self.config.language == "en":
            return
        for citation in self.document.findall(nodes.citation):
            for text in list(citation.findall(nodes.Text)):
                said = text
                for note in theme_words.notes():
                    said = said.replace(f"{note}.", _(note))
                text.parent.replace(text, nodes.Text(said))


# What stands between the names of types, and how that is said in Chinese.
TYPE_SAID = {" (": "（", ")": "）", ", ": "，", " or ": " 或 ", " of ": "，每项是 ", "optional": "可选"}


class WriteParameters(SphinxPostTransform):
    """Set a parameter as Chinese is set: wide brackets around its type, a colon where Sphinx puts a dash, and in words
    what numpydoc says of types in English: "list of Epoch, optional".
    """

    default_priority = 320
    formats = ("html",)

    def run(self, **kwargs) -> None:
        if not self.config.language.startswith("zh"):
            return
        for body in self.document.findall(nodes.field_body):
            for paragraph in body.findall(nodes.paragraph):
                for text in list(paragraph.findall(nodes.Text)):
                    said = TYPE_SAID.get(text) or text.replace(") -- ", "）：", 1).replace(" -- ", "：", 1)
                    whole = text.parent if text == "optional" else text  # Chinese has no italics
                    whole.parent.replace(whole, nodes.Text(said))


class Gather(SphinxPostTransform):
    """Add the words of pictures and of comments to the messages that gettext has found."""

    default_priority = 1  # before MyST-NB chooses among the outputs of a cell
    builders = ("gettext",)

    def run(self, **kwargs) -> None:
        add, page = self.app.builder.catalogs["site"].add, self.env.docname
        for number, path in enumerate(words.picture_files(self.document, Path(self.env.srcdir))):
            for message in words.of_picture(path.read_text(encoding="utf-8")):
                add(message, MsgOrigin(f"figure {page}", number))
        for number, block in enumerate(words.blocks_of_code(self.document)):
            for message in words.of_code(block.astext(), words.language_of(block)):
                add(message, MsgOrigin(f"comment {page}", number))


READING = (FindCells, KeepSettings, KeepSlugs, PutSlugsBack, SortGlossary)
WRITING = (TranslateCode, TranslatePictures, TranslateNotes, WriteParameters, Gather)
