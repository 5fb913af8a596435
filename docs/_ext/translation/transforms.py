"""What gettext does not see in a page, and what it should not: seen to while the page is read."""

from pathlib import Path

from docutils import nodes
from sphinx.builders.gettext import MsgOrigin
from sphinx.transforms import SphinxTransform
from sphinx.transforms.post_transforms import SphinxPostTransform

from translation import words


class FindCells(SphinxTransform):
    """Give the cells of a table inside a directive their place; gettext passes over what comes from nowhere."""

    default_priority = 5  # before gettext looks

    def apply(self, **kwargs) -> None:
        for table in self.document.findall(nodes.table):
            for cell in table.findall(nodes.paragraph):
                if not cell.source:
                    cell.source, cell.line = self.document["source"], cell.line or table.line or 0


class KeepSettings(SphinxTransform):
    """Keep what a page says to the build, as `layout: slides`: that is no word of the page."""

    default_priority = 5

    def apply(self, **kwargs) -> None:
        for field in self.document.findall(nodes.field):
            if isinstance(field.parent, (nodes.docinfo, nodes.field_list)) and field.parent.parent is self.document:
                for part in field.findall(nodes.TextElement):
                    part["translatable"] = False


class Gather(SphinxPostTransform):
    """Add the words of pictures and of comments to the messages that gettext has found."""

    default_priority = 1  # before MyST-NB chooses among the outputs of a cell
    builders = ("gettext",)

    def run(self, **kwargs) -> None:
        add, page = self.app.builder.catalogs["site"].add, self.env.docname
        for number, path in enumerate(words.picture_files(self.document, Path(self.env.srcdir))):
            for message in words.of_picture(path.read_text(encoding="utf-8")):
                add(message, MsgOrigin(f"figure {page}", number))
        for number, block in enumerate(self.document.findall(nodes.literal_block)):
            for message in words.of_code(block.astext(), block.get("language", "")):
                add(message, MsgOrigin(f"comment {page}", number))
