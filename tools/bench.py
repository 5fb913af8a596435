"""Measure, and print ratios from one run: pooling, the build, pages and explorables. Nothing here is a test.

bench_scaling.py also stores what lesson 16 shows.

Run it with `make bench`. Ratios travel between machines; seconds do not.
"""

import itertools
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import timeit
from pathlib import Path
from urllib.parse import urlsplit

import bench_scaling
import numpy
import torch
from page_sizes import size_of, weight
from playwright.sync_api import sync_playwright

from nwlesson import attention_pooling, leave_one_out, leave_one_out_loss, make_data

ROOT = Path(__file__).parents[1]
SITE = ROOT / "docs" / "_build" / "html"

# Everything that the site shows, run in one plain process: what the build is compared with.
PLAIN = """
import contextlib, sys, runpy
from pathlib import Path
sys.path[:0] = map(str, (Path("docs/_ext").resolve(), Path.cwd()))
import matplotlib.pyplot as plt
import doctests, figures
from execution.facts import compute_facts, fact_files
from execution.notebook import read_notebook
docs = Path("docs").resolve()
for page in doctests.pages(docs):
    notebook, names = read_notebook(page), {}
    with contextlib.chdir(page.parent):
        for cell in notebook.cells if notebook else []:
            if cell.cell_type == "code":
                exec(compile(cell.source, str(page), "exec"), names)
                for number in plt.get_fignums():
                    figures.to_svg(plt.figure(number))
                plt.close("all")
for script in sorted(docs.glob("gallery/plot_*.py")):
    runpy.run_path(str(script))
    for number in plt.get_fignums():
        figures.to_svg(plt.figure(number))
    plt.close("all")
for path in fact_files(docs):
    compute_facts(path)
doctests.run_all(docs)
"""


def best(function, number: int = 5) -> float:
    """Return the shortest of five runs, in seconds for one call."""
    return min(timeit.repeat(function, number=number, repeat=5)) / number


def cpu(command: list[str], folder: Path) -> tuple[float, float]:
    """Run a command and return the processor seconds of it and all its children, and the seconds on the clock."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = timeit.default_timer()
    subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)
    wall = timeit.default_timer() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, wall


def pooling() -> None:
    print("Pooling, seconds for one call and ratio to ours")
    for n in 50, 1000, 4000:
        data = make_data(n, step=5 / n)
        x, y, q = data.x_train, data.y_train, data.x_test

        def book(x=x, y=y, q=q):
            repeated = q.repeat_interleave(len(x)).reshape((-1, len(x)))
            return torch.nn.functional.softmax(-((repeated - x) ** 2) / 2, dim=1) @ y

        ours = best(lambda x=x, y=y, q=q: attention_pooling(q, x, y))
        theirs = best(book)
        print(
            f"  {len(q):5d} queries, {n:5d} keys: ours {ours:.2e}, the book's {theirs:.2e}, ratio {theirs / ours:.2f}"
        )


def formula() -> None:
    print("attention_pooling against the bare formula, 50 queries on 50 keys")
    data, w = make_data(50, step=0.1), 4.0
    q, k, y = data.x_test, data.x_train, data.y_train
    ours = best(lambda: attention_pooling(q, k, y, w), number=1000)
    bare = best(lambda: torch.softmax(-(((q[:, None] - k) * w) ** 2) / 2, -1) @ y, number=1000)
    print(f"  ours {1e6 * ours:.1f} µs, bare {1e6 * bare:.1f} µs, ratio {ours / bare:.2f}")


def leaving_out() -> None:
    print("Leave-one-out loss, -inf on the diagonal against 50 x 49 copies")
    data = make_data(1000, step=0.1)
    x, y = data.x_train, data.y_train

    def copies():
        keys, values = leave_one_out(x, y)
        weights = torch.softmax(-((x[:, None] - keys) ** 2) / 2, dim=-1)
        return (((weights * values).sum(dim=-1) - y) ** 2).mean()

    ours, theirs = best(lambda: leave_one_out_loss(1.0, x, y)), best(copies)
    print(f"  1000 points: ours {ours:.2e}, copies {theirs:.2e}, ratio {theirs / ours:.2f}")


def building() -> None:
    print("Building the site, processor seconds (seconds on the clock)")
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder, "project")
        made = shutil.ignore_patterns("_build", "examples", "generated", "backreferences", "__pycache__", ".*")
        shutil.copytree(ROOT, copy, ignore=made, symlinks=True)
        make = ["make", "html", f"venv={sys.prefix}", "-o", f"{sys.prefix}/site"]
        plain, wall = cpu([sys.executable, "-c", PLAIN], copy)
        print(f"  {'the same code in one plain process':35s} {plain:6.1f} ({wall:.1f})")
        for name, prepare in STEPS.items():
            prepare(copy / "docs")
            used, wall = cpu(make, copy)
            print(f"  {name:35s} {used:6.1f} ({wall:.1f}), {used / plain:.2f} times the plain process", flush=True)


def replace_in(file: str, old: str, new: str):
    """Return what replaces `old` in a file of docs, where it must stand."""

    def prepare(docs: Path) -> None:
        text = (docs / file).read_text(encoding="utf-8")
        assert old in text, f"{file} has no {old!r}"
        (docs / file).write_text(text.replace(old, new, 1), encoding="utf-8")

    return prepare


STEPS = {
    "clean build": lambda docs: None,
    "nothing changed": lambda docs: None,
    "one paragraph edited": replace_in(
        "lessons/02-average-pooling.md", "The laziest answer", "The very laziest answer"
    ),
    "one fact edited": replace_in("facts/lesson_02.py", "{answer:.2f}", "{answer:.3f}"),
}


def sizes() -> None:
    print("Largest pages, everything loaded with them, in KB after gzip (requests, KB of JavaScript)")
    rows = [size_of(page, SITE) for page in SITE.rglob("*.html")]
    for kind in "lessons", "":
        for total, requests, script, name in sorted([r for r in rows if str(r[3]).startswith(kind)], reverse=True)[:4]:
            print(f"  {total / 1000:6.1f} ({requests}, {script / 1000:.1f})  {name}")


LONG_TASKS = """
window.blocked = [];
new PerformanceObserver(list => list.getEntries().forEach(entry => blocked.push(entry.duration - 50)))
    .observe({ type: "longtask", buffered: true });
