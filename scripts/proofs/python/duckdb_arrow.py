"""DuckDB: a table in, batches of Arrow through the file, a table of attributions that SQL can ask."""

import duckdb
import numpy as np
import onnxruntime as ort
import pyarrow as pa
from common import NAMES, case, compare, path, rates, report

options = ort.SessionOptions()
options.intra_op_num_threads = 1

for name in NAMES:
    inputs, expected = case(name)
    (column, values), = inputs.items()
    session, plain = (ort.InferenceSession(path(f"{name}{kind}.onnx"), options, providers=["CPUExecutionProvider"]) for kind in ("", "_plain"))
    database = duckdb.connect()
    flat = values.reshape(len(values), -1)
    samples = pa.table({"row_id": list(range(len(values))), column: pa.array(flat.tolist())})
    database.execute("CREATE TABLE samples AS SELECT * FROM samples")

    def explained(session):
        names = [output.name for output in session.get_outputs()]
        reader = database.execute(f"SELECT row_id, {column} FROM samples ORDER BY row_id").to_arrow_reader(2)
        for batch in reader:
            rows = np.stack([np.asarray(row, flat.dtype) for row in batch.column(1).to_pylist()])
            results = dict(zip(names, session.run(None, {column: rows.reshape((-1, *values.shape[1:]))})))
            arrays = {key: pa.array(found.reshape(len(found), -1).tolist() if found.ndim > 1 else found) for key, found in results.items()}
            yield pa.RecordBatch.from_pydict({"row_id": batch.column(0), **arrays})

    explanations = pa.Table.from_batches(list(explained(session)))
    database.register("explanations", explanations)
    table = database.execute("SELECT * FROM explanations ORDER BY row_id").fetchall()
    columns = explanations.column_names
    found = {key: np.asarray([row[columns.index(key)] for row in table]) for key in expected}
    speed = rates(lambda: list(explained(session)), lambda: list(explained(plain)), len(table))
    report("DuckDB, Arrow batches", duckdb.__version__, name, compare(found, expected), rows=len(table), **speed)
