"""Measure how pooling and choosing w scale, print it, and store what lesson 16 shows. Nothing here is a test.

`make bench` runs it. Time is processor seconds on one thread, the best of a few rounds in which all methods take turns.
Memory is the peak above the inputs, each time in a process of its own. The error is the largest difference from
`attention_pooling` in float64, at 100 of the queries, asked one by one.
"""

import contextlib
import ctypes
import datetime
import functools
import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import time
import warnings
from pathlib import Path

import numpy as np
import torch
from torch import nn

from nwlesson import (
    attention_pooling,
    binned_pooling,
    chunked_attention_pooling,
    fit_bandwidth,
    fused_attention_pooling,
    make_data,
    windowed_pooling,
)

STORE = Path(__file__).parents[1] / "docs" / "facts" / "measurements.json"
SIZES = [50, 500, 5_000, 10_000, 100_000, 1_000_000]
CHOSEN = [50, 500]  # how many points fit_bandwidth is measured with


def book(queries, keys, values, w):
    """Do what NWKernelRegression in *Dive into Deep Learning* does, with a row of keys and values for each query."""
    keys, values = keys.repeat((len(queries), 1)), values.repeat((len(queries), 1))
    queries = queries.repeat_interleave(keys.shape[1]).reshape((-1, keys.shape[1]))
    weights = nn.functional.softmax(-(((queries - keys) * w) ** 2) / 2, dim=1)
    return torch.bmm(weights.unsqueeze(1), values.unsqueeze(-1)).reshape(-1)


def statsmodels(queries, keys, values, w):
    from statsmodels.nonparametric.kernel_regression import KernelReg

    model = KernelReg(values.numpy(), keys.numpy(), "c", reg_type="lc", bw=[1 / w])
    return torch.from_numpy(model.fit(queries.numpy())[0])


def scikit_fda(queries, keys, values, w):
    from skfda.misc.hat_matrix import NadarayaWatsonHatMatrix

    q, k, v = queries.numpy(), keys.numpy(), values.numpy()
    matrix = NadarayaWatsonHatMatrix(bandwidth=1 / w)
    return torch.from_numpy(matrix(delta_x=np.subtract.outer(q, k), X_train=k, X=q, y_train=v))


def features(queries, keys, values, w):
    """Break the square as lesson 16 does: the bell is a sum of cosines, and each cosine a product of two features."""
    middle, reach = (keys.min() + keys.max()) / 2, torch.cat([queries, keys]).aminmax()
    omega = torch.arange(0, 8, 2 * torch.pi / (w * (reach.max - reach.min).item() + 9), dtype=keys.dtype)
    share = torch.exp(-(omega**2) / 2)
    share[1:] *= 2

    def phi(x):
        angles = w * (x[:, None] - middle) * omega
        return torch.cat([angles.cos(), angles.sin()], dim=1)

    memory = torch.zeros(2 * len(omega), 2, dtype=keys.dtype)
    for k, v in zip(keys.split(256), values.split(256)):
        memory += phi(k).T @ torch.stack([v, torch.ones_like(v)], dim=1)
    memory *= share.repeat(2)[:, None]
    sums = torch.cat([phi(q) @ memory for q in queries.split(256)])
    return sums[:, 0] / sums[:, 1]


METHODS = {  # name: the function, and the largest size that it is asked for
    "the book's form": (book, 10_000),
    "broadcasting": (attention_pooling, 10_000),
    "chunks": (chunked_attention_pooling, 10_000),
    "fused": (fused_attention_pooling, 100_000),
    "window": (windowed_pooling, 100_000),
    "bins": (binned_pooling, 1_000_000),
    "features": (features, 1_000_000),
    "statsmodels": (statsmodels, 10_000),
    "scikit-fda": (scikit_fda, 10_000),
}


def width(n: int) -> float:
    """Return a w that suits n points: 4 for 50 of them, and a narrower bell for more.

    Lesson 13: the best w grows with n**(1/5) away from the ends, and faster where the ends are counted in, as here.
    """
    return round(4 * (n / 50) ** 0.25, 1)


@functools.cache
def problem(n: int):
    data = make_data(n, step=5 / n, dtype=torch.float64)
    return data.x_test[:n], data.x_train, data.y_train, width(n)


def seconds(function, *args, clock=time.process_time) -> float:
    """Return the seconds of one call, averaged over so many calls that the clock can tell them."""
    calls, used = 0, 0.0
    start = clock()
    while used < 0.005:
        function(*args)
        calls, used = calls + 1, clock() - start
    return used / calls


