"""Relevance by Captum, Zennit and LXT on small seeded networks, which packages/relevance/test/oracles.test.ts compares with.

    pip install torch==2.9.1 captum==0.9.0 zennit==0.5.1 lxt==2.1 transformers==4.52.4 onnx && python scripts/oracles/relevance.py

writes packages/relevance/test/oracles/: each network as ONNX, and as JSON its inputs, the numbers of each oracle in float64 rounded to float32, and
the versions. Zennit's numbers are made with epsilon and stabilizer 1e-12: its default of 1e-6, which also divides at sums and average pools, moves a residual network by 1e-3.
"""

import json
import warnings
from importlib.metadata import version
from pathlib import Path

import torch
from captum.attr import LRP, DeepLift, DeepLiftShap
from lxt.efficient.patches import layer_norm_forward, wrap_attention_forward
from lxt.efficient.rules import divide_gradient, identity_rule_implicit, stop_gradient
from tensor_json import numbers
from torch import nn
from zennit.attribution import Gradient
from zennit.canonizers import SequentialMergeBatchNorm
from zennit.composites import EpsilonAlpha2Beta1, EpsilonAlpha2Beta1Flat, EpsilonGammaBox, EpsilonPlus, EpsilonPlusFlat
from zennit.layer import Sum

warnings.filterwarnings("ignore")
FOLDER = Path(__file__).parents[2] / "packages/relevance/test/oracles"
TINY = 1e-12


class Branches(nn.Module):
    """A convolutional network whose branches are joined; every function is a module of its own, as Captum wants it."""

    def __init__(self, pool: bool = False):
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(3, 6, 3, padding=1), nn.ReLU())
        self.pool = nn.MaxPool2d(3, 2, 1) if pool else nn.AvgPool2d(2)
        self.left = nn.Sequential(nn.Conv2d(6, 4, 1), nn.ReLU())
        self.right = nn.Sequential(nn.Conv2d(6, 5, 3, padding=1, stride=1), nn.ReLU(), nn.Conv2d(5, 4, 3, padding=1), nn.ReLU())
        self.mean = nn.AdaptiveAvgPool2d(2)
        self.head = nn.Sequential(nn.Linear(32, 10), nn.ReLU(), nn.Linear(10, 4))

    def forward(self, x):
        h = self.pool(self.stem(x))
        return self.head(torch.flatten(self.mean(torch.cat([self.left(h), self.right(h)], 1)), 1))


class Residual(nn.Module):
    """A ResNet block with BatchNormalization; the sum is Zennit's module, which its rules need."""

    def __init__(self):
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(3, 6, 3, padding=1, bias=False), nn.BatchNorm2d(6), nn.ReLU())
        self.block = nn.Sequential(
            nn.Conv2d(6, 6, 3, padding=1, bias=False), nn.BatchNorm2d(6), nn.ReLU(), nn.Conv2d(6, 6, 3, padding=1, bias=False), nn.BatchNorm2d(6)
        )
        self.sum = Sum()
        self.act = nn.ReLU()
        self.mean = nn.AdaptiveAvgPool2d(1)
        self.head = nn.Linear(6, 4)

    def forward(self, x):
        h = self.stem(x)
        return self.head(torch.flatten(self.mean(self.act(self.sum(torch.stack([h, self.block(h)], -1)))), 1))


class Mobile(nn.Module):
    """An inverted residual with a depthwise convolution and ReLU6; with squeeze-and-excitation where `rules` may say how its product passes."""

    def __init__(self, excite: bool):
        super().__init__()
        self.expand = nn.Sequential(nn.Conv2d(3, 8, 1, bias=False), nn.BatchNorm2d(8), nn.ReLU6())
        self.depth = nn.Sequential(nn.Conv2d(8, 8, 3, padding=1, stride=2, groups=8, bias=False), nn.BatchNorm2d(8), nn.ReLU6())
        self.squeeze = nn.Sequential(nn.Conv2d(8, 3, 1), nn.ReLU(), nn.Conv2d(3, 8, 1)) if excite else None
        self.project = nn.Sequential(nn.Conv2d(8, 5, 1, bias=False), nn.BatchNorm2d(5))
        self.mean = nn.AdaptiveAvgPool2d(1)
        self.head = nn.Linear(5, 4)

    def forward(self, x, rules=None):
        act = (lambda f, v: f(v)) if rules is None else rules.function
        h = self.expand[1](self.expand[0](x))
        h = act(self.expand[2], h)
        h = act(self.depth[2], self.depth[1](self.depth[0](h)))
        if self.squeeze is not None:
            gate = act(torch.sigmoid, self.squeeze(h.mean((2, 3), keepdim=True)))
            h = h * gate if rules is None else rules.product(h, gate)
        return self.head(torch.flatten(self.mean(self.project(h)), 1))


