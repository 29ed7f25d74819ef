"""Measures by Quantus on a small seeded network, which packages/metrics/test/oracles.test.ts compares with.

    pip install torch==2.15.0 quantus==0.6.0 onnx==1.23.2 && python scripts/oracles/metrics.py

writes packages/metrics/test/oracles/: the network as ONNX, and as JSON its input, masks, attributions, the values that Quantus finds in float32, and the
versions. Where a measure draws at random Quantus is given the draws of @xdeep/core, or gives its own, as weights drawn anew; the test names what else is set apart from its defaults.
"""

import json
import sys
import warnings
from importlib.metadata import version
from pathlib import Path

import numpy as np
import quantus
import torch
from draws import Draws
from quantus.helpers.model.pytorch_model import PyTorchModel
from tensor_json import numbers
from torch import nn

warnings.filterwarnings("ignore")
FOLDER = Path(__file__).parents[2] / "packages/metrics/test/oracles"
ROWS, CHANNELS, SIDE = 3, 3, 6
TARGET = [2, 0, 3]
SEED = 42
QUIET = {"disable_warnings": True, "display_progressbar": False, "normalise": False}


def network() -> nn.Module:
    torch.manual_seed(1)
    return nn.Sequential(
        nn.Conv2d(CHANNELS, 6, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(6, 8, 3, padding=1), nn.ReLU(), nn.AvgPool2d(2), nn.Flatten(), nn.Linear(8, 4)
    ).eval()


def gradient(model, inputs, targets, **_) -> np.ndarray:
    x = torch.tensor(np.asarray(inputs), dtype=torch.float32, requires_grad=True)
    model(x)[torch.arange(len(x)), torch.as_tensor(np.asarray(targets))].sum().backward()
    return x.grad.numpy()


model = network()
x = torch.randn((ROWS, CHANNELS, SIDE, SIDE), generator=torch.Generator().manual_seed(3)).numpy()
y = np.array(TARGET)
slope = gradient(model, x, y)
contribution = slope * x
# What the measures of maps look at: channels summed, the negative part cut.
positive = np.maximum(contribution.sum(axis=1, keepdims=True), 0)
mask = np.zeros((ROWS, 1, SIDE, SIDE), dtype=np.float32)
for row, (top, left, height, width) in enumerate([(2, 0, 3, 3), (0, 0, 3, 3), (0, 0, 2, 3)]):
    mask[row, 0, top : top + height, left : left + width] = 1


def found(metric, a, whole=False, softmax=False, **more):
    """A copy goes in: some measures of Quantus write into what they are given."""
    scores = metric(model=model, x_batch=x.copy(), y_batch=y, a_batch=a.copy(), device="cpu", batch_size=ROWS, softmax=softmax, **more)
    return scores if whole else np.asarray(scores, dtype=np.float64).tolist()


def max_sensitivity(radius: float, samples: int) -> list:
    """Quantus adds noise of one size to all rows: given are steps by each row's range, and one direction for all rows."""
    draws = Draws(0)
    reach = radius * (x.reshape(ROWS, -1).max(axis=1) - x.reshape(ROWS, -1).min(axis=1)).astype(np.float64)
    steps = iter([np.array([2 * draws.uniform() - 1 for _ in range(x[0].size)]) for _ in range(samples)])
    metric = quantus.MaxSensitivity(
        nr_samples=samples, perturb_func=lambda arr, **_: (arr + reach[:, None] * next(steps)).astype(np.float32), return_nan_when_prediction_changes=False, abs=False, **QUIET
    )
    return found(metric, slope, explain_func=gradient)


def infidelity(patch: int, repeats: int) -> list:
    """Quantus removes patch after patch without putting one back: given is the picture without the one patch that is drawn."""
    across = SIDE // patch
    count = across * across
    draws = Draws(0)
    chosen = iter([draws.below(count) for _ in range(repeats * count)])

    def without(arr, **_):
        k = next(chosen)
        top, left = k // across * patch, k % across * patch
        removed = x.copy()
        removed[:, :, top : top + patch, left : left + patch] = 0
        return removed.reshape(arr.shape)

    metric = quantus.Infidelity(perturb_func=without, perturb_patch_sizes=[patch], n_perturb_samples=repeats, abs=False, **QUIET)
    return found(metric, slope)


def faithfulness_correlation(size: int, runs: int) -> list:
    """All rows get the same subsets, as @xdeep/metrics draws them."""
    draws, order = Draws(0), list(range(x[0].size))
    subsets = [list(draws.shuffle(order, size)) for _ in range(runs)]
    calls = iter([subset for subset in subsets for _ in range(ROWS)])
    choice, np.random.choice = np.random.choice, lambda *_, **__: np.array(next(calls))
    try:
        metric = quantus.FaithfulnessCorrelation(nr_runs=runs, subset_size=size, perturb_baseline=0.0, return_aggregate=False, abs=False, **QUIET)
        return found(metric, contribution)
    finally:
        np.random.choice = choice


def randomization(similarity) -> list:
    """By stage of the cascade from the top, of each row."""
    metric = quantus.MPRT(similarity_func=similarity, layer_order="top_down", seed=SEED, return_average_correlation=False, abs=False, **QUIET)
    stages = found(metric, slope, explain_func=gradient, whole=True)
    return [row for name, row in stages.items() if name != "original"]


def efficient_randomization(bins: int) -> list:
    """Beside it Quantus takes the entropy of the scores, which it has of probabilities alone."""
    metric = quantus.EfficientMPRT(complexity_func_kwargs={"n_bins": bins}, layer_order="top_down", seed=SEED, abs=False, **QUIET)
    return found(metric, slope, softmax=True, explain_func=gradient)


def randomized() -> dict:
    """The weights that Quantus draws, by name, of the last stage; those before it have the first of the layers as they were."""
    *_, (_, last) = PyTorchModel(model).get_random_layer_generator(order="top_down", seed=SEED)
    return {name: numbers(tensor) for name, tensor in last.state_dict().items()}


cases = {
    # All channels of a pixel have the same attribution, and go in one step.
    "pixel-flipping": found(quantus.PixelFlipping(features_in_step=CHANNELS, perturb_baseline=0.0, abs=False, **QUIET), contribution.sum(axis=1, keepdims=True)),
    "deletion": found(quantus.PixelFlipping(features_in_step=4, perturb_baseline=0.0, abs=False, **QUIET), contribution),
    # Quantus adds 1e-7 to every |A|; divided by the largest, as its default has it, they are large beside that.
    "sparseness": found(quantus.Sparseness(abs=True, **QUIET | {"normalise": True}), contribution),
    "complexity": found(quantus.Complexity(abs=True, **QUIET), contribution),
    "pointing-game": found(quantus.PointingGame(abs=False, **QUIET), positive, s_batch=mask),
    "relevance-mass": found(quantus.RelevanceMassAccuracy(abs=False, **QUIET), positive, s_batch=mask),
    "relevance-rank": found(quantus.RelevanceRankAccuracy(abs=False, **QUIET), positive, s_batch=mask),
    "max-sensitivity": max_sensitivity(0.02, 6),
    "infidelity": infidelity(2, 2),
    "faithfulness-correlation": faithfulness_correlation(20, 30),
    "mprt spearman": randomization(quantus.similarity_func.correlation_spearman),
    "mprt pearson": randomization(quantus.similarity_func.correlation_pearson),
    "efficient-mprt": efficient_randomization(20),
}
FOLDER.mkdir(parents=True, exist_ok=True)
torch.onnx.export(model, torch.tensor(x), FOLDER / "cnn.onnx", opset_version=17, input_names=["x"], output_names=["y"], dynamic_axes={"x": {0: "N"}, "y": {0: "N"}}, dynamo=False)
record = {
    "versions": {"python": sys.version.split()[0], **{library: version(library) for library in ("quantus", "torch", "numpy", "scipy")}},
    "input": numbers(torch.tensor(x)),
    "target": TARGET,
    "output": numbers(model(torch.tensor(x))),
    "mask": numbers(torch.tensor(mask[:, 0])),
    "gradient": numbers(torch.tensor(slope)),
    "randomized": randomized(),
    "cases": {name: [[float(f"{value:.9g}") for value in row] if isinstance(row, list) else float(f"{row:.9g}") for row in values] for name, values in cases.items()},
}
(FOLDER / "quantus.json").write_text(json.dumps(record, indent=1) + "\n")
