"""Apache Beam's direct runner with the generated handler: the attribution alone, as Beam's own, and every output."""

import os
import pickle
import sys
import tempfile

import apache_beam as beam
import numpy as np
from apache_beam.ml.inference.base import RunInference
from common import FOLDER, NAMES, case, compare, path, report

sys.path.insert(0, FOLDER)


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


def main():
    for name in NAMES:
        module = __import__(f"{name}_beam")
        inputs, expected = case(name)
        (values,) = inputs.values()
        first = next(iter(module.OUTPUTS))
        alone = explain(module, path(f"{name}.onnx"), values, False)
        report("Apache Beam, direct runner", beam.__version__, name, compare({first: np.stack(alone)}, {first: expected[first]}), outputs="the first")
        every = explain(module, path(f"{name}.onnx"), values, True)
        found = {key: np.stack([row[key] for row in every]) for key in expected}
        report("Apache Beam, direct runner", beam.__version__, name, compare(found, expected), outputs="all")


if __name__ == "__main__":
    main()