class Rules:
    """LXT's rules by hand, for networks that it has no patches for."""

    def __init__(self, constant_probabilities: bool):
        self.constant = constant_probabilities

    def function(self, f, x):
        return identity_rule_implicit(f, x)

    def product(self, value, gate):
        if self.constant:
            return value * stop_gradient(gate)
        return divide_gradient(value * gate, 2)

    def norm(self, module, x):
        return layer_norm_forward(module, x)


class Plain:
    def function(self, f, x):
        return f(x)

    def norm(self, module, x):
        return module(x)


def attend(module, query, key, value):
    scores = query @ key.transpose(-1, -2) / query.shape[-1] ** 0.5
    return torch.softmax(scores, -1) @ value


class Block(nn.Module):
    """A transformer block: LayerNorm, attention of two heads, LayerNorm, GELU; written out, so that its products can be told."""

    def __init__(self, size: int):
        super().__init__()
        self.norm1, self.norm2 = nn.LayerNorm(size), nn.LayerNorm(size)
        self.q, self.k, self.v, self.out = (nn.Linear(size, size) for _ in range(4))
        self.up, self.down = nn.Linear(size, 2 * size), nn.Linear(2 * size, size)

    def forward(self, x, rules):
        heads = lambda t: t.reshape(t.shape[0], t.shape[1], 2, -1).transpose(1, 2)
        h = rules.norm(self.norm1, x)
        q, k, v = heads(self.q(h)), heads(self.k(h)), heads(self.v(h))
        if isinstance(rules, Plain):
            o = attend(self, q, k, v)
        elif rules.constant:
            o = attend(self, stop_gradient(q), stop_gradient(k), v)
        else:
            o = wrap_attention_forward(attend)(self, q, k, v)
        x = x + self.out(o.transpose(1, 2).reshape(x.shape))
        return x + self.down(rules.function(nn.functional.gelu, self.up(rules.norm(self.norm2, x))))


class Transformer(nn.Module):
    """Token vectors [N, 5, 8], one block, the mean over tokens."""

    def __init__(self):
        super().__init__()
        self.block = Block(8)
        self.head = nn.Linear(8, 3)

    def forward(self, x, rules=None):
        return self.head(self.block(x, rules or Plain()).mean(1))


class Vit(nn.Module):
    """Patches of 4 × 4, a class token, positions, two blocks."""

    def __init__(self):
        super().__init__()
        self.patch = nn.Conv2d(3, 8, 4, stride=4)
        self.token = nn.Parameter(torch.randn(1, 1, 8))
        self.position = nn.Parameter(torch.randn(1, 10, 8) * 0.3)
        self.blocks = nn.ModuleList([Block(8), Block(8)])
        self.norm = nn.LayerNorm(8)
        self.head = nn.Linear(8, 4)

    def forward(self, x, rules=None):
        rules = rules or Plain()
        h = self.patch(x).flatten(2).transpose(1, 2)
        h = torch.cat([self.token.expand(h.shape[0], -1, -1), h], 1) + self.position
        for block in self.blocks:
            h = block(h, rules)
        return self.head(rules.norm(self.norm, h)[:, 0])


class Recurrent(nn.Module):
    """An LSTM over [N, 6, 4]; with rules its cell is written out, functions pass relevance as it is and products half of it."""

    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(4, 5, batch_first=True)
        self.head = nn.Linear(5, 3)

    def forward(self, x, rules=None):
        if rules is None:
            return self.head(self.lstm(x)[0][:, -1])
        l = self.lstm
        h = c = torch.zeros(x.shape[0], 5, dtype=x.dtype)
        for step in x.unbind(1):
            gates = step @ l.weight_ih_l0.T + l.bias_ih_l0 + h @ l.weight_hh_l0.T + l.bias_hh_l0
            i, f, g, o = gates.chunk(4, 1)
            i, f, o = (rules.function(torch.sigmoid, gate) for gate in (i, f, o))
            c = rules.product(c, f) + rules.product(rules.function(torch.tanh, g), i)
            h = rules.product(rules.function(torch.tanh, c), o)
        return self.head(h)


def seeded(make, seed):
    torch.manual_seed(seed)
    network = make()
    for module in network.modules():
        if isinstance(module, nn.BatchNorm2d):
            nn.init.uniform_(module.weight, 0.5, 1.5)
            nn.init.normal_(module.bias, 0, 0.3)
            module.running_mean.normal_(0, 0.3)
            module.running_var.uniform_(0.5, 1.5)
        if isinstance(module, nn.LayerNorm):
            nn.init.uniform_(module.weight, 0.5, 1.5)
            nn.init.normal_(module.bias, 0, 0.3)
    # What the file holds in float32 is what the oracle computes with in float64.
    return network.eval().float()


