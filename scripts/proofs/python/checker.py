"""The official checker of ONNX with full, strict shape inference: every declared size is what inference finds."""

import onnx
from common import NAMES, path, report

for name in NAMES:
    model = onnx.load(path(f"{name}.onnx"))
    onnx.checker.check_model(model, full_check=True)
    inferred = onnx.shape_inference.infer_shapes(model, check_type=True, strict_mode=True, data_prop=True)
    for declared, found in zip(model.graph.output, inferred.graph.output):
        assert declared.type.tensor_type.shape == found.type.tensor_type.shape, declared.name
    report("ONNX checker", onnx.__version__, name, 0.0)
