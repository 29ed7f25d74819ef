"""Prints how much of an attribution falls on the true object, for the trained network and held-out pictures.

The share is the sum of absolute attributions inside the mask, grown by two pixels, over the sum of the whole picture; an attribution that
knows nothing scores the area of the mask.
"""

import argparse

import torch
from torch.nn import functional as F

from train import ShapeNet, read_pictures


def grow(masks, pixels=2):
    return F.max_pool2d(masks[:, None].float(), 2 * pixels + 1, stride=1, padding=pixels)


def gradients(net, x, targets):
    x = x.clone().requires_grad_(True)
    score = net(x).gather(1, targets[:, None]).sum()
    return torch.autograd.grad(score, x)[0]


class GuidedRelu(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        y = x.clamp(min=0)
        ctx.save_for_backward(y)
        return y

    @staticmethod
    def backward(ctx, dy):
        (y,) = ctx.saved_tensors
        return torch.where((y > 0) & (dy > 0), dy, torch.zeros_like(dy))


def guided(net, x, targets):
    plain = F.relu
    F.relu = GuidedRelu.apply
    try:
        return gradients(net, x, targets)
    finally:
        F.relu = plain


def integrated(net, x, targets, steps=25):
    mean = sum(gradients(net, x * ((k + 0.5) / steps), targets) for k in range(steps)) / steps
    return x * mean


def smooth(net, x, targets, draws=25, noise_level=0.15):
    std = noise_level * (x.amax((1, 2, 3), keepdim=True) - x.amin((1, 2, 3), keepdim=True))
    return sum(gradients(net, x + torch.randn_like(x) * std, targets) for _ in range(draws)) / draws


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--weights", required=True, help="the .pt file that train.py wrote")
    parser.add_argument("--pictures", required=True, help="written by render.mjs")
    parser.add_argument("--count", type=int, default=100)
    options = parser.parse_args()

    torch.set_num_threads(2)
    torch.manual_seed(0)
    net = ShapeNet().fold()
    net.load_state_dict(torch.load(options.weights))
    images, masks, _ = read_pictures(options.pictures)
    x, masks = images[: options.count].float() / 255, grow(masks[: options.count])
    targets = net(x).argmax(1)
    print(f"area of the grown mask: {masks.mean():.3f}")
    for method in (gradients, guided, integrated, smooth):
        magnitude = method(net, x, targets).abs().sum(1, keepdim=True)
        share = (magnitude * masks).sum((1, 2, 3)) / magnitude.sum((1, 2, 3))
        hits = torch.stack([m.flatten()[a.argmax()] for m, a in zip(masks, magnitude)]).mean()
        print(f"{method.__name__}: mean share {share.mean():.3f}, lowest {share.min():.3f}, strongest pixel on the object {hits:.2f}")


if __name__ == "__main__":
    main()
