"""The book for readers' devices: EPUB 3, a file for each chapter, formulas in MathML, pictures inside."""

import io
import posixpath
import re
import sys
from html import escape
from xml.etree import ElementTree
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

import pages
from pages import ROOT, SVG, XHTML, XLINK, Chapter, Edition

sys.path[:0] = [str(ROOT)]
import nwlesson  # noqa: E402
from nwlesson.palette import PALETTE  # noqa: E402

MATH = "{http://www.w3.org/1998/Math/MathML}"
PREFIXES = {"": XHTML, "svg": SVG, "m": MATH, "xlink": XLINK[:-4]}
KEPT = {
    "id",
    "class",
    "href",
    "src",
    "alt",
    "role",
    "aria-label",
    "colspan",
    "rowspan",
    "start",
    "open",
    "title",
    "lang",
}
TYPES = {".png": "image/png", ".svg": "image/svg+xml", ".jpg": "image/jpeg"}
CONTAINER = """<?xml version="1.0" encoding="utf-8"?>
<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>
<rootfile full-path="book/book.opf" media-type="application/oebps-package+xml"/></rootfiles></container>
"""
PAGE = """<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE html>
<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops" lang="{lang}" xml:lang="{lang}">
<head><title>{title}</title><link rel="stylesheet" href="{up}book.css"/></head>
<body>{body}</body></html>
"""
STYLE = """
pre { white-space: pre-wrap; font-size: 0.85em; }
table { border-collapse: collapse; } th, td { padding: 0.2em 0.6em; text-align: left; }
.figure-svg, .math-block { margin: 1em 0; } svg { max-width: 100%; height: auto; } img { max-width: 100%; }
.admonition, details { border-left: 3px solid; padding-left: 0.8em; margin: 1em 0; } summary { font-weight: bold; }
.expanded { display: none; }
""" + "".join(f".role-{role} {{ color: {colour.light}; }}\n" for role, colour in PALETTE.items())


def light(text: str) -> str:
    """Write the colours that the site's style sheet knows as what they are on white paper."""
    return re.sub(r"var\(--role-(\w+)\)", lambda match: PALETTE[match[1]].light, text)


def tidy(element) -> None:
    """Keep of the attributes those that a book needs; scripts and the site's style sheet are not there."""
    for part in element.iter():
        if part.tag.startswith(XHTML):
            part.attrib = {name: value for name, value in part.attrib.items() if name in KEPT}
        else:
            part.attrib = {name: light(value) for name, value in part.attrib.items() if "xmlns" not in name}
        if part.tag == f"{XHTML}summary":
            for line in part.iter(f"{XHTML}p"):  # which the format does not allow there
                line.tag = f"{XHTML}span"


def place_links(chapter: Chapter, anchors: dict[str, set[str]]) -> set[str]:
    """Let links lead to the chapters of the book; return the pictures that the chapter shows."""
    pictures = set()
    for part in chapter.body.iter():
        if part.tag == f"{XHTML}img":
            path, _ = pages.resolve(chapter.path, part.get("src"))
            pictures.add(path)
        elif part.tag == f"{XHTML}a" and (there := pages.resolve(chapter.path, part.get("href", ""))):
            path, fragment = there
            if path not in anchors:
                pages.unlink(part)
                continue
            link = posixpath.relpath(path, posixpath.dirname(chapter.path)).replace(".html", ".xhtml")
            part.set("href", link + (f"#{fragment}" if fragment in anchors[path] else ""))
    return pictures


def write(chapter: Chapter, lang: str) -> str:
    body = ElementTree.tostring(chapter.body, encoding="unicode")
    return PAGE.format(lang=lang, title=escape(chapter.title), up="../" * chapter.path.count("/"), body=body)


def contents(chapters: list[Chapter], edition: Edition) -> str:
    links = [f'<li><a href="{c.path[:-5]}.xhtml">{escape(c.title)}</a></li>' for c in chapters]
    body = f'<nav epub:type="toc"><h1>{escape(edition.title)}</h1><ol>{"".join(links)}</ol></nav>'
    return PAGE.format(lang=edition.language, title=escape(edition.title), up="", body=body)


def package(chapters: list[Chapter], texts: dict[str, str], pictures: list[str], edition: Edition) -> str:
    """Return the list of all files, with what is inside of each, and their order."""
    items = ['<item id="contents" href="contents.xhtml" media-type="application/xhtml+xml" properties="nav"/>']
    items += ['<item id="style" href="book.css" media-type="text/css"/>']
    for number, chapter in enumerate(chapters):
        text = texts[f"{chapter.path[:-5]}.xhtml"]
        inside = [name for name, mark in (("mathml", "<m:math"), ("svg", "<svg:svg")) if mark in text]
        properties = f' properties="{" ".join(inside)}"' if inside else ""
        items += [
            f'<item id="c{number}" href="{chapter.path[:-5]}.xhtml" media-type="application/xhtml+xml"{properties}/>'
        ]
    items += [
        f'<item id="p{number}" href="{path}" media-type="{TYPES[posixpath.splitext(path)[1]]}"/>'
        for number, path in enumerate(pictures)
    ]
    order = "".join(f'<itemref idref="c{number}"/>' for number in range(len(chapters)))
    return f"""<?xml version="1.0" encoding="utf-8"?>
<package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="id" xml:lang="{edition.language}">
<metadata xmlns:dc="http://purl.org/dc/elements/1.1/">
<dc:identifier id="id">nwlesson-{nwlesson.__version__}-{edition.language}</dc:identifier>
<dc:title>{escape(edition.title)}</dc:title>
<dc:language>{edition.language}</dc:language><dc:creator>{edition.authors}</dc:creator>
<dc:rights>MIT licence</dc:rights>
<meta property="dcterms:modified">2000-01-01T00:00:00Z</meta>
</metadata>
<manifest>{"".join(items)}</manifest>
<spine><itemref idref="contents"/>{order}</spine></package>
"""


def make(edition: Edition) -> bytes:
    """Return the book. It has no date, so the same site gives the same bytes."""
    for prefix, namespace in PREFIXES.items():  # one list for the whole process, where others write, too
        ElementTree.register_namespace(prefix, namespace[1:-1])
    chapters = list(pages.chapters(edition))
    for chapter in chapters:
        tidy(chapter.body)
    anchors = {chapter.path: pages.ids(chapter.body) for chapter in chapters}
    pictures = sorted(set().union(*(place_links(chapter, anchors) for chapter in chapters)))
    texts = {f"{chapter.path[:-5]}.xhtml": write(chapter, edition.language) for chapter in chapters}
    texts |= {"contents.xhtml": contents(chapters, edition), "book.css": STYLE}
    texts["book.opf"] = package(chapters, texts, pictures, edition)
    files = {f"book/{name}": text.encode() for name, text in texts.items()}
    files |= {f"book/{path}": (edition.site / path).read_bytes() for path in pictures}
    packed = io.BytesIO()
    with ZipFile(packed, "w") as archive:
        archive.writestr(ZipInfo("mimetype"), "application/epub+zip", compress_type=ZIP_STORED)
        for name, content in {"META-INF/container.xml": CONTAINER.encode(), **files}.items():
            archive.writestr(ZipInfo(name), content, compress_type=ZIP_DEFLATED)
    return packed.getvalue()
