"""PySpark with the generated pandas function, rows over several local executors of their own processes' Python workers."""

import os
import sys
import time

import numpy as np
import pyspark
from common import FOLDER, case, compare, path, report
from pyspark.sql import SparkSession

sys.path.insert(0, FOLDER)
os.environ["PYTHONPATH"] = FOLDER + os.pathsep + os.environ.get("PYTHONPATH", "")
os.environ["PYSPARK_PYTHON"] = sys.executable
TOKEN_ROWS = int(os.environ.get("TOKEN_ROWS", "10000"))


def explain_frame(spark, name, rows, partitions):
    """So many rows, the ones that there are again and again; the attribution of each by its number."""
    module = __import__(f"{name}_spark")
    inputs, expected = case(name)
    (column, values), = inputs.items()
    flat = values.reshape(len(values), -1)
    samples = spark.sparkContext.broadcast(flat)
    kind = "bigint" if flat.dtype == np.int64 else "float"

    def make(batches):
        import pandas as pd

        for batch in batches:
            yield pd.DataFrame({column: [samples.value[i % len(samples.value)].tolist() for i in batch["id"]]})

    spark.sparkContext.addFile(path(f"{name}.onnx"))
    frame = spark.range(rows, numPartitions=partitions).mapInPandas(make, f"{column} array<{kind}>")
    started = time.perf_counter()
    collected = frame.mapInPandas(module.explain, module.SCHEMA).toPandas()
    elapsed = time.perf_counter() - started
    each = len(flat)
    worst = 0.0
    for first in range(0, len(collected) - each + 1, each):
        part = collected.iloc[first : first + each]
        found = {key: np.stack([np.asarray(row) for row in part[key]]) for key in expected}
        worst = max(worst, compare(found, expected))
    return worst, rows / elapsed


def main():
    for cores in (1, 2):
        spark = (
            SparkSession.builder.master(f"local[{cores}]")
            .config("spark.driver.memory", "2g")
            .config("spark.ui.enabled", "false")
            .config("spark.sql.execution.arrow.pyspark.enabled", "true")
            .getOrCreate()
        )
        spark.sparkContext.setLogLevel("ERROR")
        # A multiple of the rows that there are in each part, so that parts begin with the first.
        explain_frame(spark, "tokens", 6, cores)
        error, rate = explain_frame(spark, "tokens", TOKEN_ROWS // 6 * 6, 2)
        report("PySpark, pandas function", pyspark.__version__, "tokens", error, rows=TOKEN_ROWS // 6 * 6, cores=cores, rows_per_second=rate)
        if cores == 2:
            error, rate = explain_frame(spark, "picture", 6, 2)
            report("PySpark, pandas function", pyspark.__version__, "picture", error, rows=6, cores=cores, rows_per_second=rate)
        spark.stop()


if __name__ == "__main__":
    main()
