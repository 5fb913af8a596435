"""The list of all pages in the sidebar, made once and marked for each page.

Why no library: Sphinx and Furo make the whole list anew for each page, two fifths of the time that writing one takes.
"""

from urllib.parse import urljoin

from bs4 import BeautifulSoup, Tag
from furo.navigation import get_navigation_tree
from sphinx.application import Sphinx
from sphinx.util.osutil import relative_uri


class ListOfPages:
    """The list as Furo makes it for the first page, with the address of each link from the root, and no page marked."""

    def __init__(self):
        self.soup = None

    def read(self, toctree, here: str) -> None:
        html = toctree(collapse=False, titles_only=True, maxdepth=-1, includehidden=True)
        self.soup = BeautifulSoup(get_navigation_tree(html), "html.parser")
        self.links = [(link, urljoin(here, link["href"])) for link in self.soup("a")]
        self.unmark()

    def unmark(self) -> None:
        for tag in self.soup(class_="current"):
            tag["class"] = [name for name in tag["class"] if not name.startswith("current")]
            if not tag["class"]:
                del tag["class"]
        for fold in self.soup("input", checked=True):
            del fold["checked"]

    def marked_for(self, here: str) -> str:
        """Return the list with links from this page, which is marked, as is all above it."""
        for link, there in self.links:
            link["href"] = "#" if there == here else relative_uri(here, there)
            if there == here:
                mark(link)
        html = str(self.soup)
        self.unmark()
        return html

    def take(self, app: Sphinx, pagename: str, templatename: str, context: dict, doctree) -> None:
        """Mark the list for this page, and take Sphinx's own out of the sight of Furo, which comes after this.

        What is no document, as the page for what is not found, keeps the list of its own maker.
        """
        if pagename not in app.env.found_docs:
            return
        here, toctree = app.builder.get_target_uri(pagename), context.pop("toctree")
        if self.soup is None:
            self.read(toctree, here)
        context["list_of_pages"] = self.marked_for(here)

    def give(self, app: Sphinx, pagename: str, templatename: str, context: dict, doctree) -> None:
        """Put our list where Furo would have put its own."""
        if "list_of_pages" in context:
            context["furo_navigation_tree"] = context.pop("list_of_pages")


def mark(link: Tag) -> None:
    """Do as Sphinx does with the link to the page itself, and as Furo does with what is above it."""
    link["class"].insert(0, "current")
    link.find_parent("li")["class"].append("current-page")
    for above in link.find_parents(["li", "ul"]):
        above["class"] = above.get("class", [])
        above["class"].insert(1, "current")
        for fold in above("input", recursive=False):
            fold["checked"] = ""
