"""Lesson 17: whom the words of a few sentences hear in a trained Transformer, stored by `tools/hear_sentences.py`."""

import json
from pathlib import Path

import torch

from nwlesson import attention_pooling, effective_neighbours

SENTENCES = json.loads(Path(__file__).with_name("sentences.json").read_text(encoding="utf-8"))
TIRED, WIDE, KEYS_ARE, AUTHOR_HAS = SENTENCES["sentences"]


def facts() -> dict[str, str]:
    check_the_claims()
    return of_the_sentences() | of_the_finale()


def table(sentence: dict, head: str) -> torch.Tensor:
    """The weights that a head has in a sentence, a row for each word."""
    return torch.softmax(torch.tensor(sentence["scores"][head]), dim=-1)


def hears(sentence: dict, query: str, key: str) -> float:
    """How much one word of a sentence hears of another in the head that looks at meaning; both occur once."""
    assert sentence["tokens"].count(query) == sentence["tokens"].count(key) == 1
    return table(sentence, "meaning")[sentence["tokens"].index(query), sentence["tokens"].index(key)].item()


def check_the_claims() -> None:
    all_sentences = SENTENCES["sentences"]
    assert all(table(s, "previous")[1:].diagonal().min() > 0.995 for s in all_sentences), "each hears the one before it"
    for sentence, query, key in (TIRED, "it", "animal"), (KEYS_ARE, "are", "keys"), (AUTHOR_HAS, "has", "dog"):
        row = table(sentence, "meaning")[sentence["tokens"].index(query)]
        assert sentence["tokens"][row.argmax()] == key and row.max() > 0.6, f"{query} should hear {key}"
    assert hears(WIDE, "it", "animal") < hears(TIRED, "it", "animal") / 2, "with wide it should waver"
    assert hears(WIDE, "it", "street") > 2 * hears(TIRED, "it", "street"), "and hear more of the street"
    assert hears(AUTHOR_HAS, "has", "author") < 0.2, "the head should err here"
    assert TIRED["tokens"].index("it") - TIRED["tokens"].index("animal") == 7
    assert all((table(s, "sink").argmax(dim=1) == 0).float().mean() > 0.8 for s in all_sentences), "most hear the start"


def of_the_sentences() -> dict[str, str]:
    model = SENTENCES["model"]
    previous, sink = table(TIRED, "previous")[1:].diagonal(), table(TIRED, "sink")[:, 0]
    return {
        "head-count": f"{model['layers'] * model['heads']}",
        "head-it-animal": f"{hears(TIRED, 'it', 'animal'):.2f}",
        "head-are-keys": f"{hears(KEYS_ARE, 'are', 'keys'):.2f}",
        "head-wide-animal": f"{hears(WIDE, 'it', 'animal'):.2f}",
        "head-wide-street": f"{hears(WIDE, 'it', 'street'):.2f}",
        "head-has-dog": f"{hears(AUTHOR_HAS, 'has', 'dog'):.2f}",
        "head-previous": f"{previous.min():.2f}",
        "head-previous-neighbours": f"{effective_neighbours(table(TIRED, 'previous'))[1:].median():.0f}",
        "head-sink": f"{sink.mean():.2f}",
    }


def of_the_finale() -> dict[str, str]:
    keys, values = torch.tensor([0.0, 2.0]), torch.tensor([1.0, 3.0])
    answer = attention_pooling(torch.tensor([0.0]), keys, values).item()
    assert 1 < answer < 1.5, "much of the 1, a little of the 3"
    return {"finale-answer": f"{answer:.2f}"}
