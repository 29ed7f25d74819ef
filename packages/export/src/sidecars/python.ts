import { type FileValue, type PlainType, fileInterface, pythonValues } from "./file-interface.ts";

const SPARK_TYPES: Readonly<Record<PlainType, string>> = {
  float32: "float",
  int8: "tinyint",
  int16: "smallint",
  int32: "int",
  int64: "bigint",
  uint8: "smallint",
};

/** What all Python files begin with. */
function head(what: string, file: string, bytes: Uint8Array): string {
  const { inputs, outputs } = fileInterface(bytes);
  return `"""${what}"""

import numpy as np
import onnxruntime as ort

MODEL = ${JSON.stringify(file)}
# Name: type, and dims of one row.
INPUTS = {
${pythonValues(inputs)}}
OUTPUTS = {
${pythonValues(outputs)}}


def start(path=MODEL, threads=1):
    """A session on one thread: workers run side by side."""
    options = ort.SessionOptions()
    options.intra_op_num_threads = threads
    return ort.InferenceSession(path, options, providers=["CPUExecutionProvider"])


def run(session, columns):
    """Outputs by name, each with a row for each of the columns'."""
    feeds = {
        name: np.stack([np.asarray(row, dtype=kind) for row in columns[name]]).reshape((-1, *dims))
        for name, (kind, dims) in INPUTS.items()
    }
    return dict(zip(OUTPUTS, session.run(list(OUTPUTS), feeds)))
`;
}

/** A Python module that explains rows of a Spark DataFrame by a pandas function: columns named as the file's inputs, columns as its outputs. */
export function sparkModule(bytes: Uint8Array, file: string): string {
  const { outputs } = fileInterface(bytes);
  const column = ({ name, type, dims }: FileValue): string => `\`${name}\` ${dims.length === 0 ? SPARK_TYPES[type] : `array<${SPARK_TYPES[type]}>`}`;
  return `${head("Explains rows of a Spark DataFrame: frame.mapInPandas(explain, SCHEMA).", file, bytes)}

SCHEMA = ${JSON.stringify(outputs.map(column).join(", "))}

# Rows that the engine takes at once.
ROWS = 16
_session = None


def explain(batches):
    """Before: spark.sparkContext.addFile(MODEL). Every worker loads the file once."""
    import os

    import pandas as pd
    from pyspark import SparkFiles

    global _session
    if _session is None:
        _session = start(SparkFiles.get(os.path.basename(MODEL)))
    for batch in batches:
        for first in range(0, len(batch), ROWS):
            results = run(_session, batch[first : first + ROWS])
            yield pd.DataFrame({
                name: list(values.reshape(len(values), -1)) if values.ndim > 1 else values
                for name, values in results.items()
            })
`;
}

/** A Python module that explains batches of Ray Data by actors, each with a session of its own. */
export function rayModule(bytes: Uint8Array, file: string): string {
  return `${head("Explains a dataset of Ray: dataset.map_batches(Explain, batch_size=16, concurrency=2).", file, bytes)}

class Explain:
    """The file is loaded once for each actor; MODEL must be a path that every node has."""

    def __init__(self, path=MODEL):
        self.session = start(path)

    def __call__(self, batch):
        return run(self.session, batch)
`;
}

/** A Python module with Apache Beam's handler for the file: RunInference(handler()) gives the attribution of each element, an array of one row. */
export function beamModule(bytes: Uint8Array, file: string): string {
  return `${head("Explains elements of a Beam pipeline: elements | RunInference(handler()).", file, bytes)}

def infer(session, batch, inference_args=None):
    """Every output of every element, by name. Without it Beam takes the first alone, the attribution."""
    from apache_beam.ml.inference.base import PredictionResult

    results = run(session, {next(iter(INPUTS)): batch, **(inference_args or {})})
    return [{name: values[row] for name, values in results.items()} for row in range(len(batch))]


def handler(path=MODEL, every_output=False, rows=16):
    """Elements are arrays of the one input; results are attributions, or every output by name."""
    from apache_beam.ml.inference.onnx_inference import OnnxModelHandlerNumpy

    own = {"inference_fn": infer} if every_output else {}
    return OnnxModelHandlerNumpy(model_uri=path, min_batch_size=1, max_batch_size=rows, **own)
`;
}
