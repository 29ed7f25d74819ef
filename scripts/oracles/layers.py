"""Attributions to layers by Captum and pytorch-grad-cam on small seeded networks, which packages/onnxruntime/test/layers/oracles.test.ts compares with.

    pip install torch==2.9.1 captum==0.9.0 grad-cam==1.5.7 onnx && python scripts/oracles/layers.py

writes packages/onnxruntime/test/layers/oracles/: each network as ONNX, and as JSON its input, the numbers of each oracle in float64 rounded to float32, and the versions.
Grad-CAM++ is compared on the network whose gradients are large alone: pytorch-grad-cam adds 1e-6 below the line, which rules where gradients are below 1e-3.
"""

import json
import warnings
from importlib.metadata import version
from pathlib import Path

import torch
from captum.attr import GuidedGradCam, InternalInfluence, LayerConductance, LayerGradCam, LayerIntegratedGradients
from pytorch_grad_cam import GradCAMPlusPlus, HiResCAM, LayerCAM
from pytorch_grad_cam.utils.model_targets import ClassifierOutputTarget
from tensor_json import numbers
from torch import nn

warnings.filterwarnings("ignore")
FOLDER = Path(__file__).parents[2] / "packages/onnxruntime/test/layers/oracles"
STEPS = 10
BASELINE = 0.25


class Pooled(nn.Module):
    """Two convolutions, an average over quarters, a linear layer."""

    def __init__(self):
        super().__init__()
        self.first, self.act1 = nn.Conv2d(3, 6, 3, padding=1), nn.ReLU()
        self.second, self.act2 = nn.Conv2d(6, 5, 3, padding=1, stride=2), nn.ReLU()
        self.mean, self.head = nn.AvgPool2d(4), nn.Linear(20, 4)

    def forward(self, x):
        return self.head(torch.flatten(self.mean(self.act2(self.second(self.act1(self.first(x))))), 1))


class Residual(nn.Module):
    """A convolution, a branch around another, the mean, a linear layer whose weights are `steep` times as large."""

    def __init__(self, steep: float = 1):
        super().__init__()
        self.first, self.act1 = nn.Conv2d(3, 6, 3, padding=1), nn.ReLU()
        self.second, self.act2 = nn.Conv2d(6, 6, 3, padding=1), nn.ReLU()
        self.mean, self.head = nn.AdaptiveAvgPool2d(1), nn.Linear(6, 4)
        with torch.no_grad():
            self.head.weight.mul_(steep)

    def forward(self, x):
        h = self.act1(self.first(x))
        return self.head(torch.flatten(self.mean(self.act2(h + self.second(h))), 1))


def captum(network, layer, x, target):
    # Of the trapezoid only the points are taken: equal steps from end to end. Its weights are not, the gradient is that of each step's left end.
    path = {"baselines": torch.full_like(x, BASELINE), "target": target, "n_steps": STEPS}
    return {
        "grad-cam": LayerGradCam(network, layer).attribute(x, target=target),
        "guided-grad-cam": GuidedGradCam(network, layer).attribute(x, target=target, interpolate_mode="bilinear"),
        "conductance": LayerConductance(network, layer).attribute(x, method="riemann_trapezoid", **path),
        "internal-influence": InternalInfluence(network, layer).attribute(x, method="riemann_middle", **path),
        "layer-integrated": LayerIntegratedGradients(network, layer).attribute(x, method="riemann_middle", **path),
    }


def grad_cam(network, layer, x, target, methods):
    found = {}
    for name, method in methods.items():
        cam = method(model=network, target_layers=[layer])
        targets = [ClassifierOutputTarget(t) for t in target]
        outputs = cam.activations_and_grads(x)
        sum(wanted(output) for wanted, output in zip(targets, outputs)).backward()
        values, gradients = (kept[0].cpu().data.numpy() for kept in (cam.activations_and_grads.activations, cam.activations_and_grads.gradients))
        # The map before it is scaled to 0 … 1 and resized.
        found[name] = torch.from_numpy(cam.get_cam_image(x, layer, targets, values, gradients, False)).unsqueeze(1)
        cam.activations_and_grads.release()
    return found


def write(name, make, seed, methods):
    torch.manual_seed(seed)
    network = make().eval()
    x = torch.randn((2, 3, 16, 16), generator=torch.Generator().manual_seed(seed + 10))
    target = [1, 3]
    torch.onnx.export(network, x, FOLDER / f"{name}.onnx", opset_version=17, input_names=["x"], output_names=["y"], dynamic_axes={"x": {0: "N"}, "y": {0: "N"}}, dynamo=False)
    network, x = network.double(), x.double()
    found = {"captum": captum(network, network.act2, x, target), "grad-cam": grad_cam(network, network.act2, x, target, methods)}
    cases = [{"oracle": oracle, "method": method, "values": numbers(values)} for oracle, results in found.items() for method, values in results.items()]
    record = {
        "versions": {library: version(library) for library in ["torch", "captum", "grad-cam"]},
        "layer": "/act2/Relu_output_0",
        "steps": STEPS,
        "baseline": BASELINE,
        "input": numbers(x),
        "target": target,
        "cases": cases,
    }
    (FOLDER / f"{name}.json").write_text(json.dumps(record, indent=1) + "\n")


FOLDER.mkdir(parents=True, exist_ok=True)
MAPS = {"hi-res-cam": HiResCAM, "layer-cam": LayerCAM}
write("pooled", Pooled, 1, MAPS)
write("residual", Residual, 2, MAPS)
write("steep", lambda: Residual(steep=1000), 3, {"grad-cam-plus-plus": GradCAMPlusPlus, **MAPS})
