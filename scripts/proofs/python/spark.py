"""PySpark with the generated function over Arrow batches: its numbers, its rows per second beside the plain model's, and what a second executor thread gives."""

import json
import os
import statistics
import subprocess
import sys
import time

import numpy as np
import pyspark
from common import FOLDER, NAMES, case, compare, path, report
from pyspark.sql import SparkSession

sys.path.insert(0, FOLDER)
os.environ["PYTHONPATH"] = FOLDER + os.pathsep + os.environ.get("PYTHONPATH", "")
os.environ["PYSPARK_PYTHON"] = sys.executable
# Rows that are compared, and rows that are measured, for each of the two cores.
COMPARED = {"picture": 6, "tokens": 9996}
MEASURED = {"picture": 8, "tokens": 32000}
ROUNDS = int(os.environ.get("ROUNDS", "5"))


def samples(spark, name, rows, partitions):
    """So many rows, the ones that there are again and again."""
    (column, values), = case(name)[0].items()
    flat = values.reshape(len(values), -1)
    shared = spark.sparkContext.broadcast(flat)
    kind = "bigint" if flat.dtype == np.int64 else "float"

    def make(batches):
        import pandas as pd

        for batch in batches:
            yield pd.DataFrame({column: [shared.value[i % len(shared.value)].tolist() for i in batch["id"]]})

    return spark.range(rows, numPartitions=partitions).mapInPandas(make, f"{column} array<{kind}>")


def explained(spark, name, kind, frame):
    """The rows through a generated module, whose workers load its file once."""
    module = __import__(f"{name}{kind}_spark")
    spark.sparkContext.addFile(path(f"{name}{kind}.onnx"))
    return frame.mapInArrow(module.explain, module.SCHEMA)


def largest_error(spark, name):
    expected = case(name)[1]
    each = len(expected["score"])
    # A multiple of the rows that there are in each part, so that parts begin with the first.
    collected = explained(spark, name, "", samples(spark, name, COMPARED[name], 2)).toPandas()
    worst = 0.0
    for first in range(0, len(collected) - each + 1, each):
        part = collected.iloc[first : first + each]
        worst = max(worst, compare({key: np.stack([np.asarray(row) for row in part[key]]) for key in expected}, expected))
    return worst


def keep_to(cores):
    """A thread of Spark and its Python worker share one core: elsewhere the worker of one thread computes while the JVM reads and writes on the core of the other."""
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:cores])


def serve(cores):
    """An application of so many cores, which answers requests on its standard input: a name for its error, a name and a kind for the seconds they take."""
    keep_to(cores)
    spark = (
        SparkSession.builder.master(f"local[{cores}]")
        .config("spark.driver.memory", "1g")
        .config("spark.ui.enabled", "false")
        .config("spark.sql.execution.arrow.pyspark.enabled", "true")
        .getOrCreate()
    )
    spark.sparkContext.setLogLevel("ERROR")
    frames = {}
    for line in sys.stdin:
        name, kind = json.loads(line)
        if kind is None:
            answer = largest_error(spark, name)
        else:
            if name not in frames:
                # The same rows, already made, in as many parts: each is one thread's work.
                frames[name] = samples(spark, name, MEASURED[name], 4).cache()
                frames[name].count()
            started = time.perf_counter()
            explained(spark, name, kind, frames[name]).write.format("noop").mode("overwrite").save()
            answer = time.perf_counter() - started
        print(f"ANSWER {answer}", flush=True)
    spark.stop()


def bare_scaling():
    """What a second process adds on this machine, where nothing but arithmetic is done: less than twice where it has other work."""
    code = "x = 0\nfor i in range(8_000_000): x += i * i"

    def seconds(processes):
        started = time.perf_counter()
        for process in [subprocess.Popen([sys.executable, "-c", code], preexec_fn=lambda: keep_to(processes)) for _ in range(processes)]:
            process.wait()
        return time.perf_counter() - started

    return 2 * seconds(1) / seconds(2)


def ask(server, *request):
    server.stdin.write(json.dumps(request) + "\n")
    server.stdin.flush()
    for line in server.stdout:
        if line.startswith("ANSWER "):
            return float(line.split()[1])
    sys.exit("Spark ended early")


def main():
    servers = [subprocess.Popen([sys.executable, __file__, "serve", str(cores)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for cores in (1, 2)]
    for name in NAMES:
        errors = [ask(server, name, None) for server in servers]
        rounds, bare = [], []
        for _ in range(ROUNDS + 1):
            # One after the other, so that other load on the machine meets all alike; the first round starts the workers.
            rounds.append([ask(server, name, kind) for kind in ("", "_plain") for server in servers])
            bare.append(bare_scaling())
        one, two, plain_one, plain_two = (statistics.median(times) for times in zip(*rounds[1:]))
        scaling = statistics.median(first / second for first, second, *_ in rounds[1:])
        for cores, seconds, plain, error in ((1, one, plain_one, errors[0]), (2, two, plain_two, errors[1])):
            where = f"PySpark, Arrow batches, {cores} {'thread' if cores == 1 else 'threads'}"
            more = {"scaling": scaling, "bare_scaling": statistics.median(bare[1:])} if cores == 2 else {}
            rate, plain_rate = (MEASURED[name] / time_taken for time_taken in (seconds, plain))
            report(where, pyspark.__version__, name, error, rows=COMPARED[name], rate=rate, plain_rate=plain_rate, **more)
    for server in servers:
        server.stdin.close()
        server.wait()


if __name__ == "__main__":
    serve(int(sys.argv[2])) if sys.argv[1:2] == ["serve"] else main()
