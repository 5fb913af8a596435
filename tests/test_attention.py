"""What lessons 15 and 17 claim of Nadaraya-Watson and of Transformers, for any numbers, against torch's own attention.

The function and the class are taken out of the page, so that what readers copy is what is tested.
"""

import gzip
import json
import math
import re

import pytest
import torch
from conftest import DOCS
from hypothesis import assume, given
from hypothesis import strategies as st
from torch import nn
from torch.nn.functional import scaled_dot_product_attention
from torch.testing import assert_close

from nwlesson import attention_pooling, attention_weights, make_data

PAGE = (DOCS / "lessons" / "15-from-1964-to-transformers.md").read_text(encoding="utf-8")
SIZES = [(1, 4, 3), (2, 3, 5), (6, 8, 4), (9, 5, 16)]  # words, d_model, d


def from_page(start: str):
    """Return the function or class of the page whose first line begins so."""
    (source,) = re.findall(rf"^({re.escape(start)}.*?)^(?=\S)", PAGE, re.DOTALL | re.MULTILINE)
    namespace = {"torch": torch, "nn": nn}
    exec(source, namespace)
    return namespace[re.split(r"\W", start)[1]]


by_products = from_page("def by_products(")
SelfAttention = from_page("class SelfAttention(")


def tensors(*shape, low=-3.0, high=3.0):
    """Draw a tensor of this shape, in float64."""
    numbers = st.lists(st.floats(low, high, width=32), min_size=math.prod(shape), max_size=math.prod(shape))
    return numbers.map(lambda list_: torch.tensor(list_, dtype=torch.float64).reshape(shape))


@st.composite
def vectors(draw):
    """Queries, keys and values that are vectors."""
    n_queries, n_keys, d = (draw(st.integers(1, 5)) for _ in range(3))
    return draw(tensors(n_queries, d)), draw(tensors(n_keys, d)), draw(tensors(n_keys, 2))


def words_and_head(seed: int, size: tuple[int, int, int]):
    n, d_model, d = size
    generator = torch.Generator().manual_seed(seed)
    head = SelfAttention(d_model, d).double()
    for matrix in head.parameters():
        nn.init.normal_(matrix, std=0.5, generator=generator)
    return torch.randn(n, d_model, generator=generator, dtype=torch.float64), head


def masks(n: int) -> dict[str, torch.Tensor]:
    later = torch.ones(n, n).triu(diagonal=1).bool()
    return {"nothing": torch.zeros_like(later), "later words": later}


@pytest.mark.slow
@given(scores=tensors(3, 4), shifts=tensors(3, 1, low=-50.0, high=50.0))
def test_softmax_does_not_see_what_is_added_to_a_row(scores, shifts):
    assert_close(torch.softmax(scores + shifts, dim=-1), torch.softmax(scores, dim=-1))


@given(problem=vectors(), data=st.data())
def test_the_regression_is_dot_product_attention_of_longer_vectors(problem, data):
    """For vectors the pair is (wq, 1) and (wk, minus half the squared length of wk), with a w for each feature."""
    queries, keys, values = problem
    w = data.draw(tensors(keys.shape[1], low=0.0))
    q, k = queries * w, keys * w
    q = torch.cat([q, torch.ones_like(q[:, :1])], dim=1)
    k = torch.cat([k, -(k**2).sum(dim=1, keepdim=True) / 2], dim=1)
    theirs = scaled_dot_product_attention(q, k, values, scale=1.0)
    assert_close(theirs, attention_pooling(queries, keys, values, w))


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("w", [0.0, 0.5, 1.0, 4.0])
def test_the_function_of_the_page_is_the_regression(seed, w):
    x, y, queries, _ = make_data(50, step=0.125, seed=seed, dtype=torch.float64)
    assert_close(by_products(queries, x, y, w), attention_pooling(queries, x, y, w))


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("far", [100, 1000, 10_000])
def test_centring_saves_what_float32_loses_far_from_0(seed, far):
    data = make_data(50, step=0.125, seed=seed)
    x, queries = data.x_train + far, data.x_test + far
    exact = attention_pooling(queries.double(), x.double(), data.y_train.double(), 4.0)

    def error(centre):
        return (by_products(queries - centre, x - centre, data.y_train, 4.0) - exact).abs().max().item()

    assert error(x.mean()) < 1e-5
    assert error(0.0) > 100 * error(x.mean())


@given(problem=vectors(), length=st.floats(0.1, 3))
def test_for_keys_of_one_length_plain_attention_is_the_regression(problem, length):
    queries, keys, values = problem
    norms = keys.norm(dim=1, keepdim=True)
    assume((norms > 1e-3).all())
    keys = keys * (length / norms)
    ours = attention_pooling(queries, keys, values, w=keys.shape[1] ** -0.25)
    assert_close(scaled_dot_product_attention(queries, keys, values), ours)


@given(problem=vectors())
def test_plain_attention_is_the_bell_times_a_loudness_of_each_key(problem):
    queries, keys, values = problem
    scale = keys.shape[1] ** -0.5
    loudness = torch.exp(scale * (keys**2).sum(dim=1) / 2)
    counts = attention_weights(queries, keys, w=scale**0.5) * loudness
    ours = counts / counts.sum(dim=1, keepdim=True) @ values
    assert_close(scaled_dot_product_attention(queries, keys, values), ours)


