"""Pixels of torchvision and Pillow that packages/image/test/torchvision.test.ts compares with.

    pip install "pillow==13.0.0" "torchvision==0.29.2" && python scripts/oracles/picture_pixels.py

writes packages/image/test/torchvision/: sources and results as PNG, and cases.json with the parameters, the versions, and for pictures that are
too large to keep a SHA-256 of the result's pixels.
"""

import hashlib
import json
from pathlib import Path

import numpy as np
import PIL
import torchvision
from PIL import Image
from torchvision.transforms import CenterCrop, Compose, Grayscale, InterpolationMode, Resize

FOLDER = Path(__file__).parents[2] / "packages/image/test/torchvision"
FILTERS = ["nearest", "box", "bilinear", "hamming", "bicubic", "lanczos"]


def scene(width: int, height: int, seed: int) -> Image.Image:
    """A picture with what photographs have: slopes, sharp edges, lines of a pixel, a texture that aliases, noise."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[0:height, 0:width].astype(np.float64)
    levels = np.stack([60 + 120 * x / width, 90 + 90 * y / height, 150 - 60 * (x + y) / (width + height)], axis=-1)
    levels[(x - 0.3 * width) ** 2 + (y - 0.55 * height) ** 2 < (0.24 * height) ** 2] = (230, 40, 30)
    levels[(x > 0.62 * width) & ((x.astype(int) + y.astype(int)) % 3 == 0)] = (255, 255, 255)
    levels[(x > 0.62 * width) & ((x.astype(int) * 3 + y.astype(int)) % 5 == 0)] = (0, 0, 0)
    levels[(np.abs(x - 2 * y) < 1) | (y.astype(int) == height // 3)] = (10, 200, 60)
    levels += rng.normal(0, 6, levels.shape)
    return Image.fromarray(np.clip(np.rint(levels), 0, 255).astype(np.uint8))


def formula(width: int, height: int) -> Image.Image:
    """A picture that the test draws too, in integers: a slope with a texture over it."""
    y, x, channel = np.meshgrid(np.arange(height), np.arange(width), np.arange(3), indexing="ij")
    return Image.fromarray(((x * (channel + 1) + y * 2 + (x * y) // 7 + (x * x * 13 + y * 31) % 64) % 256).astype(np.uint8))


def transform(resize: int | tuple[int, int], crop: int | None, interpolation: str) -> Compose:
    """`resize` is a short side, or (height, width)."""
    steps = [Resize(resize, InterpolationMode(interpolation))]
    return Compose(steps if crop is None else [*steps, CenterCrop(crop)])


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    sources = {"landscape": scene(131, 87, 1), "portrait": scene(87, 131, 2), "tiny": scene(17, 11, 3)}
    for name, picture in sources.items():
        picture.save(FOLDER / f"{name}.png", optimize=True)

    small = [("landscape", 48, 42, name) for name in FILTERS]
    for name in ["bilinear", "bicubic"]:
        small += [("portrait", 57, 40, name), ("landscape", (40, 56), None, name), ("tiny", 52, 45, name), ("landscape", 87, 61, name)]
    kept = []
    for source, resize, crop, interpolation in small:
        file = f"{source}-{resize if isinstance(resize, int) else 'x'.join(map(str, resize))}-{interpolation}.png"
        transform(resize, crop, interpolation)(sources[source]).save(FOLDER / file, optimize=True)
        kept.append({"source": f"{source}.png", "resize": resize, "crop": crop, "interpolation": interpolation, "file": file})

    hashed = []
    sizes = [(224, 224), (225, 225), (256, 256), (224, 225), (320, 213), (213, 320), (500, 375), (640, 427), (1023, 769), (301, 1200), (64, 48)]
    pipelines = [(256, 224, "bilinear"), (248, 224, "bicubic"), (235, 224, "bicubic"), (255, 240, "bilinear"), ((224, 224), None, "bicubic")]
    for width, height in sizes:
        for resize, crop, interpolation in pipelines:
            result = np.asarray(transform(resize, crop, interpolation)(formula(width, height)))
            digest = hashlib.sha256(result.tobytes()).hexdigest()
            hashed.append({"width": width, "height": height, "resize": resize, "crop": crop, "interpolation": interpolation, "sha256": digest})

    grey = Compose([Resize(32), CenterCrop(28), Grayscale(num_output_channels=3)])
    greyed = [
        {"width": width, "height": height, "resize": 32, "crop": 28, "sha256": hashlib.sha256(np.asarray(grey(formula(width, height))).tobytes()).hexdigest()}
        for width, height in [(28, 28), (64, 48), (500, 375)]
    ]

    versions = {"torchvision": torchvision.__version__.split("+")[0], "pillow": PIL.__version__}
    lines = lambda cases: "[\n" + ",\n".join("    " + json.dumps(case) for case in cases) + "\n  ]"
    (FOLDER / "cases.json").write_text(
        f'{{\n  "versions": {json.dumps(versions)},\n  "kept": {lines(kept)},\n  "hashed": {lines(hashed)},\n  "grey": {lines(greyed)}\n}}\n'
    )


if __name__ == "__main__":
    main()
