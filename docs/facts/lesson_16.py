"""Lesson 16: what `make bench` has stored: time, memory and error of pooling many points on one machine."""

import json
from pathlib import Path

import torch
from facts.shared import power_of_ten
from torch.nn.functional import scaled_dot_product_attention

from nwlesson import attention_pooling, gaussian, make_data

STORED = json.loads(Path(__file__).with_name("measurements.json").read_text(encoding="utf-8"))
TABLE = STORED["pooling"]
AT_10000 = {name: rows["10000"] for name, rows in TABLE.items() if "10000" in rows}
BOOK = TABLE["the book's form"]


def facts() -> dict[str, str]:
    check_what_grows()
    check_the_table()
    return of_the_machine() | of_the_book() | of_the_middle() | of_time() | of_memory() | of_errors()


def check_what_grows() -> None:
    for name in "the book's form", "chunks", "fused":
        doubling = TABLE[name]["10000"]["seconds"] / TABLE[name]["5000"]["seconds"]
        assert 3 < doubling < 6, "twice the points should take about four times as long"
    million = TABLE["bins"]["1000000"]["seconds"]
    assert million < BOOK["5000"]["seconds"], "a million points in bins should be faster than 5,000 in the book's form"
    assert all(rows["50"]["seconds"] < 0.1 for rows in TABLE.values()), "at fifty points nothing should matter"


def check_the_table() -> None:
    at = AT_10000
    assert 10 < at["fused"]["faster"] < at["window"]["faster"] < at["bins"]["faster"] and at["chunks"]["faster"] > 5
    assert at["broadcasting"]["mebibytes"] > 800e6 / 2**20 < BOOK["10000"]["mebibytes"] / 3
    assert all(at[name]["mebibytes"] < 5 for name in ("chunks", "fused", "window", "bins", "features"))
    assert at["features"]["faster"] > 100, "without pairs it should be far faster"
    assert 5 < TABLE["features"]["1000000"]["seconds"] / TABLE["features"]["100000"]["seconds"] < 40, "no square"
    assert all(row["error"] < 1e-10 for name, row in at.items() if name != "bins") and at["bins"]["error"] < 1e-3


def of_the_machine() -> dict[str, str]:
    machine = STORED["machine"]
    return {
        "scale-machine": f"{machine['processor']}, torch {machine['torch']}, {machine['date']}",
        "scale-w-last": f"{STORED['w']['1000000']:.0f}",
        "scale-tail": power_of_ten(gaussian(torch.tensor(9.0, dtype=torch.float64)).item()),
    }


def of_the_book() -> dict[str, str]:
    return {
        "scale-book-gib": f"{BOOK['10000']['mebibytes'] / 1024:.1f}",
        "scale-book-doubling": f"{BOOK['10000']['seconds'] / BOOK['5000']['seconds']:.1f}",
        "scale-bins-million": f"{TABLE['bins']['1000000']['seconds']:.1g}",
        "scale-features-million": f"{TABLE['features']['1000000']['seconds']:.1g}",
    }


def of_the_middle() -> dict[str, str]:
    """How far the expanded square is off where x is far from 0 and is not counted from the middle."""
    data = make_data(2000, step=0.005, dtype=torch.float64)
    x, y, x_test = data.x_train, data.y_train, data.x_test
    exact = attention_pooling(x_test, x, y, 10.0)

    def off_by(moved: float, dtype: torch.dtype) -> float:
        q, k, v = (t[None, None, :, None].to(dtype) for t in ((x_test + moved) * 10, (x + moved) * 10, y))
        answers = scaled_dot_product_attention(q, k, v, attn_mask=-(k**2).mT / 2)
        return (answers.reshape(-1) - exact).abs().max().item()

    double, single = off_by(10_000, torch.float64), off_by(10_000, torch.float32)
    assert double > 1e5 * off_by(-2.5, torch.float64), "far from 0 the last digits should be lost"
    assert single > 1 > 1e5 * off_by(-2.5, torch.float32), "and float32 has none to lose"
    return {"scale-careless-64": power_of_ten(double), "scale-careless-32": f"{single:.0f}"}


def faster(name: str) -> str:
    """How many times faster than the book's form."""
    times = AT_10000[name]["faster"]
    return f"{times:.1f}" if times < 10 else f"{times:.0f}"


def of_time() -> dict[str, str]:
    return {
        "scale-broadcasting-faster": faster("broadcasting"),
        "scale-chunks-faster": faster("chunks"),
        "scale-fused-faster": faster("fused"),
        "scale-window-faster": faster("window"),
        "scale-bins-faster": faster("bins"),
        "scale-features-faster": faster("features"),
        "scale-statsmodels-faster": faster("statsmodels"),
        "scale-skfda-faster": faster("scikit-fda"),
    }


def mebibytes(name: str) -> str:
    size = AT_10000[name]["mebibytes"]
    return f"{size:,.0f}" if size >= 10 else f"{size:.1f}"


def of_memory() -> dict[str, str]:
    return {
        "scale-book-mib": mebibytes("the book's form"),
        "scale-broadcasting-mib": mebibytes("broadcasting"),
        "scale-chunks-mib": mebibytes("chunks"),
        "scale-fused-mib": mebibytes("fused"),
        "scale-window-mib": mebibytes("window"),
        "scale-bins-mib": mebibytes("bins"),
        "scale-features-mib": mebibytes("features"),
        "scale-statsmodels-mib": mebibytes("statsmodels"),
        "scale-skfda-mib": mebibytes("scikit-fda"),
    }


def error(name: str) -> str:
    return power_of_ten(AT_10000[name]["error"])


def of_errors() -> dict[str, str]:
    return {
        "scale-book-error": error("the book's form"),
        "scale-broadcasting-error": error("broadcasting"),
        "scale-chunks-error": error("chunks"),
        "scale-fused-error": error("fused"),
        "scale-window-error": error("window"),
        "scale-bins-error": error("bins"),
        "scale-features-error": error("features"),
        "scale-statsmodels-error": error("statsmodels"),
        "scale-skfda-error": error("scikit-fda"),
    }
