"""Every number that a sentence of the site mentions, computed here with nwlesson.

A page writes {fact}`name`; the build runs `facts()` once and stores the table. Each value is the string that
the reader sees. `assert`s beside the numbers check what the sentences around them claim: if one fails, the
sentence is wrong and the build stops.
"""

import json
import math
from importlib.resources import files

import torch
from sklearn.datasets import load_iris
from sklearn.neighbors import KNeighborsClassifier
from torch import Tensor

from nwlesson import (
    NWKernelRegression,
    RegressionData,
    attention_pooling,
    attention_weights,
    average_pooling,
    boxcar,
    epanechnikov,
    fit_bandwidth,
    gaussian,
    leave_one_out,
    leave_one_out_loss,
    make_data,
    scaled_distance,
    train,
    triangular,
    truth,
)

N_SEEDS = 100
SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
WIDE = torch.logspace(-1, 2, 31)  # the values of w that a search for the best one tries first


def mse(a: Tensor, b: Tensor) -> float:
    return ((a - b) ** 2).mean().item()


def test_error(data: RegressionData, w: float) -> float:
    """Mean squared distance from the truth when all training points are used with this w."""
    return mse(attention_pooling(data.x_test, data.x_train, data.y_train, w), data.y_truth)


def best_w(data: RegressionData) -> float:
    """The w with the smallest leave-one-out error: a coarse search, then finer ones around its winner."""
    ws = WIDE
    for _ in range(4):
        losses = torch.stack([leave_one_out_loss(w, data.x_train, data.y_train) for w in ws])
        i = int(losses.argmin())
        best, ws = ws[i].item(), torch.linspace(ws[max(i - 1, 0)], ws[min(i + 1, len(ws) - 1)], 11)
    return best


def trained(data: RegressionData, w: float | None, epochs: int = 5, lr: float = 0.5, seed: int = 0):
    """Train on the others' answers as the book does; return the history and the w at the end."""
    net = NWKernelRegression(w, generator=torch.Generator().manual_seed(seed))
    keys, values = leave_one_out(data.x_train, data.y_train)
    history = train(net, data.x_train, keys, values, data.y_train, epochs=epochs, lr=lr)
    return history, net.w.item()


def trained_with_self(data: RegressionData, w: float, epochs: int, lr: float):
    """The same with the diagonal kept: each point may look at itself."""
    net = NWKernelRegression(w)
    n = len(data.x_train)
    history = train(
        net, data.x_train, data.x_train.repeat(n, 1), data.y_train.repeat(n, 1), data.y_train, epochs=epochs, lr=lr
    )
    return history, net.w.item()


def roughness(curve: Tensor) -> float:
    """Sum of the absolute second differences: 0 for a straight line, larger for a curve with more wiggles."""
    return curve.diff(n=2).abs().sum().item()


def effective_neighbours(weights: Tensor) -> Tensor:
    """1 / sum of squared weights, for each row: n for n equal weights, 1 when one key has it all."""
    return 1 / (weights**2).sum(dim=-1)


def of_the_data(data: RegressionData) -> dict[str, str]:
    noise = data.y_train - truth(data.x_train)
    average = average_pooling(data.y_train, len(data.x_test))
    one = attention_pooling(data.x_test, data.x_train, data.y_train)
    weights = attention_weights(data.x_test, data.x_train)
    assert mse(one, data.y_truth) < mse(average, data.y_truth), "attention should beat the average"
    assert one.max() < data.y_truth.max() and one.min() > data.y_truth.min(), "w = 1 should be too flat at both ends"
    assert noise.std() > 0.5, "our errors happen to be a little larger than asked for"
    own = attention_weights(data.x_train, data.x_train).diagonal()
    n_test, n_train = weights.shape
    return {
        "n-test": f"{n_test}",
        "n-pairs": f"{n_test * n_train}",
        "noise-std": f"{noise.std():.2f}",
        "mean-y": f"{data.y_train.mean():.2f}",
        "mse-average": f"{mse(average, data.y_truth):.2f}",
        "mse-w1": f"{mse(one, data.y_truth):.2f}",
        "truth-min": f"{data.y_truth.min():.2f}",
        "truth-max": f"{data.y_truth.max():.2f}",
        "w1-min": f"{one.min():.2f}",
        "w1-max": f"{one.max():.2f}",
        "w1-at-0": f"{one[0]:.2f}",
        "w1-largest-weight": f"{weights.max():.3f}",
        "w1-neighbours": f"{effective_neighbours(weights).median():.0f}",
        "w1-column-min": f"{weights.sum(dim=0).min():.2f}",
        "w1-column-max": f"{weights.sum(dim=0).max():.2f}",
        "self-middle": f"{100 * own[20:30].mean():.0f}%",
        "self-edge": f"{100 * torch.stack([own[0], own[-1]]).max():.0f}%",
    }


