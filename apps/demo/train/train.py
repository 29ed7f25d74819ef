"""Trains the demo network and writes model/shapes.onnx. The README beside the model says how it is called and what came out.

The pictures come from render.mjs, so that the network sees exactly what drawScene draws.
"""

import argparse
import time

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F
from torch.nn.utils.fusion import fuse_conv_bn_eval

SIZE = 64
CLASSES = 8
# Largest standard deviation of the noise that training adds, for values 0 to 1.
NOISE = 0.3


class ConvBlock(nn.Module):
    """Convolution of odd kernel, stride 1 and padding 'same', batch normalisation, ReLU; the normalisation folds into the bias."""

    def __init__(self, channels_in, channels_out, kernel=3):
        super().__init__()
        self.conv = nn.Conv2d(channels_in, channels_out, kernel, padding=kernel // 2)
        self.norm = nn.BatchNorm2d(channels_out)

    def forward(self, x):
        return F.relu(self.norm(self.conv(x)))

    def fold(self):
        self.conv = fuse_conv_bn_eval(self.conv, self.norm)
        self.norm = nn.Identity()


class ShapeNet(nn.Module):
    """Six convolutions, three 2x2 max pools, two residual additions, global average pool, one dense layer: layers that Keras has too."""

    def __init__(self):
        super().__init__()
        self.stem = ConvBlock(3, 16, kernel=5)
        self.widen1 = ConvBlock(16, 24)
        self.residual1 = ConvBlock(24, 24)
        self.widen2 = ConvBlock(24, 48)
        self.residual2 = ConvBlock(48, 48)
        self.widen3 = ConvBlock(48, 64)
        self.dense = nn.Linear(64, CLASSES)

    def forward(self, x):
        x = F.max_pool2d(self.stem(x), 2)
        x = self.widen1(x)
        x = F.max_pool2d(x + self.residual1(x), 2)
        x = self.widen2(x)
        x = F.max_pool2d(x + self.residual2(x), 2)
        x = self.widen3(x)
        return self.dense(torch.flatten(F.adaptive_avg_pool2d(x, 1), 1))

    def fold(self):
        self.eval()
        for module in self.children():
            if isinstance(module, ConvBlock):
                module.fold()
        return self


def read_pictures(path):
    """Images [N, 3, SIZE, SIZE] of bytes, masks [N, SIZE, SIZE], class numbers [N]; the format of render.mjs."""
    data = np.fromfile(path, np.uint8)
    pixels = SIZE * SIZE
    count = data.size // (pixels * 4 + 1)
    images, masks, labels = np.split(data, [count * pixels * 3, count * pixels * 4])
    images = images.reshape(count, SIZE, SIZE, 3).transpose(0, 3, 1, 2)
    return torch.from_numpy(images.copy()), torch.from_numpy(masks.reshape(count, SIZE, SIZE)), torch.from_numpy(labels.astype(np.int64))


def augment(images):
    """Values 0 to 1, every other batch mirrored, under noise of a random strength per picture, so that single pixels do not decide."""
    x = images.float() / 255
    if torch.rand(()) < 0.5:
        x = x.flip(3)
    return x + torch.randn_like(x) * torch.rand(len(x), 1, 1, 1) * NOISE


def train(net, images, labels, epochs, batch):
    optimizer = torch.optim.AdamW(net.parameters(), lr=4e-3, weight_decay=1e-2)
    steps = epochs * (len(images) // batch)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, max_lr=4e-3, total_steps=steps, pct_start=0.25)
    for epoch in range(epochs):
        net.train()
        started, total = time.time(), 0.0
        order = torch.randperm(len(images))[: len(images) // batch * batch]
        for rows in order.split(batch):
            loss = F.cross_entropy(net(augment(images[rows])), labels[rows], label_smoothing=0.05)
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            optimizer.step()
            schedule.step()
            total += loss.item()
        print(f"epoch {epoch + 1}: loss {total / (steps // epochs):.4f}, {time.time() - started:.0f} s", flush=True)


def accuracy(net, images, labels):
    net.eval()
    with torch.no_grad():
        guesses = torch.cat([net(part.float() / 255).argmax(1) for part in images.split(250)])
    return (guesses == labels).float().mean().item()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--train", required=True, help="pictures to learn from, written by render.mjs")
    parser.add_argument("--valid", required=True, help="pictures to measure with")
    parser.add_argument("--out", required=True, help="the ONNX file to write")
    parser.add_argument("--epochs", type=int, default=8)
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()

    torch.set_num_threads(2)
    torch.manual_seed(options.seed)
    net = ShapeNet()
    images, _, labels = read_pictures(options.train)
    train(net, images, labels, options.epochs, options.batch)
    net.fold()
    for parameter in net.parameters():
        parameter.requires_grad_(False)
    held_out, _, truth = read_pictures(options.valid)
    print(f"accuracy {accuracy(net, held_out, truth):.4f} on {len(truth)} held-out pictures")
    print(f"{sum(p.numel() for p in net.parameters())} parameters, torch {torch.__version__}")
    torch.save(net.state_dict(), options.out.replace(".onnx", ".pt"))
    torch.onnx.export(
        net,
        torch.zeros(1, 3, SIZE, SIZE),
        options.out,
        input_names=["image"],
        output_names=["logits"],
        dynamic_axes={"image": {0: "N"}, "logits": {0: "N"}},
        opset_version=17,
    )


if __name__ == "__main__":
    main()
