"""What all proofs share: inputs, what the API gave for them, and the comparison."""

import json
import os
import sys
import time

import numpy as np

FOLDER = os.environ.get("PROOFS", ".")
NAMES = ("picture", "tokens")
TOLERANCE = 1e-5


def case(name):
    """Inputs and expected outputs by name."""
    with open(os.path.join(FOLDER, f"{name}.json")) as file:
        about = json.load(file)

    def read(kind, key, tensor):
        return np.fromfile(os.path.join(FOLDER, f"{name}.{kind}.{key}.bin"), tensor["type"]).reshape(tensor["dims"])

    inputs = {key: read("input", key, tensor) for key, tensor in about["inputs"].items()}
    expected = {key: read("expected", key, tensor) for key, tensor in about["expected"].items()}
    return inputs, expected


def path(file):
    return os.path.join(FOLDER, file)


def compare(found, expected):
    """The largest error relative to the largest entry, over all outputs. A delta is measured by the score."""
    worst = 0.0
    for name, values in expected.items():
        actual = np.asarray(found[name], np.float64).reshape(values.shape)
        scale = np.abs(expected["score"] if name.startswith("convergence_delta") else values).max() or 1.0
        worst = max(worst, float(np.abs(actual - values).max() / scale))
    return worst


def report(where, version, case_name, error, **more):
    """One line of JSON for the table; a failure ends the proof."""
    print("PROOF " + json.dumps({"where": where, "version": version, "case": case_name, "error": error, **more}), flush=True)
    if not error < TOLERANCE:
        sys.exit(f"{where}, {case_name}: error {error}")


def medians(runs, times=5, clock=time.perf_counter):
    """The median seconds of each of some runs, in alternation after one that does not count: other load on the machine meets all alike."""
    spent = [[] for _ in runs]
    for _ in range(times + 1):
        for run, list_ in zip(runs, spent):
            started = clock()
            run()
            list_.append(clock() - started)
    return [sorted(list_[1:])[times // 2] for list_ in spent]


def rates(explained, plain, rows, times=3):
    """Rows per second of the explainer and of the plain model in the same engine, by the clock, for the report."""
    return dict(zip(("rate", "plain_rate"), (rows / seconds for seconds in medians((explained, plain), times))))