def of_three_points() -> dict[str, str]:
    """The toy case that can be computed by hand: query 2, keys 1, 2, 4, values 10, 20, 40."""
    query, keys = torch.tensor([2.0]), torch.tensor([1.0, 2.0, 4.0])
    values = torch.tensor([10.0, 20.0, 40.0])
    table = {}
    for w in 0, 0.5, 1, 2, 5:
        weights = attention_weights(query, keys, float(w))[0]
        table |= {f"toy-{w:g}-{key:g}": f"{a:.3f}" for key, a in zip(keys, weights)}
        table[f"toy-{w:g}"] = f"{weights @ values:.2f}"
    scores = -((query - keys) ** 2) / 2
    counts, weights = torch.exp(scores), attention_weights(query, keys)[0]
    table |= {f"toy-score-{key:g}": f"{s + 0.0:.1f}".replace("-", "−") for key, s in zip(keys, scores)}
    table |= {f"toy-product-{key:g}": f"{p:.2f}" for key, p in zip(keys, weights * values)}
    table["toy-weight-sum"] = f"{weights.sum():.3f}"
    table |= {f"toy-4-{key:g}": f"{a:.3f}" for key, a in zip(keys, attention_weights(torch.tensor([4.0]), keys)[0])}
    table |= {f"toy-count-{key:g}": f"{c:.3f}" for key, c in zip(keys, counts)}
    table["toy-total"] = f"{counts.sum():.3f}"
    assert torch.allclose(counts / counts.sum(), weights)
    at_4 = attention_pooling(keys[2:], keys, values).item()
    without = attention_pooling(keys[2:], keys[:2], values[:2]).item()
    own = attention_weights(keys[2:], keys)[0, 2].item()
    assert abs((40 - at_4) / (1 - own) - (40 - without)) < 1e-4 and 40 - without > 7 * (40 - at_4)
    assert round((40 - round(at_4, 2)) / (1 - round(own, 3))) == round(40 - without), "with the digits shown, too"
    table |= {"toy-4": f"{at_4:.2f}", "toy-4-miss": f"{40 - at_4:.2f}"}
    table |= {"without-answer": f"{without:.0f}", "without-error": f"{40 - without:.0f}"}
    tens = torch.arange(20.0).reshape(2, 10).mean(dim=1)
    return table | {"bmm-first": f"{tens[0]:.1f}", "bmm-second": f"{tens[1]:.1f}"}


def of_teaching(data: RegressionData) -> dict[str, str]:
    """What the pages for teachers ask, and the answers that wrong ideas give."""
    keys, values, at_2 = torch.tensor([1.0, 2.0, 4.0]), torch.tensor([10.0, 20.0, 40.0]), torch.tensor([2.0])
    at_3 = attention_weights(torch.tensor([3.0]), keys)[0]
    without_minus = torch.softmax((at_2[:, None] - keys) ** 2 / 2, dim=-1)[0]
    product = torch.softmax(1.0 * keys, dim=-1)
    twice = 2 * attention_weights(at_2, keys)[0, 1]
    assert at_3[1] == at_3[2], "2 and 4 are equally far from 3"
    pull = attention_weights(at_2, keys)[0] * (values - 20)
    assert pull[0] < 0 < pull[2] < -pull[0], "the one who knows 10 should pull down more than the one who knows 40 up"
    assert torch.allclose(attention_pooling(at_2, torch.full((3,), 2.0), values), values.mean())
    assert without_minus.argmax() == product.argmax() == 2, "the wrong ideas should prefer the one at 4"
    assert twice > 1, "twice the weight should be more than there is"
    crowd = effective_neighbours(attention_weights(data.x_train, data.x_train))
    assert crowd.median() > 25, "a point should have about thirty others nearly as near"
    table = {f"teach-3-{key:g}": f"{weight:.3f}" for key, weight in zip(keys, at_3)}
    return table | {
        "teach-3": f"{at_3 @ values:.2f}",
        "teach-crowd-wrong": f"{values.sum():g}",
        "teach-plus-4": f"{100 * without_minus[2]:.0f}%",
        "teach-dot-4": f"{100 * product[2]:.0f}%",
        "teach-twice": f"{twice:.3f}",
    }