@given(keys=st.sets(st.integers(-20, 20), min_size=2, max_size=8), query=st.floats(0.1, 10))
def test_on_a_line_the_largest_key_always_wins(keys, query):
    keys = torch.tensor(sorted(keys), dtype=torch.float64)
    for q in torch.softmax(query * keys, dim=0), torch.softmax(-query * keys, dim=0).flip(0):
        assert q.argmax() == len(keys) - 1


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("size", SIZES, ids=str)
def test_a_head_is_torchs_scaled_dot_product_attention(seed, size):
    words, head = words_and_head(seed, size)
    q, k, v = head.W_q(words), head.W_k(words), head.W_v(words)
    later = masks(len(words))["later words"]
    ours = head(words, later)
    assert_close(ours, scaled_dot_product_attention(q, k, v, is_causal=True))
    assert_close(ours, scaled_dot_product_attention(q, k, v, attn_mask=~later))  # there, True means "may look"
    added = torch.zeros(later.shape, dtype=q.dtype).masked_fill(later, -torch.inf)
    assert_close(ours, scaled_dot_product_attention(q, k, v, attn_mask=added))


@pytest.mark.parametrize("mask", ["nothing", "later words"])
@pytest.mark.parametrize("n_heads", [1, 2, 4])
@pytest.mark.parametrize("seed", range(3))
def test_heads_side_by_side_are_torchs_multi_head_attention(seed, n_heads, mask):
    n, d_model = 7, 8
    words, _ = words_and_head(seed, (n, d_model, 1))
    heads = [words_and_head(seed + 10 * i, (n, d_model, d_model // n_heads))[1] for i in range(n_heads)]
    reference = nn.MultiheadAttention(d_model, n_heads, bias=False, dtype=torch.float64)
    with torch.no_grad():
        stacked = [getattr(head, name).weight for name in ("W_q", "W_k", "W_v") for head in heads]
        reference.in_proj_weight.copy_(torch.cat(stacked))
    hidden = masks(n)[mask]
    theirs, weights = reference(words, words, words, attn_mask=hidden, average_attn_weights=False)
    ours = torch.cat([head(words, hidden) for head in heads], dim=1)
    assert_close(reference.out_proj(ours), theirs)  # its last matrix mixes the heads
    assert_close(torch.stack([head.attention_weights for head in heads]), weights)


@pytest.mark.parametrize("mask", ["nothing", "later words"])
@pytest.mark.parametrize("size", SIZES, ids=str)
def test_rows_sum_to_1_and_no_output_leaves_the_range_of_the_values(size, mask):
    words, head = words_and_head(0, size)
    hidden = masks(len(words))[mask]
    output, v = head(words, hidden), head.W_v(words)
    assert_close(head.attention_weights.sum(dim=1), torch.ones(len(words), dtype=torch.float64))
    assert (head.attention_weights[hidden] == 0).all()
    assert (output <= v.amax(dim=0) + 1e-12).all()
    assert (output >= v.amin(dim=0) - 1e-12).all()


@given(seed=st.integers(0, 99), word=st.integers(0, 5), by=st.floats(0.5, 5))
def test_behind_the_mask_a_word_changes_nothing_before_it(seed, word, by):
    words, head = words_and_head(seed, (6, 8, 4))
    changed = words.clone()
    changed[word] += by
    later = masks(6)["later words"]
    before, after = head(words, later), head(changed, later)
    assert_close(after[:word], before[:word], rtol=0, atol=1e-12)
    assert (after[word] != before[word]).any()


@given(seed=st.integers(0, 99), order=st.permutations(range(6)))
def test_without_a_mask_shuffled_words_give_shuffled_outputs(seed, order):
    words, head = words_and_head(seed, (6, 8, 4))
    nothing = masks(6)["nothing"]
    assert_close(head(words[order], nothing), head(words, nothing)[order])


def test_with_the_mask_the_order_counts():
    words, head = words_and_head(0, (6, 8, 4))
    order, later = [3, 0, 5, 1, 4, 2], masks(6)["later words"]
    assert not torch.allclose(head(words[order], later), head(words, later)[order], atol=0.01)


@pytest.mark.parametrize("seed", range(3))
def test_scores_are_symmetric_only_while_queries_and_keys_share_a_matrix(seed):
    words, head = words_and_head(seed, (6, 8, 4))
    scores = head.W_q(words) @ head.W_k(words).T
    assert not torch.allclose(scores, scores.T, atol=0.1)
    head.W_k.weight = head.W_q.weight
    shared = head.W_q(words) @ head.W_k(words).T
    assert_close(shared, shared.T)


SENTENCES = json.loads((DOCS / "facts" / "sentences.json").read_text(encoding="utf-8"))
ROWS = [
    (0, "meaning", "it", "animal", 0.6),
    (2, "meaning", "are", "keys", 0.6),
    (3, "meaning", "has", "dog", 0.6),
    (0, "previous", "it", "because", 0.99),
    (0, "sink", "it", "[CLS]", 0.8),
]


def test_the_sentences_of_lesson_17_say_where_they_come_from():
    model = SENTENCES["model"]
    assert re.fullmatch(r"[0-9a-f]{64}", model["sha256"])
    assert all(model[part] for part in ("name", "package", "version", "licence", "layers", "heads", "d"))
    assert len(gzip.compress(json.dumps(SENTENCES).encode())) < 8_000


@pytest.mark.parametrize("sentence", SENTENCES["sentences"], ids=lambda sentence: sentence["tokens"][-3])
def test_every_word_of_a_sentence_has_a_score_for_every_word(sentence):
    n = len(sentence["tokens"])
    assert sentence["scores"].keys() == SENTENCES["heads"].keys()
    for table in sentence["scores"].values():
        assert torch.tensor(table).shape == (n, n)


@pytest.mark.parametrize(("number", "head", "query", "key", "least"), ROWS)
def test_the_heads_hear_what_lesson_17_says(number, head, query, key, least):
    sentence = SENTENCES["sentences"][number]
    row = torch.tensor(sentence["scores"][head][sentence["tokens"].index(query)]).softmax(dim=0)
    assert sentence["tokens"][row.argmax()] == key and row.max() > least
