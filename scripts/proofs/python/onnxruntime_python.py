"""ONNX Runtime for Python, whichever version is installed."""

import time

import onnxruntime as ort
from common import NAMES, case, compare, medians, path, rates, report

options = ort.SessionOptions()
options.intra_op_num_threads = 1

for name in NAMES:
    inputs, expected = case(name)
    session, plain = (ort.InferenceSession(path(f"{name}{kind}.onnx"), options, providers=["CPUExecutionProvider"]) for kind in ("", "_plain"))
    outputs = [output.name for output in session.get_outputs()]
    found = dict(zip(outputs, session.run(None, inputs)))
    row = {key: values[:1] for key, values in inputs.items()}
    explained, alone = (1000 * seconds for seconds in medians((lambda: session.run(None, row), lambda: plain.run(None, row)), clock=time.process_time))
    count = len(next(iter(inputs.values())))
    speed = rates(lambda: session.run(None, inputs), lambda: plain.run(None, inputs), count, 5)
    report("ONNX Runtime for Python", ort.__version__, name, compare(found, expected), explained=explained, plain=alone, **speed)