def captum_deep_lift(network, x, target):
    reference = torch.randn(x.shape, dtype=x.dtype, generator=torch.Generator().manual_seed(5)) * 0.5
    several = torch.randn((3, *x.shape[1:]), dtype=x.dtype, generator=torch.Generator().manual_seed(6))
    return [
        {"oracle": "captum", "method": "deeplift", "baseline": 0, "values": numbers(DeepLift(network).attribute(x, torch.zeros_like(x), target=target))},
        {"oracle": "captum", "method": "deeplift", "baseline": numbers(reference), "values": numbers(DeepLift(network).attribute(x, reference, target=target))},
        {"oracle": "captum", "method": "deepshap", "baselines": numbers(several), "values": numbers(DeepLiftShap(network).attribute(x, several, target=target))},
    ]


def captum_lrp(network, x, target):
    return [{"oracle": "captum", "method": "lrp", "options": {"composite": "epsilon", "epsilon": 1e-9}, "values": numbers(LRP(network).attribute(x, target=target))}]


def zennit_composites(make, x, target):
    low, high = float(x.min()) - 0.1, float(x.max()) + 0.2
    tiny = {"epsilon": TINY, "stabilizer": TINY}
    box = {"low": torch.full_like(x[:1], low), "high": torch.full_like(x[:1], high)}
    cases = [
        ("epsilon-plus", EpsilonPlus, {}, {}),
        ("epsilon-plus-flat", EpsilonPlusFlat, {}, {}),
        ("epsilon-gamma-box", EpsilonGammaBox, box, {"low": low, "high": high}),
        ("epsilon-alpha2-beta1", EpsilonAlpha2Beta1, {}, {}),
        ("epsilon-alpha2-beta1-flat", EpsilonAlpha2Beta1Flat, {}, {}),
    ]
    found = []
    for name, composite, own, options in cases:
        network = make().double()
        made = composite(**own, **tiny, canonizers=[SequentialMergeBatchNorm()])
        chosen = torch.nn.functional.one_hot(torch.tensor(target), 4).to(x.dtype)
        with Gradient(model=network, composite=made) as attributor:
            _, relevance = attributor(x.clone(), lambda output: output * chosen)
        found.append({"oracle": "zennit", "method": "lrp", "options": {"composite": name, **options, **tiny}, "values": numbers(relevance)})
    return found


def lxt_rules(network, x, target):
    found = []
    for method, constant in [("attn-lrp", False), ("cp-lrp", True)]:
        fed = x.clone().requires_grad_()
        network(fed, Rules(constant))[torch.arange(len(x)), target].sum().backward()
        found.append({"oracle": "lxt", "method": method, "values": numbers(fed * fed.grad)})
    return found


def write(name, make, dims, targets, cases):
    x = torch.randn(dims, generator=torch.Generator().manual_seed(3)).double()
    network = make()
    torch.onnx.export(network, x.float(), FOLDER / f"{name}.onnx", opset_version=17, input_names=["x"], output_names=["y"], dynamic_axes={"x": {0: "N"}, "y": {0: "N"}}, dynamo=False, training=torch.onnx.TrainingMode.PRESERVE)
    double = make().double()
    found = cases(double, make, x, targets)
    libraries = ["torch", "captum", "zennit", "lxt"]
    record = {"versions": {library: version(library) for library in libraries}, "input": numbers(x), "target": targets, "output": numbers(double(x)), "cases": found}
    (FOLDER / f"{name}.json").write_text(json.dumps(record, indent=1) + "\n")


FOLDER.mkdir(parents=True, exist_ok=True)
images = (2, 3, 12, 12)
write("branches", lambda: seeded(Branches, 1), images, [1, 3], lambda n, make, x, t: captum_deep_lift(n, x, t) + captum_lrp(make().double(), x, t) + zennit_composites(make, x, t))
# No DeepLift by Captum here: it shares what a max pool gets in another way (captum#1276), and misses F(x) - F(x') by 38 % from its second reference, though not from 0.
write("pools", lambda: seeded(lambda: Branches(True), 2), images, [0, 2], lambda n, make, x, t: captum_lrp(n, x, t) + zennit_composites(make, x, t))
write("residual", lambda: seeded(Residual, 3), images, [1, 3], lambda n, make, x, t: captum_deep_lift(n, x, t) + zennit_composites(make, x, t))
# Nor here: it has no rescale rule for ReLU6, passes the gradient, and misses F(x) - F(x').
write("mobile", lambda: seeded(lambda: Mobile(False), 4), images, [1, 3], lambda n, make, x, t: zennit_composites(make, x, t))
write("excited", lambda: seeded(lambda: Mobile(True), 5), images, [1, 3], lambda n, make, x, t: lxt_rules(n, x, t))
write("recurrent", lambda: seeded(Recurrent, 6), (2, 6, 4), [0, 2], lambda n, make, x, t: lxt_rules(n, x, t)[:1])
write("transformer", lambda: seeded(Transformer, 7), (2, 5, 8), [0, 2], lambda n, make, x, t: lxt_rules(n, x, t))
write("vit", lambda: seeded(Vit, 8), images, [1, 3], lambda n, make, x, t: lxt_rules(n, x, t))