def largest_error(function, n: int) -> float:
    queries, keys, values, w = problem(n)
    some = torch.arange(0, n, max(1, n // 100))
    exact = torch.cat([attention_pooling(queries[i : i + 1], keys, values, w) for i in some.tolist()])
    return (function(queries[some], keys, values, w) - exact).abs().max().item()


def peak(name: str, n: int, *ws: float) -> float:
    """Return how far calls with these w raise the peak memory of a process that has warmed up, in MiB."""
    command = [sys.executable, __file__, name, str(n), *map(str, ws)]
    return float(subprocess.run(command, check=True, capture_output=True, encoding="utf-8").stdout)


def peak_so_far() -> float:
    """Return the peak memory of this process in MiB. Linux counts the parent's into ru_maxrss, so ask for VmHWM."""
    if sys.platform == "linux":
        return int(Path("/proc/self/status").read_text(encoding="utf-8").split("VmHWM:")[1].split()[0]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20


def forget_the_peak() -> None:
    """Let Linux count from here, so that what was used before (imports, the data) and is free again hides nothing."""
    if sys.platform == "linux":
        with contextlib.suppress(AttributeError):  # not every C library has it: some give back at once
            ctypes.CDLL(None).malloc_trim(0)
        Path("/proc/self/clear_refs").write_text("5", encoding="utf-8")


def measure_peak(name: str, n: int, ws: list[float]) -> float:
    queries, keys, values, _ = problem(n)
    function = METHODS[name][0]
    rises = []
    for _ in range(3):  # pages of code that come in late are counted, too: the least of three is the calls' own
        for w in ws:
            function(queries[:50], keys[:50], values[:50], w)
        forget_the_peak()
        before = peak_so_far()
        for w in ws:
            function(queries, keys, values, w)
        rises.append(peak_so_far() - before)
    return min(rises)


def pooling(n: int) -> dict[str, dict[str, float]]:
    methods = {name: function for name, (function, most) in METHODS.items() if n <= most}
    for function in methods.values():  # imports and first calls
        function(*(t[:50] for t in problem(n)[:3]), width(n))
    rounds = 1 if n > 10_000 else 2 if n == 10_000 else 5
    turns = [{name: seconds(function, *problem(n)) for name, function in methods.items()} for _ in range(rounds)]
    table = {name: measured(name, n, turns) for name in methods}
    for name, row in table.items():
        print_row(n, name, row)
    return table


def measured(name: str, n: int, turns: list[dict[str, float]]) -> dict[str, float]:
    """Return what is stored of a method: time, memory, error, and how much faster it is than the book's form."""
    row = {"seconds": min(turn[name] for turn in turns), "mebibytes": peak(name, n, width(n))}
    row["error"] = largest_error(METHODS[name][0], n)
    if "the book's form" in turns[0]:
        row["faster"] = statistics.median(turn["the book's form"] / turn[name] for turn in turns)
    return row


def print_row(n: int, name: str, row: dict[str, float]) -> None:
    faster = f"{row['faster']:8.1f} times" if "faster" in row else ""
    print(
        f"  {n:9,d} {name:16s}{row['seconds']:11.2e} s{faster:>16s}{row['mebibytes']:9.1f} MiB"
        f"   error {row['error']:.0e}",
        flush=True,
    )


def choosing(n: int, clock=time.process_time) -> None:
    """Compare fit_bandwidth with the same method of statsmodels."""
    from statsmodels.nonparametric.kernel_regression import KernelReg

    x, y = make_data(n, dtype=torch.float64)[:2]

    def cv_ls():
        return 1 / KernelReg(y.numpy(), x.numpy(), "c", reg_type="lc", bw="cv_ls").bw.item()

    fit_bandwidth(x, y), cv_ls()  # first calls
    turns = [(seconds(fit_bandwidth, x, y, clock=clock), seconds(cv_ls, clock=clock)) for _ in range(5)]
    ours, theirs = (min(column) for column in zip(*turns))
    faster = statistics.median(b / a for a, b in turns)
    print(f"  {n:9,d} fit_bandwidth {ours:.2e} s, statsmodels {theirs:.2e} s, {faster:.1f} times", end="")
    print(f"; w {fit_bandwidth(x, y):.4f} and {cv_ls():.4f}", flush=True)


def choosing_with_default_threads() -> None:
    """Print the same for the number of threads that torch takes by itself, in a process that nobody has limited."""
    env = {name: value for name, value in os.environ.items() if name != "OMP_NUM_THREADS"}
    subprocess.run([sys.executable, __file__, "choosing"], env=env, check=True)


def choose_here() -> None:
    print(f"Choosing w, torch's default of {torch.get_num_threads()} threads, seconds on the clock", flush=True)
    for n in CHOSEN:
        choosing(n, clock=time.perf_counter)


def processor() -> str:
    if sys.platform == "linux":
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.processor() or platform.machine()


def machine() -> dict[str, object]:
    return {
        "processor": processor(),
        "cores": os.cpu_count(),
        "threads": 1,
        "python": ".".join(map(str, sys.version_info[:2])),
        "torch": torch.__version__.split("+")[0],
        "date": datetime.date.today().isoformat(),
    }


def main() -> None:
    warnings.simplefilter("ignore")
    print("Pooling n queries on n keys in float64: processor seconds, times faster than the book's form, memory, error")
    tables = {n: pooling(n) for n in SIZES}
    print("Choosing w: fit_bandwidth and least-squares cross-validation in statsmodels, processor seconds, one thread")
    for n in CHOSEN:
        choosing(n)
    choosing_with_default_threads()
    rows = {name: {str(n): table[name] for n, table in tables.items() if name in table} for name in METHODS}
    store = {"machine": machine(), "w": {str(n): width(n) for n in SIZES}, "pooling": rows}
    STORE.write_text(json.dumps(rounded(store), indent=1) + "\n", encoding="utf-8")


def rounded(thing):
    """Keep three digits; more would change from run to run."""
    if isinstance(thing, dict):
        return {key: rounded(value) for key, value in thing.items()}
    return float(f"{thing:.3g}") if isinstance(thing, float) else thing


if __name__ == "__main__":
    if sys.argv[1:] == ["choosing"]:
        warnings.simplefilter("ignore")
        choose_here()
    elif len(sys.argv) >= 4:
        torch.set_num_threads(1)
        print(measure_peak(sys.argv[1], int(sys.argv[2]), [float(w) for w in sys.argv[3:]]))
    else:
        torch.set_num_threads(1)
        main()
