"""The search of the Chinese pages: words where none are set apart, and what learners type."""

import json
import re

import pytest
from conftest import DOCS, SITE
from glossary import table as glossary
from search import in_chinese
from search.chinese import split
from search.shards import HAN, KINDS, SHARDS, shard
from translation import catalogues

GLOSSARY, QUESTIONS = "reference/glossary.html", "practice/questions.html"
TERM = f"{GLOSSARY}#term-"
# Typed: where one of the first three hits leads.
TYPED = {
    "什么是查询": f"{TERM}query",
    "查询是什么？": f"{TERM}query",
    "键是什么意思": f"{TERM}key",
    "什么是注意力": f"{TERM}attention",
    "什么是核": f"{TERM}kernel",
    "解释一下带宽": f"{TERM}bandwidth",
    "什么是过拟合": f"{TERM}overfitting",
    "什么叫步幅": f"{TERM}stride",
    "池化": f"{TERM}pooling",
    "汇聚": f"{TERM}pooling",
    "注意力汇聚": f"{TERM}attention-pooling",
    "注意力池化": f"{TERM}attention-pooling",
    "平均池化": f"{TERM}average-pooling",
    "注意力权重": f"{TERM}attention-weight",
    "核函数": f"{TERM}kernel",
    "高斯核": f"{TERM}Gaussian-kernel",
    "矩形核": f"{TERM}boxcar-kernel",
    "窗宽": f"{TERM}bandwidth",
    "带宽": f"{TERM}bandwidth",
    "热力图": f"{TERM}heat-map",
    "热图": f"{TERM}heat-map",
    "交叉验证": f"{TERM}cross-validation",
    "留一法": f"{TERM}leave-one-out",
    "学习率": f"{TERM}learning-rate",
    "对角线": f"{TERM}diagonal",
    "掩码": f"{TERM}mask",
    "遮蔽": f"{TERM}mask",
    "广播": f"{TERM}broadcasting",
    "广播机制": f"{TERM}broadcasting",
    "梯度下降": f"{TERM}gradient-descent",
    "梯度": f"{TERM}gradient",
    "损失": f"{TERM}loss",
    "均方误差": f"{TERM}mean-squared-error",
    "超参数": f"{TERM}hyper-parameter",
    "优化器": f"{TERM}optimiser",
    "独热编码": f"{TERM}one-hot",
    "维数灾难": f"{TERM}curse-of-dimension",
    "自注意力": f"{TERM}self-attention",
    "最近邻": f"{TERM}nearest-neighbour",
    "批量矩阵乘法": f"{TERM}bmm",
    "点积": f"{TERM}dot-product",
    "张量": f"{TERM}tensor",
    "收敛": f"{TERM}converge",
    "信息泄漏": f"{TERM}leak",
    "偏差": f"{TERM}bias",
    "方差": f"{TERM}variance",
    "批量": f"{TERM}batch",
    "噪声": f"{TERM}noise",
    "噪音": f"{TERM}noise",
    "训练": f"{TERM}training",
    "为什么要去掉对角线": QUESTIONS,
    "为什么训练以后曲线不平滑": QUESTIONS,
    "安装": "about/install.html",
    "jupyter": "about/install.html",
    "自己的数据": "practice/your-own-data.html",
    "pandas": "practice/your-own-data.html",
    "老师": "teach/index.html",
    "softmax": f"{TERM}softmax",
    "kernel": f"{TERM}kernel",
    "query": f"{TERM}query",
    "bandwidth": f"{TERM}bandwidth",
    "rbf": f"{TERM}Gaussian-kernel",
    "unsqueeze": f"{TERM}unsqueeze",
    "repeat_interleave": f"{TERM}repeat_interleave",
    "attention_pooling": "reference/generated/nwlesson.attention_pooling.html",
    "fit_bandwidth": "reference/generated/nwlesson.fit_bandwidth.html",
}
# Of all that is typed, the first three hits, and the words that are looked for.
HITS = """async typed => {
    const found = {};
    for (const words of typed) {
        const asked = Search.reword(words);
        await Search.loadWords(asked);
        const hits = Search._performSearch(...Search._parseQuery(asked));
        found[words] = [hits.slice(-3).reverse().map(([page, , anchor]) => `${page}.html${anchor}`), splitQuery(asked)];
    }
    return found;
}"""
TEXTS = {
    "核回归": ["核回", "回归"],
    "键": ["键"],
    "用torch算，核 key_2！": ["用", "torch", "算", "核", "key_2"],
    "": [],
}


@pytest.fixture(scope="module")
def search_page(chromium, address):
    page = chromium.new_page()
    page.goto(f"{address}zh/search.html?q=softmax")
    page.wait_for_selector("#search-results li")
    yield page
    page.close()


def test_a_text_is_cut_into_pairs_and_characters():
    assert split("核回归") == ["核回", "回归", "核", "回", "归"]
    assert {text: split(text, alone=False) for text in TEXTS} == TEXTS


def test_a_question_is_cut_as_the_pages_are(search_page):
    """In the browser by a script, in the build by Python: what one of them cuts otherwise is never found."""
    assert search_page.evaluate("texts => texts.map(text => splitQuery(text))", list(TEXTS)) == list(TEXTS.values())
    assert search_page.evaluate("new Stemmer().stemWord('kernels')") == "kernel"


@pytest.mark.slow
def test_english_words_lead_to_what_is_said_in_chinese():
    titles = {text: entry.string for text, entry in catalogues.entries("zh_CN").items()}
    table = in_chinese(glossary.read(DOCS), catalogues.terms("zh_CN"), titles)
    assert table["uniform kernel"] == table["矩形核"] == "矩形核（均匀核）", "what is asked is the title of the entry"
    assert table["query"] == table["volitional cue"] == table["自主性提示"] == "查询"
    assert table["对角线"] == "对角线", "a question is cut where a term begins"


@pytest.mark.site
def test_the_words_of_the_index_are_short_and_the_chinese_ones_lie_in_their_shards():
    """A word of three characters would be found by a part of it, for which all words must be there."""
    index, *parts = (
        json.loads(text[text.index("(") + 1 : text.rindex(")")])
        for text in (
            (SITE / "zh" / name).read_text(encoding="utf-8")
            for name in ("searchindex.js", *(f"_static/search/{number}.js" for number in range(SHARDS)))
        )
    )
    assert "softmax" in index["terms"]
    assert not [word for kind in KINDS for word in index[kind] if HAN.search(word)]
    assert "核回" in parts[int(shard("核回"))]["terms"]
    words = [(number, word) for number, part in enumerate(parts) for kind in KINDS for word in part[kind]]
    assert len(words) > 10_000
    assert [
        word for number, word in words if number != int(shard(word)) or not re.fullmatch(r"[\u3400-\u9fff]{1,2}", word)
    ] == []


@pytest.mark.parametrize("typed", TYPED)
def test_what_was_meant_is_among_the_first_three(search_page, typed):
    wanted = TYPED[typed]
    hits, _ = search_page.evaluate(HITS, [typed])[typed]
    assert [hit for hit in hits if hit == wanted or hit.split("#")[0] == wanted], hits
