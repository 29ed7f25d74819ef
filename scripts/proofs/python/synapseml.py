"""SynapseML's ONNXModel: the file travels as bytes, runs in ONNX Runtime for Java inside Spark, and is cut where outputs are fetched. With pyspark 3.5."""

import os
import sys

import numpy as np
from common import case, compare, path, rates, report
from pyspark.sql import SparkSession

VERSION = os.environ.get("SYNAPSEML", "1.1.0")
ENGINE = os.environ.get("SYNAPSEML_ENGINE", "1.17.3")
ROWS = 6
# Of these rows, where the rate is measured.
COPIES = {"picture": 2, "tokens": 500}
os.environ["PYSPARK_PYTHON"] = sys.executable


def main():
    spark = (
        SparkSession.builder.master("local[2]")
        .config("spark.jars.packages", f"com.microsoft.azure:synapseml-deep-learning_2.12:{VERSION},com.microsoft.onnxruntime:onnxruntime:{ENGINE}")
        # SynapseML 1.1.0, the newest of Maven Central, brings ONNX Runtime 1.8.1, which ends at operator set 14; 1.1.3 brings 1.17.3.
        .config("spark.jars.excludes", "com.microsoft.onnxruntime:onnxruntime_gpu,org.scala-lang:scala-reflect,org.apache.spark:spark-tags_2.12,org.scalatest:scalatest_2.12")
        .config("spark.jars.ivy", os.environ.get("IVY", os.path.expanduser("~/.ivy2")))
        .config("spark.driver.memory", "2g")
        .config("spark.ui.enabled", "false")
        .getOrCreate()
    )
    spark.sparkContext.setLogLevel("ERROR")
    from synapse.ml.onnx import ONNXModel

    for name in ("tokens", "picture"):
        inputs, expected = case(name)
        ((column, values),) = inputs.items()
        rows = [(i, values[i % len(values)].tolist()) for i in range(ROWS)]
        kind = "bigint" if values.dtype == np.int64 else "float"
        for _ in range(values.ndim - 1):
            kind = f"array<{kind}>"
        frame = spark.createDataFrame(rows, f"id bigint, {column} {kind}").repartition(2)
        many = spark.createDataFrame([row for _ in range(COPIES[name]) for row in rows], frame.schema).repartition(2).cache()
        many.count()

        def model_of(kind, fetched):
            with open(path(f"{name}{kind}.onnx"), "rb") as file:
                return ONNXModel().setModelPayload(file.read()).setFeedDict({column: column}).setFetchDict({key: key for key in fetched}).setMiniBatchSize(16)

        def run(model):
            """All of it, without bringing the rows here."""
            model.transform(many).write.format("noop").mode("overwrite").save()

        own = list(expected)[-1]
        for fetched in (list(expected), [next(iter(expected))]):
            with open(path(f"{name}.onnx"), "rb") as file:
                model = ONNXModel().setModelPayload(file.read()).setFeedDict({column: column}).setFetchDict({key: key for key in fetched}).setMiniBatchSize(2)
            found = sorted(model.transform(frame).collect(), key=lambda row: row["id"])
            wanted = {key: expected[key] for key in fetched}
            worst = 0.0
            for first in (0, 3):
                part = {key: np.array([np.asarray(row[key]) for row in found[first : first + 3]]) for key in fetched}
                worst = max(worst, compare(part, {**wanted, "score": expected["score"]} if "score" in part else wanted))
            explainer, plain = model_of("", fetched), model_of("_plain", [own])
            speed = rates(lambda: run(explainer), lambda: run(plain), ROWS * COPIES[name], 1)
            report("SynapseML, ONNXModel", f"{VERSION} with ONNX Runtime for Java {ENGINE}", name, worst, rows=ROWS, outputs=len(fetched), **speed)
    spark.stop()


if __name__ == "__main__":
    main()
