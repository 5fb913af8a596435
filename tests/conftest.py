"""What all tests share: no display, one thread, warnings are errors, and the bad input that every function refuses."""

import gc
import http.server
import io
import math
import multiprocessing
import os
import shutil
import sys
import threading
from functools import cache, partial
from pathlib import Path

import matplotlib
import matplotlib.pyplot as plt
import pytest
import sphinx.locale
import torch
from axe_playwright_python.sync_playwright import Axe
from bs4 import BeautifulSoup
from hypothesis import settings
from playwright.sync_api import Error, sync_playwright
from sphinx.application import Sphinx
from sphinx.util.docutils import docutils_namespace

pytest_plugins = ["explorable_pages"]
ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
SITE = DOCS / "_build" / "html"
sys.path[:0] = [str(DOCS / "_ext"), str(ROOT / "tools")]
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
QUIET += ["--disable-component-update", "--disable-sync"]
QUIET += ["--js-flags=--single-threaded-gc"]  # on pages this small, threads that help to collect garbage cost more

matplotlib.use("agg")
torch.set_num_threads(1)
torch.set_warn_always(True)  # or a warning is met by the first test only, whichever that is
settings.register_profile("lesson", deadline=None, max_examples=50, derandomize=os.environ.get("CI") == "true")
settings.load_profile("lesson")
settings.register_profile("quick", max_examples=10)  # for `make check`; the rest as above


def english_pages():
    """The pages of the site in English; those in Chinese are below zh/."""
    return sorted(path for path in SITE.rglob("*.html") if path.relative_to(SITE).parts[0] != "zh")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers(config):
    """One worker for a processor, and one more where tests have browsers: while one draws, its worker waits."""
    return os.cpu_count() + ("not browser" not in config.option.markexpr)


# What is imported and collected stays to the end: to look through it for garbage again and again took a seventh of the
# time.
gc.disable()


def pytest_collection_finish():
    gc.freeze()
    gc.enable()


def pytest_collection_modifyitems(items):
    """Mark what needs a browser or the built site by what it asks for; `make check` leaves both out."""
    for item in items:
        if "chromium" in item.fixturenames:
            item.add_marker(pytest.mark.browser)
        if {"address", "parsed"} & set(item.fixturenames):
            item.add_marker(pytest.mark.site)


@pytest.fixture(scope="session")
def parsed():
    """Read a page of the built site as a browser would, once for all tests: to look at, not to change."""
    return cache(lambda page: BeautifulSoup((SITE / page).read_text(encoding="utf-8"), "html5lib"))


@pytest.fixture(scope="session")
def facts():
    """The table of facts that the build has computed for the pages of this checkout."""
    from execution.facts import read_facts

    return {name: fact.value for name, fact in read_facts(DOCS, DOCS / "_build").items()}


def launch(browser_type, path):
    """Start a browser, or say in one sentence that it is none, as Ubuntu's chromium is without its snap."""
    try:
        return browser_type.launch(executable_path=path, args=QUIET)
    except Error:
        pytest.fail(f"{path} does not start; set CHROMIUM to a Chromium or Chrome that does", pytrace=False)


@pytest.fixture(scope="session")
def chromium():
    """One browser for all tests of a process; each test opens what windows it needs."""
    names = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")  # the first is the quickest
    path = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, names)), None)
    if path is None and os.environ.get("CI") == "true":
        pytest.fail("no Chromium found; install it or set CHROMIUM")
    if path is None:
        pytest.skip("no Chromium found; install it or set CHROMIUM")
    with sync_playwright() as playwright:
        browser = launch(playwright.chromium, path)
        yield browser
        browser.close()