def of_training(data: RegressionData) -> dict[str, str]:
    history, w5 = trained(data, None)
    _, w100 = trained(data, None, epochs=100)
    small, w_small = trained(data, None, epochs=100, lr=0.1)
    best = best_w(data)
    n = len(data.x_train)

    def loo(w: float) -> float:
        return n / 2 * leave_one_out_loss(w, data.x_train, data.y_train).item()

    fits = {w: attention_pooling(data.x_test, data.x_train, data.y_train, w) for w in (1.0, best, w5)}
    errors = {w: mse(fit, data.y_truth) for w, fit in fits.items()}
    weights = {w: attention_weights(data.x_test, data.x_train, w) for w in fits}
    assert 1 < best < w5, "five epochs should overshoot the best w"
    assert loo(best) < loo(w5) < loo(1.0), "training should help, and not arrive"
    assert errors[best] < errors[w5] < errors[1.0], "the same on the truth"
    assert roughness(fits[1.0]) < roughness(data.y_truth) < roughness(fits[best]) < roughness(fits[w5])
    assert abs(w100 - best) / best < 0.01, "100 epochs should arrive"
    assert abs(w_small - best) / best < 0.01, "small steps should arrive too"
    assert max(row.w for row in small) < 1.01 * best, "and without jumping over"
    assert history[1].w > 2 * best, "the first step should jump over the best w"
    assert 50 < (history[1].w - history[0].w) / (history[1].w - history[2].w) < 150, "a hundred times the slope, about"
    assert (history[1].w - w5) / history[1].w < 0.1, "and the next four should hardly move"
    table = {
        "w-start": f"{history[0].w:.2f}",
        "w-before-5": f"{history[4].w:.2f}",
        "w-after-1": f"{history[1].w:.2f}",
        "w-after-5": f"{w5:.2f}",
        "w-after-100": f"{w100:.2f}",
        "w-small-after-1": f"{small[1].w:.2f}",
        "w-small-steps": f"{w_small:.2f}",
        "w-best": f"{best:.2f}",
        "loss-1": f"{history[0].loss:.1f}",
        "loss-2": f"{history[1].loss:.2f}",
        "loss-5": f"{history[4].loss:.2f}",
        "loss-best": f"{loo(best):.2f}",
        "gradient-at-start": f"{abs(history[1].w - history[0].w) / 0.5:.1f}",
        "gradient-after-jump": f"{abs(history[2].w - history[1].w) / 0.5:.2f}",
        "noise-floor": f"{n * 0.5**2 / 2:.2f}",
    }
    for name, w in ("w1", 1.0), ("best", best), ("5", w5):
        table[f"error-{name}"] = f"{errors[w]:.3f}"
        table[f"rough-{name}"] = f"{roughness(fits[w]):.2f}"
        table[f"neighbours-{name}"] = f"{effective_neighbours(weights[w]).median():.1f}"
        table[f"max-weight-{name}"] = f"{weights[w].max():.2f}"
    table["rough-truth"] = f"{roughness(data.y_truth):.2f}"
    return table


def of_the_leak(data: RegressionData) -> dict[str, str]:
    """Keep the diagonal and train to the end: the loss goes to 0, the error on the truth does not."""
    table = {}
    n, x, y = len(data.x_train), data.x_train, data.y_train
    for w in 1.0, 10.0, 100.0, 1000.0:
        table[f"leak-loss-{w:g}"] = f"{n / 2 * mse(attention_pooling(x, x, y, w), y):.2f}"
        table[f"leak-error-{w:g}"] = f"{test_error(data, w):.3f}"
    history, w = trained_with_self(data, 0.5, epochs=100, lr=0.5)
    later, w_later = trained_with_self(data, 0.5, epochs=1000, lr=0.5)
    assert w > 2 * best_w(data) and w_later > w, "w should grow and keep growing"
    assert later[-1].loss < history[-1].loss
    five_kept, five_left_out = trained_with_self(data, 0.5, epochs=5, lr=0.5)[1], trained(data, 0.5)[1]
    assert abs(five_kept / five_left_out - 1) < 0.2, "five epochs should hardly show the difference"
    assert test_error(data, w_later) > test_error(data, best_w(data))
    table |= {
        "leak-w-100": f"{w:.1f}",
        "leak-w-1000": f"{w_later:.1f}",
        "leak-trained-loss": f"{later[-1].loss:.2f}",
        "leak-trained-error": f"{test_error(data, w_later):.3f}",
    }
    return table


