"""Ray Data with the generated actor."""

import sys

import numpy as np
import ray
from common import FOLDER, NAMES, case, compare, path, report

sys.path.insert(0, FOLDER)
ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False, runtime_env={"env_vars": {"PYTHONPATH": FOLDER}})
for name in NAMES:
    module = __import__(f"{name}_ray")
    inputs, expected = case(name)
    (column, values), = inputs.items()
    dataset = ray.data.from_items([{"row": i, column: row} for i, row in enumerate(np.concatenate([values, values]))])

    class Explain(module.Explain):
        def __call__(self, batch):
            return {"row": batch["row"], **super().__call__(batch)}

    rows = dataset.map_batches(Explain, fn_constructor_kwargs={"path": path(f"{name}.onnx")}, batch_size=2, concurrency=1).take_all()
    rows.sort(key=lambda row: row["row"])
    worst = max(compare({key: np.stack([row[key] for row in rows[first : first + 3]]) for key in expected}, expected) for first in (0, 3))
    report("Ray Data", ray.__version__, name, worst, rows=len(rows))
ray.shutdown()