# The rules of axe that are off unless asked for. Three stay off: 7:1 for every colour, which a palette of six roles
# cannot have (the tests of the palette ask for 4.5:1), landmarks for all that scrolls: a page has many, and
# "hidden-content", which never calls anything wrong: it only asks people to look.
MORE_RULES = ["css-orientation-lock", "identical-links-same-purpose", "label-content-name-mismatch"]
MORE_RULES += ["meta-refresh-no-exceptions", "p-as-heading", "table-fake-caption", "target-size", "td-has-header"]
# The rules whose verdict on a page can change with the window and with the theme; all others read the page alone.
LOOKS = ["color-contrast", "link-in-text-block", "scrollable-region-focusable", "target-size"]
LOOKS += ["aria-hidden-focus", "empty-heading", "label-content-name-mismatch"]
# Axe computes what lies behind every word, for minutes in all. Of the words in code that look the same, with the same
# classes in the same kind of box, one is enough; and of a picture that speaks through its label, the frame.
ONE_OF_EACH = """() => {
    const seen = new Set();
    for (const word of document.querySelectorAll(".highlight span:not(:has(*))")) {
        const looks = [word, word.parentElement, word.closest(".highlight").parentElement].map(e => e.className).join();
        if (seen.has(looks)) word.replaceWith(word.textContent);
        seen.add(looks);
    }
    for (const picture of document.querySelectorAll(".figure-svg svg[role=img]")) picture.replaceChildren();
}"""
# And of the words that are drawn with the same colour, size and lines on the same grounds, one is enough for the rules
# that compare colours. A sign alone is no word: axe has no verdict on it.
ONE_OF_EACH_LOOK = """root => {
    const grounds = new Map(), seen = new Set();
    const ground = e => {
        if (!e) return "";
        if (!grounds.has(e)) {
            const { backgroundColor, backgroundImage, opacity, filter, position } = getComputedStyle(e);
            const own = [backgroundColor, backgroundImage, opacity, filter, position].join();
            const plain = own === "rgba(0, 0, 0, 0),none,1,none,static";
            grounds.set(e, ground(e.parentElement) + (plain ? "" : `${own};`));
        }
        return grounds.get(e);
    };
    const letters = e => {
        const { color, fill, fontSize, fontWeight, textShadow, textDecorationLine } = getComputedStyle(e);
        return [color, fill, fontSize, fontWeight, textShadow, textDecorationLine];
    };
    for (const e of root.querySelectorAll("*")) {
        e.removeAttribute("data-look");
        const words = [...e.childNodes].map(node => node.nodeType === Node.TEXT_NODE ? node.data.trim() : "").join("");
        const typed = e.matches("input, select, textarea");
        if ((words.length < 2 && !typed) || !e.checkVisibility({ visibilityProperty: true })) continue;
        const { left, right } = e.getBoundingClientRect();
        const beside = e.matches("a") && letters(e.parentElement);
        const look = [letters(e), ground(e), beside, e.className, e.disabled, right > 0, left < innerWidth].join();
        if (!seen.has(look)) e.dataset.look = "";
        seen.add(look);
    }
}"""
AXE = f"""if (!window.axe) {{
{Axe().axe_script}
axe.configure({{ rules: [
    {{ id: "color-contrast", selector: "[data-look]" }},
    {{ id: "link-in-text-block", selector: "[data-look]:is(a[href], [role=link])" }},
    {{ id: "target-size", selector: "a, button, input, select, textarea, summary, [tabindex]" }},
] }});
}}"""


def axe_complaints(page, rules=None):
    """What axe-core finds wrong with a page, by all rules or by these. Repetitions are gone from the page then."""
    page.evaluate(ONE_OF_EACH)
    page.locator("body").evaluate(ONE_OF_EACH_LOOK)
    page.evaluate(AXE)
    options = {"resultTypes": ["violations"], "rules": {rule: {"enabled": True} for rule in rules or MORE_RULES}}
    if rules:
        options["runOnly"] = {"type": "rule", "values": rules}
    violations = page.evaluate("options => axe.run(options).then(({ violations }) => violations)", options)
    for violation in violations:  # Furo's style needs the switches of its sidebars outside of them
        switches = [node for node in violation["nodes"] if 'class="sidebar-toggle"' in node["html"]]
        violation["nodes"] = [
            node for node in violation["nodes"] if violation["id"] != "region" or node not in switches
        ]
    violations = [violation for violation in violations if violation["nodes"]]
    return [(violation["id"], [node["html"][:120] for node in violation["nodes"]][:3]) for violation in violations]


