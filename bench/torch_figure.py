"""One figure of PyTorch or Captum in a process of its own: python torch_figure.py '{"model": "resnet18", "figure": "gradient", …}'. Prints one line of JSON.

Parameters are frozen: what is compared is the gradient with respect to the input, and nothing else.
"""

import json
import resource
import statistics
import sys
import time

import torch
import torchvision

asked = json.loads(sys.argv[1])
figure, threads, runs, n = asked["figure"], asked.get("threads", 2), asked.get("runs", 9), asked.get("n", 50)
torch.set_num_threads(threads)
torch.manual_seed(0)
started = time.perf_counter()
network = getattr(torchvision.models, asked["model"])(weights=None).eval().requires_grad_(False)
x = torch.randn(1, 3, 224, 224, generator=torch.Generator().manual_seed(1))


def forward():
    with torch.no_grad():
        network(x)


def gradient():
    image = x.clone().requires_grad_(True)
    logits = network(image)
    logits[0, int(logits[0].argmax())].backward()
    return image.grad


def integrated():
    from captum.attr import IntegratedGradients

    target = int(network(x)[0].argmax())
    return IntegratedGradients(network).attribute(x, target=target, n_steps=n, internal_batch_size=4)


def smooth():
    from captum.attr import NoiseTunnel, Saliency

    target = int(network(x)[0].argmax())
    return NoiseTunnel(Saliency(network)).attribute(x, target=target, nt_samples=n, nt_samples_batch_size=4, stdevs=0.15, abs=False)


def timed(run):
    start = time.perf_counter()
    run()
    return 1e3 * (time.perf_counter() - start)


run = {"forward": forward, "gradient": gradient, "integrated": integrated, "smooth": smooth}[figure]
load = 1e3 * (time.perf_counter() - started)
first = timed(run)
median = statistics.median(timed(run) for _ in range(runs))
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
versions = {"torch": torch.__version__}
if "captum" in sys.modules:
    versions["captum"] = sys.modules["captum"].__version__
print(json.dumps({"median": median, "first": first, "load": load, "peakMB": peak, "versions": versions}))
