"""Words for the search where none are set apart: every two Chinese characters that stand together, and each alone.

Why no library: jieba, which Sphinx would ask, cuts by a dictionary that has none of our terms, so that 核回归 is found
by its first character or not at all; and what it takes for words in a page it may cut differently in a question.
"""

import re

from sphinx.search.en import SearchEnglish

RUN = re.compile(r"([\u3400-\u9fff]+)|[^\W\u3400-\u9fff]+")


def split(text: str, alone: bool = True) -> list[str]:
    """Return the words of a text: those in Latin letters, and of each Chinese run its pairs and its characters.

    A question has the characters of a run only where it is a single one.
    """
    found: list[str] = []
    for run in RUN.finditer(text):
        pairs = [run[0][i : i + 2] for i in range(len(run[0]) - 1)] if run[1] else [run[0]]
        found += [*pairs, *(run[0] if run[1] and (alone or not pairs) else "")]
    return found


class Pairs(SearchEnglish):
    """Sphinx's English search, with its stemmer, for pages that are in Chinese."""

    lang = "zh"
    # The same as `split(text, alone=False)`.
    js_splitter_code = r"""
var splitQuery = (query) =>
  (query.match(/\p{Script=Han}+|(?:(?!\p{Script=Han})[\p{L}\p{N}_])+/gu) ?? []).flatMap((run) => {
    const pairs = [...run].slice(1).map((character, i) => [...run][i] + character);
    return /\p{Script=Han}/u.test(run) && pairs.length > 0 ? pairs : [run];
  });
"""

    def split(self, input: str) -> list[str]:
        return split(input)