def neighbours(data: RegressionData, w: float, kernel) -> float:
    weights = attention_weights(data.x_test, data.x_train, w, kernel=kernel)
    return effective_neighbours(weights).median().item()


def of_kernels(data: RegressionData) -> dict[str, str]:
    """The same width for all kernels, then the same number of neighbours."""
    x, y, q = data.x_train, data.y_train, data.x_test
    kernels = [gaussian, boxcar, epanechnikov, triangular]
    table, counts, errors = {}, [], []
    for kernel in kernels:
        counts.append(neighbours(data, 1.0, kernel))
        errors.append(mse(attention_pooling(q, x, y, 1.0, kernel=kernel), data.y_truth))
        table[f"{kernel.__name__}-neighbours"] = f"{counts[-1]:.0f}"
    table |= {"gaussian-error": f"{errors[0]:.2f}", "triangular-error": f"{errors[-1]:.2f}"}
    assert errors == sorted(errors, reverse=True) and counts == sorted(counts, reverse=True)
    wanted, same, matched = neighbours(data, 1 / 0.25, gaussian), [], {}
    for kernel in kernels:  # below a width of 0.35 some query has nobody in reach of a compact kernel
        widths = torch.linspace(0.2 if kernel is gaussian else 0.35, 1.2, 171).tolist()
        width = min(widths, key=lambda h, k=kernel: abs(neighbours(data, 1 / h, k) - wanted))
        same.append(mse(attention_pooling(q, x, y, 1 / width, kernel=kernel), data.y_truth))
        matched[kernel] = width
        table[f"{kernel.__name__}-matched"] = f"{width:.2f}"
        table[f"{kernel.__name__}-matched-error"] = f"{same[-1]:.3f}"
    assert max(same) / min(same) < 1.2 and max(errors) / min(errors) > 4, "matched, the kernels should hardly differ"
    table["matched-neighbours"] = f"{wanted:.0f}"
    u = torch.linspace(-9, 9, 18001, dtype=torch.float64)  # keys that lie evenly

    def reach(kernel) -> float:
        return (kernel(u).sum() ** 2 / (kernel(u) ** 2).sum()).item()

    def cost(kernel) -> float:  # Wand and Jones, chapter 2.7: so many points for the same error, when they are many
        area, squares = kernel(u).sum(), (kernel(u) ** 2).sum()
        return (squares / area**2 * ((u**2 * kernel(u)).sum() / area).sqrt()).item()

    dearest = max(kernels, key=cost)
    assert min(kernels, key=cost) is epanechnikov
    table["kernel-extra"] = f"{100 * (cost(dearest) / cost(epanechnikov) - 1):.0f}%"
    table["gaussian-extra"] = f"{100 * (cost(gaussian) / cost(epanechnikov) - 1):.0f}%"
    factor = reach(gaussian) / reach(triangular)
    assert abs(factor * matched[gaussian] / matched[triangular] - 1) < 0.1, "our fifty points should come near it"
    return table | {"triangular-factor": f"{factor:.1f}"}


def of_choosing(data: RegressionData) -> dict[str, str]:
    """Leave-one-out as a way to choose, the floor of a fixed width, and what happens at the ends."""
    w = fit_bandwidth(data.x_train, data.y_train)
    assert abs(w / best_w(data) - 1) < 0.001, "two ways to the same minimum"
    many = make_data(5000, noise=0.0, step=0.125)
    flat = attention_pooling(many.x_test, many.x_train, many.y_train, 1.0)
    at_4, at_8 = (attention_pooling(many.x_test, many.x_train, many.y_train, w) - many.y_truth for w in (4.0, 8.0))
    return {
        "floor": f"{mse(flat, many.y_truth):.2f}",
        "bias-end": f"{at_4[0]:.2f}",
        "bias-end-8": f"{at_8[0]:.2f}",
        "bias-hill": f"{-at_4[many.y_truth.argmax()]:.2f}",
    }


