"""What learners type, and the page that should be among the first three; and what a search costs."""

import gzip
import re
from collections import Counter
from urllib.parse import quote_plus, urlsplit

import pytest
from conftest import DOCS, SITE
from glossary import table
from search import in_english, phrases
from search.shards import HAN, shard
from test_search_in_chinese import HITS
from test_search_in_chinese import TYPED as CHINESE

pytestmark = pytest.mark.site
GLOSSARY, QUESTIONS = "reference/glossary.html", "practice/questions.html"
# Typed: where one of the first three hits leads. The words of threads and of other books, English and Chinese.
TYPED = {
    "what is a query": f"{GLOSSARY}#term-query",
    "What is a key?": f"{GLOSSARY}#term-key",
    "what is attention": f"{GLOSSARY}#term-attention",
    "what does bandwidth mean": f"{GLOSSARY}#term-bandwidth",
    "what is softmax?": f"{GLOSSARY}#term-softmax",
    "what is overfitting": f"{GLOSSARY}#term-overfitting",
    "define stride": f"{GLOSSARY}#term-stride",
    "what is a one-hot": f"{GLOSSARY}#term-one-hot",
    "query key value": QUESTIONS,
    "QKV": QUESTIONS,
    "kNN": f"{GLOSSARY}#term-nearest-neighbour",
    "k nearest neighbors": QUESTIONS,
    "colab": "about/install.html",
    "jupyter": "about/install.html",
    "install": "about/install.html",
    "loss does not decrease": QUESTIONS,
    "loss increases": "lessons/11-did-training-help.html",
    "curse of dimensionality": f"{GLOSSARY}#term-curse-of-dimension",
    "my own csv": "practice/your-own-data.html",
    "pandas": "practice/your-own-data.html",
    "time series": "practice/your-own-data.html",
    "outlier": "practice/your-own-data.html",
    "extrapolation": "practice/your-own-data.html",
    "duplicate rows": "practice/your-own-data.html",
    "rbf": f"{GLOSSARY}#term-Gaussian-kernel",
    "gamma": f"{GLOSSARY}#term-bandwidth",
    "lengthscale": f"{GLOSSARY}#term-bandwidth",
    "lowess": f"{GLOSSARY}#term-local-linear-regression",
    "confidence interval": "lessons/13-choosing-the-width.html",
    "MSE": f"{GLOSSARY}#term-mean-squared-error",
    "wiggly curve": "lessons/11-did-training-help.html",
    "in place modified": QUESTIONS,
    "minibatch": f"{GLOSSARY}#term-batch",
    "matmul": f"{GLOSSARY}#term-bmm",
    "multi-head": f"{GLOSSARY}#term-head",
    "flash attention": "lessons/16-how-far-does-it-scale.html",
    "out of memory": "lessons/16-how-far-does-it-scale.html",
    "cuda": "lessons/16-how-far-does-it-scale.html",
    "temperature": f"{GLOSSARY}#term-temperature",
    "heatmap": f"{GLOSSARY}#term-heat-map",
    "optimizer": f"{GLOSSARY}#term-optimiser",
    "hyperparameter": f"{GLOSSARY}#term-hyper-parameter",
    "leave one out": "lessons/09-leave-yourself-out.html",
    "remove the diagonal": QUESTIONS,
    "why remove the diagonal of the attention matrix please": QUESTIONS,
    "repeat_interleave": f"{GLOSSARY}#term-repeat_interleave",
    "unsqueeze": f"{GLOSSARY}#term-unsqueeze",
    "cross validation": "lessons/13-choosing-the-width.html",
    "attention_pooling": "reference/generated/nwlesson.attention_pooling.html",
    "fit_bandwidth": "reference/generated/nwlesson.fit_bandwidth.html",
    "broadcasting": "lessons/06-making-shapes-meet.html",
    "learning rate": f"{GLOSSARY}#term-learning-rate",
    "slides": "teach/index.html",
    "teacher": "teach/index.html",
    "池化": f"{GLOSSARY}#term-pooling",
    "核函数": f"{GLOSSARY}#term-kernel",
    "窗宽": f"{GLOSSARY}#term-bandwidth",
    "对角线": f"{GLOSSARY}#term-diagonal",
    "为什么要去掉对角线": QUESTIONS,
    "注意力汇聚": f"{GLOSSARY}#term-attention-pooling",
    "热力图": f"{GLOSSARY}#term-heat-map",
    "交叉验证": f"{GLOSSARY}#term-cross-validation",
    "学习率": f"{GLOSSARY}#term-learning-rate",
    "安装": "about/install.html",
    "fnord remove blorp the diagonal quux": QUESTIONS,  # two of these words stand together, the others nowhere
}


@pytest.fixture(scope="module")
def hits(chromium, address):
    """The first three hits of everything that is typed, from one page."""
    page = chromium.new_page()
    page.goto(f"{address}search.html?q=overshoot")
    page.wait_for_selector("#search-results li")
    yield {typed: hits for typed, (hits, _) in page.evaluate(HITS, list(TYPED)).items()}
    page.close()


@pytest.mark.parametrize("typed", TYPED)
def test_what_was_meant_is_among_the_first_three(hits, typed):
    wanted = TYPED[typed]
    assert [hit for hit in hits[typed] if hit == wanted or hit.split("#")[0] == wanted], hits[typed]


NAMES = {name: entry.term for entry in table.read(DOCS) for name in [*entry.names, *entry.chinese_names]}


def test_no_word_stands_in_two_tables_or_twice_in_one():
    entries = table.read(DOCS)
    words = [word.lower() for entry in entries for word in {entry.term, *entry.names, *entry.chinese_names}]
    assert [word for word, count in Counter([*words, *phrases()]).items() if count > 1] == []
    assert len(NAMES) > 150
    assert set(in_english(entries)) >= set(phrases())


