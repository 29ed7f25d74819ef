"""Apache Beam's direct runner with the generated handler: the attribution alone, as Beam's own, and every output."""

import os
import pickle
import sys
import tempfile

import apache_beam as beam
import numpy as np
from apache_beam.ml.inference.base import RunInference
from common import FOLDER, NAMES, case, compare, path, rates, report

sys.path.insert(0, FOLDER)
# Of the three rows, where the rate is measured.
COPIES = {"picture": 4, "tokens": 300}


def save(results, file):
    """The results of the whole pipeline."""
    with open(file, "wb") as target:
        pickle.dump([(result.example, result.inference) for result in results], target)


def explain(module, model, values, every_output):
    """Inferences in the order of the values."""
    file = os.path.join(tempfile.mkdtemp(), "results")
    with beam.Pipeline(runner="BundleBasedDirectRunner") as pipeline:
        inferences = pipeline | beam.Create(list(values)) | RunInference(module.handler(model, every_output=every_output))
        inferences | beam.combiners.ToList() | beam.Map(save, file)
    with open(file, "rb") as source:
        rows = {example.tobytes(): inference for example, inference in pickle.load(source)}
    return [rows[value.tobytes()] for value in values]


def measured(name, values, every):
    """Rows per second of both, with the time that the pipeline takes to start."""
    count = COPIES[name] * len(values)
    many = np.concatenate([values] * COPIES[name])
    modules = [(__import__(f"{name}{kind}_beam"), path(f"{name}{kind}.onnx")) for kind in ("", "_plain")]
    return rates(*(lambda module=module, model=model: explain(module, model, many, every) for module, model in modules), count, 1)


def main():
    for name in NAMES:
        module = __import__(f"{name}_beam")
        inputs, expected = case(name)
        (values,) = inputs.values()
        first = next(iter(module.OUTPUTS))
        alone = explain(module, path(f"{name}.onnx"), values, False)
        report("Apache Beam, direct runner", beam.__version__, name, compare({first: np.stack(alone)}, {first: expected[first]}), outputs="the first", **measured(name, values, False))
        every = explain(module, path(f"{name}.onnx"), values, True)
        found = {key: np.stack([row[key] for row in every]) for key in expected}
        report("Apache Beam, direct runner", beam.__version__, name, compare(found, expected), outputs="all", **measured(name, values, True))


if __name__ == "__main__":
    main()