"""
# Nothing moves any more, and all has been said.
REST = """() => !document.querySelector(".explorable [aria-busy]")
    && document.getAnimations().every(({ playState }) => playState !== "running")"""
FIRST, GLIDE = 100, 700  # milliseconds, time for the first frame and nearly all of a glide
# Lighthouse's index of a machine: how often in a tenth of a second a text grows to 10,000 letters, and 100,000 numbers
# are copied; the mean of both. And how many times slower a phone of the middle is, by Lighthouse's calculator: 4 times
# where the index is 1533, as on a good desktop, for which "4x" was meant.
INDEX = """() => {
    const numbers = Array.from({ length: 100_000 }, (_, i) => i), copied = [...numbers];
    const grow = () => { let text = ""; for (let i = 0; i < 10_000; i++) text += "a"; return text.length; };
    const copy = () => { for (let i = 0; i < numbers.length; i++) copied[i] = numbers[i]; };
    const often = work => {
        const began = performance.now();
        let times = 0;
        for (; performance.now() - began < 500; times++) work();
        return times / (performance.now() - began) * 100;
    };
    return (often(grow) + often(copy)) / 2;
}"""
INDICES, TIMES_SLOWER = [150, 800, 1300, 2000], [1, 2, 3, 6]


def in_browser() -> None:
    """What blocks while a page loads, and what a key costs, on a phone."""
    names = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
    browser = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, names)), None)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=browser, args=["--no-sandbox", "--disable-gpu"])
        slower = phone(chromium.new_page())
        print(f"A phone is {slower:.1f} times slower than this machine, by Lighthouse's index")
        print("Blocking while a page loads, ms beyond 50 of all long tasks (the longest), best of three")
        lessons = sorted(
            page for page in SITE.glob("lessons/*.html") if 'class="explorable' in page.read_text(encoding="utf-8")
        )
        for page in [SITE / "index.html", SITE / "play" / "index.html", *lessons]:
            address = page.relative_to(SITE).as_posix()
            total, longest = min(blocking(narrow_page(chromium), address, slower) for _ in range(3))
            print(f"  {address:45s} {total:4.0f} ({longest:.0f})")
        explorables(chromium)


def narrow_page(chromium):
    page = chromium.new_page(viewport={"width": 412, "height": 823})
    page.route("http://site.test/**", lambda route: route.fulfill(path=SITE / urlsplit(route.request.url).path[1:]))
    return page


def phone(page) -> float:
    """How many times slower a phone is than this machine at the moment; where others work too, this changes."""
    return float(numpy.interp(page.evaluate(INDEX), INDICES, TIMES_SLOWER))


def blocking(page, address: str, slower: float) -> tuple[float, float]:
    """Open a page and wait until all its explorables run; tasks take as long as they take on the clock."""
    page.add_init_script(LONG_TASKS)
    page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": slower})
    page.goto(f"http://site.test/{address}")
    for root in page.locator(".explorable").all():
        root.locator("xpath=self::*[contains(@class, 'running')]").wait_for()
    tasks = page.evaluate("blocked")
    page.close()
    return sum(tasks), max(tasks, default=-50) + 50


def explorables(chromium) -> None:
    """Sizes, and what a key and its drawing cost the main thread of a phone; rastering is not in it.

    This machine may be twice as quick in the next second, so each time is multiplied by what a phone is slower just
    before it. Of three rounds the middle one counts: speed may change between the two.
    """
    code = {path: weight(path) for path in sorted((SITE / "_static/explorables").rglob("*")) if path.is_file()}
    script = sum(size for path, size in code.items() if path.suffix == ".js")
    print(f"Explorables, all code {script / 1000:.1f} KB after gzip;", end=" ")
    print("ms of the main thread from a key to the paint")
    print("  " + ", ".join(f"{path.name} {size / 1000:.1f}" for path, size in code.items()))
    page, gauge = narrow_page(chromium), chromium.new_page()
    page.goto("http://site.test/play/index.html")
    for root in page.locator(".explorable").all():
        root.locator("xpath=self::*[contains(@class, 'running')]").wait_for()
    for root in page.locator(".explorable").all():
        name = root.get_attribute("data-explorable")
        root.evaluate("root => root.querySelectorAll('details').forEach(fold => (fold.open = true))")
        sliders, buttons = root.locator("[type=range]").all(), root.locator("button.try").all()
        keys = middle(lambda sliders=sliders: [t for slider in sliders for t in key_times(page, gauge, slider)])
        tries = middle(lambda buttons=buttons: [try_times(page, gauge, button) for button in buttons])
        print_times(name, keys, tries)


def middle(times) -> list:
    """Return the middle one of three rounds for each single time."""
    return [sorted(three)[1] for three in zip(*(times() for _ in range(3)), strict=True)]


def answer(page, gauge, key: str, lasting: int) -> list[float]:
    """Milliseconds that a phone's main thread works for each frame that answers a key, as the browser records them.

    The waits for frames are not in it, nor what other programs take. The first frame begins with the key.
    """
    page.wait_for_function(REST)
    slower = phone(gauge)
    browser = page.context.browser
    browser.start_tracing(page=page, categories=["devtools.timeline", "disabled-by-default-devtools.timeline"])
    page.keyboard.press(key)
    page.wait_for_timeout(lasting)
    events = [event for event in json.loads(browser.stop_tracing())["traceEvents"] if event["ph"] == "X"]
    down = next(event for event in events if event["args"].get("data", {}).get("type") == "keydown")
    since = [event for event in events if thread(event) == thread(down) and ends(event) > down["ts"]]
    tasks = [(event["ts"], event.get("tdur", event["dur"]) / 1000) for event in since if event["name"] == "RunTask"]
    painted = sorted(ends(event) for event in since if event["name"] == "Layerize")
    spans = itertools.pairwise([0, *painted])
    frames = [slower * sum(worked for begin, worked in tasks if start <= begin < end) for start, end in spans]
    return frames or [0.0]  # at the end of a slider nothing is painted


def thread(event: dict) -> tuple[int, int]:
    return event["pid"], event["tid"]


def ends(event: dict) -> int:
    """When an event ends, in microseconds."""
    return event["ts"] + event["dur"]


def key_times(page, gauge, slider) -> list[float]:
    slider.focus()
    return [answer(page, gauge, key, FIRST)[0] for key in ["ArrowLeft", "ArrowRight"]]


def try_times(page, gauge, button) -> tuple[float, float, str]:
    """What a {try} costs to the first paint, and then each frame of its glide."""
    button.focus()
    first, *glide = answer(page, gauge, "Enter", GLIDE)
    return first, statistics.fmean(glide or [0.0]), button.inner_text()


def print_times(name: str, keys: list[float], tries: list[tuple[float, float, str]]) -> None:
    first, _, words = max(tries)
    frame = max(one[1] for one in tries)
    print(f"  {name:20s} key {max(keys, default=0):4.0f}, median {statistics.median(keys or [0]):4.0f}", end="")
    print(f"; try {first:4.0f} ({words}); a frame of its glide {frame:4.0f}", flush=True)


if __name__ == "__main__":
    torch.set_num_threads(1)
    os.environ["MAKEFLAGS"] = ""
    bench_scaling.main()
    pooling()
    formula()
    leaving_out()
    sizes()
    in_browser()
    building()