def shares_from_others(x: Tensor, y: Tensor, w: float | Tensor) -> Tensor:
    """Answer each point from all the others."""
    keys, values = leave_one_out(x, y)
    return torch.bmm(attention_weights(x, keys, w).unsqueeze(1), values).squeeze(1)


def of_iris() -> dict[str, str]:
    """Flowers sorted by attention and by scikit-learn's nearest neighbours."""
    query, keys = torch.tensor([[6.0, 4.0]]), torch.tensor([[6.0, 3.0], [4.0, 4.0], [2.0, 1.0]])
    rose, lily = attention_pooling(query, keys, torch.tensor([[1.0, 0.0], [0.0, 1.0], [1.0, 0.0]]))[0].tolist()
    iris = load_iris()
    x, kinds = torch.tensor(iris.data), torch.tensor(iris.target)
    y = torch.nn.functional.one_hot(kinds).double()

    def right(columns: list[int]) -> Tensor:
        chosen = fit_bandwidth(x[:, columns], y)
        return shares_from_others(x[:, columns], y, chosen).argmax(dim=-1) == kinds

    tested_apart = 0  # w chosen by nine tenths of the flowers, the rest asked
    for fold in range(10):
        asked = torch.arange(len(x)) % 10 == fold
        shares = attention_pooling(x[asked], x[~asked], y[~asked], fit_bandwidth(x[~asked], y[~asked]))
        tested_apart += int((shares.argmax(dim=-1) == kinds[asked]).sum())
    # Without an argument, predict leaves each flower out.
    theirs = {k: KNeighborsClassifier(k).fit(x, kinds).predict(None) == kinds.numpy() for k in range(1, 31)}
    best_k = max(theirs, key=lambda k: theirs[k].sum())
    ours, alone, best = right([0, 1, 2, 3]), int(right([0]).sum()), torch.from_numpy(theirs[best_k])
    only_ours, only_theirs = int((ours & ~best).sum()), int((best & ~ours).sum())
    tosses = only_ours + only_theirs  # as if a coin had decided where the two differ
    luck = 2 * sum(math.comb(tosses, i) for i in range(min(only_ours, only_theirs) + 1)) / 2**tosses
    assert luck > 0.1, "the difference should be one that a coin could make"
    w = fit_bandwidth(x, y)
    spread = x.amax(dim=0) - x.amin(dim=0)
    assert 1 / w[0] > spread[0] / 2 and (1 / w[1:] < spread[1:] / 4).all(), "only the first should hardly count"
    assert alone > 2 * len(x) / 3, "though alone it says a good deal"
    assert abs(tested_apart - int(ours.sum())) <= 2, "judging with those who chose should not flatter much"
    return {
        "petal-c-mm": f"{torch.tensor([4.0, 30.0]).norm():.1f}",
        "petal-rose": f"{rose:.3f}",
        "petal-lily": f"{lily:.3f}",
        "iris-first-width": f"{1 / w[0]:.1f}",
        "iris-first-spread": f"{spread[0]:.1f}",
        "iris-right": f"{ours.sum()}",
        "iris-alone": f"{alone}",
        "iris-apart": f"{tested_apart}",
        "iris-knn": f"{best.sum()}",
        "iris-knn-k": f"{best_k}",
    }