@pytest.fixture(scope="session")
def address():
    """The site on a local server."""

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *args):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(SITE)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def views(chromium):
    """One window for each way of looking: a phone in daylight, a desktop at night, a phone without JavaScript."""
    phone, desktop = {"width": 360, "height": 740}, {"width": 1280, "height": 900}
    contexts = {
        "phone": chromium.new_context(viewport=phone, color_scheme="light"),
        "desktop": chromium.new_context(viewport=desktop, color_scheme="dark"),
        "plain": chromium.new_context(viewport=phone, java_script_enabled=False),
    }
    yield {name: context.new_page() for name, context in contexts.items()}
    for context in contexts.values():
        context.close()


def build_small_site(source, out, trees, builder="html", settings=None):
    """Build a site as if it were the only one that this process ever builds; return what Sphinx complained about."""
    warnings = io.StringIO()
    others = multiprocessing.active_children()
    own = {"source_suffix": {".rst": "restructuredtext"}}  # or what an earlier one has added to Sphinx's is still there
    spoken = dict(sphinx.locale.translators)  # its language is that of the process from then on
    with docutils_namespace():
        Sphinx(source, source, out, trees, builder, own | (settings or {}), status=None, warning=warnings).build()
    sphinx.locale.translators.clear()
    sphinx.locale.translators.update(spoken)
    for child in set(multiprocessing.active_children()) - set(others):  # sphinx-sitemap leaves one behind, which
        child.terminate()  # would hold the pipe to our browser open, so that nobody could ever close it
        child.join()
    return warnings.getvalue()


@pytest.fixture(scope="module", autouse=True)
def keep_what_is_left():
    """What a file of tests leaves to the next, pages that have been parsed above all, stays to the end, too."""
    yield
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


def cases(table):
    return {"params": list(table.values()), "ids": list(table)}


@pytest.fixture(
    **cases(
        {
            "list": ([1.0, 2.0], TypeError, "list"),
            "array": (torch.ones(2).numpy(), TypeError, "ndarray"),
            "ints": (torch.tensor([1, 2]), TypeError, "torch.int64"),
            "empty": (torch.tensor([]), ValueError, r"\(0,\)"),
            "nan": (torch.tensor([1.0, math.nan]), ValueError, "nan"),
            "inf": (torch.tensor([1.0, math.inf]), ValueError, "inf"),
            "0-d": (torch.tensor(1.0), ValueError, r"\(\)"),
            "3-d": (torch.ones(1, 1, 2), ValueError, r"\(1, 1, 2\)"),
        }
    )
)
def bad_vector(request):
    """A tensor that is no vector of finite floats, the error it deserves, and what the message must say it was."""
    return request.param


@pytest.fixture(
    **cases(
        {
            "list": ([[1.0]], TypeError, "list"),
            "ints": (torch.tensor([[1, 2]]), TypeError, "torch.int64"),
            "empty": (torch.ones(2, 0), ValueError, r"\(2, 0\)"),
            "nan": (torch.tensor([[1.0, math.nan]]), ValueError, "nan"),
            "inf": (torch.tensor([[1.0, -math.inf]]), ValueError, "inf"),
            "1-d": (torch.ones(2), ValueError, r"\(2,\)"),
            "3-d": (torch.ones(1, 1, 2), ValueError, r"\(1, 1, 2\)"),
        }
    )
)
def bad_matrix(request):
    """The same for a matrix."""
    return request.param


@pytest.fixture(
    **cases(
        {
            "str": ("1", TypeError, "str"),
            "bool": (True, TypeError, "bool"),
            "complex": (1j, TypeError, "complex"),
            "nan": (math.nan, ValueError, "nan"),
            "inf": (math.inf, ValueError, "inf"),
        }
    )
)
def bad_number(request):
    """The same for a finite number."""
    return request.param


@pytest.fixture(
    **cases(
        {
            "str": ("3", TypeError, "str"),
            "bool": (True, TypeError, "bool"),
            "float": (3.0, TypeError, "float"),
            "negative": (-1, ValueError, "-1"),
        }
    )
)
def bad_count(request):
    """The same for a whole number that is at least 0."""
    return request.param


@pytest.fixture
def refuses():
    """Check that a call fails with this error and that the message starts with the argument and says what it was."""

    def check(name, error, was, call, *args, **kwargs):
        with pytest.raises(error, match=rf"^{name} must .*but .*{was}"):
            call(*args, **kwargs)

    return check
