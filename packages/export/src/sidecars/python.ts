import { type FileValue, type PlainType, fileInterface, pythonValues, rowSize } from "./file-interface.ts";

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


def stacked(rows, kind, dims):
    """One array of all rows, which may be one already."""
    if not isinstance(rows, np.ndarray) or rows.dtype == object:
        rows = np.stack([np.asarray(row, dtype=kind) for row in rows])
    return rows.astype(kind, copy=False).reshape((-1, *dims))


def run(session, columns):
    """Outputs by name, each with a row for each of the columns'."""
    feeds = {name: stacked(columns[name], kind, dims) for name, (kind, dims) in INPUTS.items()}
    return dict(zip(OUTPUTS, session.run(list(OUTPUTS), feeds)))
`;
}

/** Python of both that have columns: those that are no input stay beside the outputs, as nothing else tells whose rows they are. */
const KEPT = `
def kept(columns):
    """Columns that are no input, such as the key of a row: they stay beside the outputs."""
    names = [name for name in columns if name not in INPUTS]
    outputs = {name.lower() for name in OUTPUTS}
    twice = [name for name in names if name.lower() in outputs]
    if twice:
        raise ValueError(f"outputs are called {', '.join(OUTPUTS)}: rename the columns {', '.join(twice)}")
    return names
`;

/** Bytes of rows that Spark hands over at once; it knows no sizes, and takes 10 000 rows otherwise. */
const BYTES_AT_ONCE = 64e6;
const ROWS_AT_ONCE = 10_000;

/** A Python module that explains rows of a Spark DataFrame, in Arrow batches: columns named as the file's inputs, columns as its outputs. Other columns stay. */
export function sparkModule(bytes: Uint8Array, file: string): string {
  const { inputs, outputs } = fileInterface(bytes);
  const column = ({ name, type, dims }: FileValue): string => `\`${name}\` ${dims.length === 0 ? SPARK_TYPES[type] : `array<${SPARK_TYPES[type]}>`}`;
  const rowBytes = [...inputs, ...outputs].reduce((sum, value) => sum + rowSize(value) * (value.type === "int64" ? 8 : 4), 0);
  const rows = Math.max(1, Math.floor(BYTES_AT_ONCE / rowBytes));
  const memory =
    rows >= ROWS_AT_ONCE
      ? ""
      : `
    Rows are large, so take fewer at once:
        spark.conf.set("spark.sql.execution.arrow.maxRecordsPerBatch", ${rows})`;
  return `${head("Explains rows of a Spark DataFrame: explained(frame).", file, bytes)}
${KEPT}

SCHEMA = ${JSON.stringify(outputs.map(column).join(", "))}

# Rows that the engine takes at once.
ROWS = 16
_session = None


def explained(frame):
    """The frame with outputs in place of inputs; other columns stay. Every worker loads the model once. Before:
        spark.sparkContext.addFile(MODEL)
        spark.sparkContext.addPyFile(this file), where workers do not have it${memory}
    """
    keep = kept(frame.columns)
    schema = [f"\`{name}\` {frame.schema[name].dataType.simpleString()}" for name in keep]
    return frame.mapInArrow(lambda batches: explain(batches, keep), ", ".join([*schema, SCHEMA]))


def explain(batches, keep=()):
    """Explains Arrow batches, as in frame.mapInArrow(explain, SCHEMA), which keeps no other columns."""
    import os

    import pyarrow as pa
    from pyspark import SparkFiles

    global _session
    if _session is None:
        _session = start(SparkFiles.get(os.path.basename(MODEL)))
    for batch in batches:
        if batch.num_rows == 0:
            continue
        columns = {name: rows_of(batch, name, dims) for name, (_, dims) in INPUTS.items()}
        parts = [
            run(_session, {name: rows[first : first + ROWS] for name, rows in columns.items()})
            for first in range(0, batch.num_rows, ROWS)
        ]
        outputs = [column_of(np.concatenate([part[name] for part in parts])) for name in OUTPUTS]
        yield pa.RecordBatch.from_arrays([*map(batch.column, keep), *outputs], names=[*keep, *OUTPUTS])


def rows_of(batch, name, dims):
    """The numbers of a column, [rows, numbers of one]: it has numbers, or lists of them."""
    size = int(np.prod(dims))
    column = batch.column(batch.schema.get_field_index(name))
    lists = column
    while hasattr(lists, "flatten") and lists.type.num_fields == 1:
        if lists is column and lists.type.value_type.num_fields == 0 and set(lists.value_lengths().unique().to_pylist()) != {size}:
            raise ValueError(f"every row of {name} needs {size} numbers")
        lists = lists.flatten()
    if lists.null_count > 0 or len(lists) != len(column) * size:
        raise ValueError(f"every row of {name} needs {size} numbers")
    return lists.to_numpy(zero_copy_only=False).reshape(-1, size)


def column_of(values):
    """An output as Spark has it: numbers, or lists of them."""
    import pyarrow as pa

    if values.dtype == np.uint8:
        values = values.astype(np.int16)
    if values.ndim == 1:
        return pa.array(values)
    flat = values.reshape(len(values), -1)
    offsets = np.arange(len(flat) + 1, dtype=np.int32) * flat.shape[1]
    return pa.ListArray.from_arrays(pa.array(offsets, pa.int32()), pa.array(flat.reshape(-1)))
`;
}

/** A Python module that explains batches of Ray Data by actors, each with a session of its own. */
export function rayModule(bytes: Uint8Array, file: string): string {
  return `${head("Explains a dataset of Ray: dataset.map_batches(Explain, batch_size=16, concurrency=2).", file, bytes)}
${KEPT}

class Explain:
    """Outputs in place of inputs; other columns stay. The file is loaded once for each actor; MODEL must be a path that every node has."""

    def __init__(self, path=MODEL):
        self.session = start(path)

    def __call__(self, batch):
        return {name: batch[name] for name in kept(batch)} | run(self.session, batch)
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