def of_dimension() -> dict[str, str]:
    """How far the nearest of 1000 points is, and what features that say nothing cost."""
    generator = torch.Generator().manual_seed(0)
    nearest = {}
    for d in 1, 2, 5, 10, 20:
        queries, keys = torch.rand(100, d, generator=generator), torch.rand(1000, d, generator=generator)
        distances = scaled_distance(queries, keys).abs()
        nearest[d] = (distances.amin(dim=-1).median() / distances.median(dim=-1).values.median()).item()
        if d == 20:
            assert distances.amin(dim=-1).median() > 1, "farther than one edge of the cube"
    assert list(nearest.values()) == sorted(nearest.values())
    ws = torch.logspace(-1, 1.5, 26).tolist()
    shared, own, all_matter = [], [], []
    for d in 1, 10:
        errors = []
        for seed in range(3):
            generator = torch.Generator().manual_seed(seed)
            x, q = (5 * torch.rand(n, d, generator=generator).double() for n in (200, 500))
            noise = 0.5 * torch.randn(200, generator=generator)
            y = truth(x[:, 0]) + noise
            one = min(ws, key=lambda w, x=x, y=y: leave_one_out_loss(w, x, y).item())
            errors.append([mse(attention_pooling(q, x, y, w), truth(q[:, 0])) for w in (one, fit_bandwidth(x, y))])
            y, t = (d**0.5 * truth(places).mean(dim=-1) for places in (x, q))  # the same spread, from all features
            fitted = fit_bandwidth(x, y + noise)
            all_matter.append(mse(attention_pooling(q, x, y + noise, fitted), t) / t.var().item())
            if d == 10:
                best = min(mse(attention_pooling(q, x, y + noise, w), t) for w in ws)
                assert best > 0.8 * mse((y + noise).mean(), t), "nor should any w that all ten share"
        shared.append(sum(e[0] for e in errors) / 3)
        own.append(sum(e[1] for e in errors) / 3)
    assert shared[1] > 30 * shared[0] and own[1] < shared[1] / 10, "one w for each feature should save it"
    assert max(all_matter[:3]) < 0.05 and min(all_matter[3:]) > 0.5, "where all features matter, no w should"
    return {
        "near-1": f"{100 * nearest[1]:.1f}%",
        "near-20": f"{100 * nearest[20]:.0f}%",
        "edge-1": f"{100 * 0.01:.0f}%",
        "edge-10": f"{100 * 0.01 ** (1 / 10):.0f}%",
        "edge-points": "10" + str(round(math.log10(10 / 0.01**10))).translate(SUPERSCRIPT),
        "useless-1": f"{shared[0]:.2f}",
        "useless-10": f"{shared[1]:.2f}",
        "useless-10-own": f"{own[1]:.2f}",
    }


def of_transformers() -> dict[str, str]:
    """The toy case once more, scored by products: with half the square of the key, and without."""
    query, keys, values = torch.tensor(2.0), torch.tensor([1.0, 2.0, 4.0]), torch.tensor([10.0, 20.0, 40.0])
    products, halves = query * keys, keys**2 / 2
    gaps = products - halves + (query - keys) ** 2 / 2
    assert (gaps == query**2 / 2).all(), "the scores should differ by the same number for all keys"
    weights, loud = torch.softmax(products - halves, dim=-1), torch.softmax(products, dim=-1)
    assert torch.allclose(weights, attention_weights(query[None], keys)[0]), "and the weights not at all"
    assert torch.allclose(loud, torch.softmax(-((query - keys) ** 2) / 2 + halves, dim=-1)), "the bell times loudness"
    assert loud.argmax() == 2 and loud[2] > 0.95, "without the squares the largest key should win"
    table = {}
    for i, key in enumerate(keys.tolist()):
        table[f"dot-product-{key:g}"] = f"{products[i]:.1f}"
        table[f"dot-half-{key:g}"] = f"{halves[i]:.1f}"
        table[f"dot-score-{key:g}"] = f"{products[i] - halves[i]:.1f}"
        table[f"dot-gap-{key:g}"] = f"{gaps[i]:.1f}"
        table[f"dot-weight-{key:g}"] = f"{weights[i]:.3f}"
    return table | {"dot-loud-4": f"{loud[2]:.2f}", "dot-loud-answer": f"{loud @ values:.2f}"}


def power_of_ten(x: float) -> str:
    """Write a small number as people do: 3 × 10⁻¹⁵."""
    digit, exponent = f"{x:.0e}".split("e")
    return f"{digit} × 10" + str(int(exponent)).translate(SUPERSCRIPT)