@pytest.mark.parametrize("folder", ["", "zh/"], ids=["English", "Chinese"])
def test_every_other_name_finds_its_entry(chromium, address, parsed, folder):
    page = chromium.new_page()
    page.goto(f"{address}{folder}search.html?q=softmax")
    page.wait_for_selector("#search-results li")
    found = page.evaluate(HITS, list(NAMES))
    entries = {next(dt.stripped_strings): f"{GLOSSARY}#{dt['id']}" for dt in parsed(GLOSSARY).select("dl.glossary dt")}
    assert {name: hits for name, (hits, _) in found.items() if entries[NAMES[name]] not in hits} == {}
    page.close()


def test_a_word_of_the_glossary_is_summed_up_by_what_is_said_of_it(chromium, address):
    page = chromium.new_page()
    page.goto(f"{address}search.html?q=what+is+a+query")
    first = page.locator("#search-results li").first
    first.locator("p").wait_for()
    assert first.locator("a").get_attribute("href") == f"{GLOSSARY}#term-query"
    assert first.locator("a").inner_text() == "Glossary > query", "not only its page"
    assert first.locator("p").inner_text().startswith("A place you ask about.")
    page.close()


@pytest.mark.parametrize("word", ["crawl", "winner"])
def test_words_that_a_figure_may_say_are_not_found(word):
    """They stand in the page for translators, and no reader sees them there."""
    said = "".join(path.read_text(encoding="utf-8") for path in DOCS.glob("explorables/*/*.md"))
    assert word in said, "another word must do"
    index = (SITE / "searchindex.js").read_text(encoding="utf-8")
    assert re.search(r'[{,]"?diagonal"?:', index) and not re.search(rf'[{{,]"?{word}"?:', index)


@pytest.mark.parametrize("folder", ["", "zh/"], ids=["English", "Chinese"])
def test_before_a_question_the_page_gives_examples_that_find_something(chromium, address, folder):
    page = chromium.new_page()
    page.goto(f"{address}{folder}search.html")
    examples = page.locator(".search-hints a")
    links = examples.evaluate_all("links => links.map(link => link.href)")
    assert len(links) >= 4 and examples.first.is_visible()
    for link in links:
        page.goto(link)
        page.wait_for_selector("#search-results li")
        assert not examples.first.is_visible()
    page.close()


def test_words_that_occur_nowhere_find_nothing(chromium, address):
    page = chromium.new_page()
    page.goto(f"{address}search.html?q=zzzz+qqqq")
    page.wait_for_selector("#search-results .search-summary:has-text('did not match')")
    assert page.locator("#search-results li").count() == 0
    assert page.locator("#search-results .search-summary").get_attribute("role") == "status", "it is heard"
    page.close()


def packed(path: str) -> int:
    """What a host sends for this file."""
    return len(gzip.compress((SITE / path).read_bytes()))


@pytest.mark.parametrize("folder, first", [("", "attention"), ("zh/", "注意力")], ids=["English", "Chinese"])
def test_a_search_is_small_when_its_first_results_are_there(chromium, address, folder, first):
    """All that is loaded until the reader moves, as a host sends it, packed: for one question, and reckoned for all."""
    page = chromium.new_page(viewport={"width": 360, "height": 740})
    loaded: set[str] = set()
    page.on("request", lambda request: loaded.add(urlsplit(request.url).path.lstrip("/")))
    page.goto(f"{address}{folder}search.html?q={quote_plus(first)}")
    page.locator("#search-results .search-summary[role=status]:not(:empty)").wait_for()
    page.locator("#search-results li:nth-child(3) > p").wait_for()
    seen = {name for name in loaded if (SITE / name).is_file()}
    found = page.evaluate(HITS, [first, *(CHINESE if folder else TYPED)])
    page.close()
    own = {
        typed: {f"{folder}_static/search/texts/{hit.split('.html')[0]}.js" for hit in hits}
        | {f"zh/_static/search/{shard(word)}.js" for word in words if folder and HAN.match(word)}
        for typed, (hits, words) in found.items()
    }
    always = seen - own[first]
    assert own[first] < seen and f"{folder}searchindex.js" in always and len(always) > 8
    assert not [name for name in always if "_static/search/" in name]
    size = {typed: sum(map(packed, always | names)) for typed, names in own.items()}
    assert {typed: bytes for typed, bytes in size.items() if bytes > 150_000} == {}


def test_three_summaries_come_at_once_and_the_others_when_the_reader_moves_and_they_are_in_sight(chromium, address):
    page = chromium.new_page(viewport={"width": 360, "height": 1200})
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{address}search.html?q=attention")
    page.wait_for_selector("#search-results .search-summary:has-text('found')")
    results = page.locator("#search-results li")
    last = results.nth(results.count() - 1)
    assert results.count() > 20
    page.locator("#search-results li:nth-child(3) > p").wait_for()
    assert page.locator("#search-results li > p").count() == 3
    assert page.locator("#search-results li > p .highlighted").count() > 2, "the words are marked"
    for move in "touchstart", "pointermove", "scroll":  # as a finger does, before the first page has come
        page.evaluate("move => dispatchEvent(new Event(move))", move)
    page.locator("#search-results li:nth-child(4) > p").wait_for()
    assert page.locator("#search-results li > p ~ p").count() == 0, "each is loaded once"
    assert last.locator("p").count() == 0
    assert len({url for url in asked if "/texts/" in url}) < 12
    assert not [url for url in asked if "/lessons/" in url.split("/texts/")[0]], "no page for its summary"
    last.scroll_into_view_if_needed()
    page.wait_for_function("() => document.querySelector('#search-results li:last-child > p') !== null")
    page.close()
