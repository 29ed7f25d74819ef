"""Writes the networks that `pnpm bench` measures: torchvision's architectures at full size with seeded random weights, as ONNX.

    python3 bench/make_models.py bench/models [resnet18 mobilenet_v2 vgg16 …] [--time]

For each network: <name>.onnx (opset 17, input [N, 3, 224, 224], output [N, 1000] logits), <name>.x.npy (one input) and <name>.grad.npy
(PyTorch's gradient of its largest logit, what the benchmark compares with). `--time` prints PyTorch's own times, parameters frozen, two threads.
"""

import argparse
import pathlib
import statistics
import time

import numpy
import torch
import torchvision

NAMES = ["resnet18", "resnet50", "mobilenet_v2", "vgg16", "densenet121", "efficientnet_b0", "vit_b_16"]


def build(name):
    torch.manual_seed(0)
    network = getattr(torchvision.models, name)(weights=None).eval()
    # Statistics as of a trained network: those of a new one would fold away to nothing.
    for module in network.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.running_mean.normal_(0, 0.1)
            module.running_var.uniform_(0.5, 1.5)
    return network.requires_grad_(False)


def input_gradient(network, x):
    x = x.clone().requires_grad_(True)
    network(x)[0].max().backward()
    return x.grad


def median_ms(run, runs=9):
    run()
    samples = []
    for _ in range(runs):
        start = time.perf_counter()
        run()
        samples.append(1000 * (time.perf_counter() - start))
    return statistics.median(samples)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("names", nargs="*", metavar="name", help=", ".join(NAMES))
    parser.add_argument("--time", action="store_true")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(2)
    for name in options.names or NAMES:
        network = build(name)
        x = torch.randn(1, 3, 224, 224, generator=torch.Generator().manual_seed(1))
        numpy.save(options.folder / f"{name}.x.npy", x.numpy())
        numpy.save(options.folder / f"{name}.grad.npy", input_gradient(network, x).numpy())
        batch = {"input": {0: "N"}, "logits": {0: "N"}}
        file = str(options.folder / f"{name}.onnx")
        torch.onnx.export(network, x, file, opset_version=17, input_names=["input"], output_names=["logits"], dynamic_axes=batch)
        print(f"{name}: written", flush=True)
        if options.time:
            with torch.no_grad():
                forward = median_ms(lambda: network(x))
            print(f"{name}: forward {forward:.1f} ms, input gradient {median_ms(lambda: input_gradient(network, x)):.1f} ms", flush=True)


if __name__ == "__main__":
    main()