def of_scaling() -> dict[str, str]:
    """What `make bench` has stored: time, memory and error of pooling many points on one machine."""
    stored = json.loads(files("nwlesson").joinpath("measurements.json").read_text())
    machine, table = stored["machine"], stored["pooling"]
    at = {name: rows["10000"] for name, rows in table.items() if "10000" in rows}
    book = table["the book's form"]
    doubling = book["10000"]["seconds"] / book["5000"]["seconds"]
    assert 3 < doubling < 6, "twice the points should take about four times as long"
    for name in "chunks", "fused":
        assert 3 < table[name]["10000"]["seconds"] / table[name]["5000"]["seconds"] < 6
    assert 10 < at["fused"]["faster"] < at["window"]["faster"] < at["bins"]["faster"] and at["chunks"]["faster"] > 5
    assert at["broadcasting"]["mebibytes"] > 800e6 / 2**20 < book["10000"]["mebibytes"] / 3
    assert all(at[name]["mebibytes"] < 5 for name in ("chunks", "fused", "window", "bins"))
    assert all(row["error"] < 1e-10 for name, row in at.items() if name != "bins") and at["bins"]["error"] < 1e-3
    million = table["bins"]["1000000"]["seconds"]
    assert million < book["5000"]["seconds"], "a million points in bins should be faster than 5,000 in the book's form"
    assert all(rows["50"]["seconds"] < 0.1 for rows in table.values()), "at fifty points nothing should matter"
    facts = {
        "scale-machine": f"{machine['processor']}, torch {machine['torch']}, {machine['date']}",
        "scale-w-last": f"{stored['w']['1000000']:.0f}",
        "scale-tail": power_of_ten(gaussian(torch.tensor(9.0, dtype=torch.float64)).item()),
        "scale-book-gib": f"{book['10000']['mebibytes'] / 1024:.1f}",
        "scale-book-doubling": f"{doubling:.1f}",
        "scale-bins-million": f"{million:.1g}",
    }
    names = {"the book's form": "book", "scikit-fda": "skfda"}
    for name, row in at.items():
        short = names.get(name, name)
        if short != "book":
            facts[f"scale-{short}-faster"] = f"{row['faster']:.1f}" if row["faster"] < 10 else f"{row['faster']:.0f}"
        facts[f"scale-{short}-mib"] = (
            f"{row['mebibytes']:,.0f}" if row["mebibytes"] >= 10 else f"{row['mebibytes']:.1f}"
        )
        facts[f"scale-{short}-error"] = power_of_ten(row["error"])
    return facts


def of_many_seeds() -> dict[str, str]:
    """The same story for other draws of the noise and of the starting w."""
    best, end, late, gained, dips, unhalved = [], [], [], [], [], []
    for seed in range(N_SEEDS):
        data = make_data(50, step=0.125, seed=seed)
        best.append(best_w(data))
        start = 1000 + seed  # another seed for the start, or w would begin at a fifth of a training place
        _, w = trained(data, None, seed=start)
        unhalved.append(abs(trained(data, None, seed=start, lr=1.0)[1]))
        end.append(abs(w))
        late.append(abs(trained(data, None, epochs=100, seed=start)[1]))
        gained.append(test_error(data, w) < test_error(data, 1.0))
        x, y = data.x_train.double(), data.y_train.double()
        dips.append(bool(leave_one_out_loss(0.05, x, y) > leave_one_out_loss(0.0, x, y)))
        assert end[-1] > 0.5 or dips[-1], "whoever ends near 0 should sit in a dip of the loss there"
    best, end, late = torch.tensor(best), torch.tensor(end), torch.tensor(late)
    over, stuck = (end > best).double().mean(), (end < 0.5).double().mean()
    assert over > 0.6, "most seeds should overshoot"
    assert (late > 1.05 * best).sum() > (late < 0.95 * best).sum(), "most who are late should be on their way back"
    fitted = best.quantile(torch.tensor([0.05, 0.95])).tolist()
    assert torch.tensor(unhalved).quantile(0.95) > 1.5 * end.quantile(0.95), "without the half, a wider range"
    low, high = end.quantile(torch.tensor([0.05, 0.95]))
    return {
        "seeds": f"{N_SEEDS}",
        "seeds-best-low": f"{fitted[0]:.1f}",
        "seeds-best-high": f"{fitted[1]:.1f}",
        "seeds-overshoot": f"{100 * over:.0f}%",
        "seeds-stuck": f"{100 * stuck:.0f}%",
        "seeds-dip": f"{100 * torch.tensor(dips).double().mean():.0f}%",
        "seeds-arrived-5": f"{100 * ((end / best - 1).abs() < 0.05).double().mean():.0f}%",
        "seeds-arrived-100": f"{100 * ((late / best - 1).abs() < 0.05).double().mean():.0f}%",
        "seeds-gain": f"{100 * torch.tensor(gained).double().mean():.0f}%",
        "seeds-w-low": f"{low:.1f}",
        "seeds-w-high": f"{high:.1f}",
    }


def facts() -> dict[str, str]:
    """Return the whole table: name -> what the reader sees."""
    data = make_data(50, step=0.125)
    parts = of_the_data, of_training, of_the_leak, of_kernels, of_choosing, of_teaching
    table = of_three_points() | of_iris() | of_dimension() | of_transformers() | of_many_seeds() | of_scaling()
    for part in parts:
        table |= part(data)
    return table
