"""Ray Data with the generated actor."""

import sys

import numpy as np
import ray
from common import FOLDER, NAMES, case, compare, path, rates, report

sys.path.insert(0, FOLDER)
# Of the six rows, where the rate is measured.
COPIES = {"picture": 4, "tokens": 1000}
ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False, runtime_env={"env_vars": {"PYTHONPATH": FOLDER}})
for name in NAMES:
    module = __import__(f"{name}_ray")
    inputs, expected = case(name)
    (column, values), = inputs.items()
    plain = __import__(f"{name}_plain_ray")
    dataset = ray.data.from_items([{"row": i, column: row} for i, row in enumerate(np.concatenate([values, values]))])

    def explained(module, kind, copies=1):
        """Every row so many times, by one actor."""
        rows = dataset.flat_map(lambda row: [row] * copies) if copies > 1 else dataset
        return rows.map_batches(module.Explain, fn_constructor_kwargs={"path": path(f"{name}{kind}.onnx")}, batch_size=2 if copies == 1 else 16, concurrency=1).take_all()

    rows = explained(module, "")
    rows.sort(key=lambda row: row["row"])
    worst = max(compare({key: np.stack([row[key] for row in rows[first : first + 3]]) for key in expected}, expected) for first in (0, 3))
    copies = COPIES[name]
    speed = rates(lambda: explained(module, "", copies), lambda: explained(plain, "_plain", copies), 6 * copies, 1)
    report("Ray Data", ray.__version__, name, worst, rows=len(rows), **speed)
ray.shutdown()
