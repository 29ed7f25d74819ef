"""Files with the pixels that Pillow reads from them, for packages/image/test/pillow.test.ts.

    pip install "pillow==13.0.0" "torchvision==0.29.2" && python scripts/oracles/picture_files.py

writes packages/image/test/pillow/: files of every kind, their pixels as PNG (once where several have the same), and files.json with the pairs.
"""

import io
import json
import struct
from pathlib import Path

import PIL
from picture_pixels import scene
from PIL import Image, ImageCms, ImageOps

FOLDER = Path(__file__).parents[2] / "packages/image/test/pillow"


def encoded(picture: Image.Image, kind: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, kind, **options)
    return buffer.getvalue()


def healthy(picture: Image.Image, other: Image.Image) -> dict[str, bytes]:
    """Each kind of picture that is decoded, and slips that all decoders pass over."""
    palette = picture.convert("P", palette=Image.Palette.ADAPTIVE)
    jpeg = encoded(picture, "JPEG", quality=85, subsampling=0)
    orientation = Image.Exif()
    orientation[0x0112] = 6
    start_of_scan = jpeg.index(b"\xff\xda")
    parameters = start_of_scan + 5 + 2 * jpeg[start_of_scan + 4]
    without_jfif = jpeg[:2] + jpeg[20:]
    adobe = b"\xff\xee" + struct.pack(">H", 14) + b"Adobe\x00\x64\x00\x00\x00\x00\x05"
    return {
        "full-colour.jpg": jpeg,
        "half-colour.jpg": encoded(picture, "JPEG", quality=85, subsampling=2),
        "progressive.jpg": encoded(picture, "JPEG", quality=85, progressive=True),
        "restarts.jpg": encoded(picture, "JPEG", quality=85, restart_marker_blocks=4),
        "grey.jpg": encoded(picture.convert("L"), "JPEG", quality=85),
        "turned.jpg": encoded(picture, "JPEG", quality=85, exif=orientation),
        "srgb-profile.jpg": encoded(picture, "JPEG", quality=85, icc_profile=ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()),
        "two-pictures.mpo": encoded(picture, "MPO", save_all=True, append_images=[other]),
        "bytes-after-end.jpg": jpeg + b"\x00 something else" * 9,
        "bytes-before-end.jpg": jpeg[:-2] + b"\x12\x34\x56" + jpeg[-2:],
        "bytes-between-segments.jpg": jpeg[:20] + b"\x00\x01\x02" + jpeg[20:],
        "bytes-before-scan.jpg": jpeg[:start_of_scan] + b"\x00\x01\x02" + jpeg[start_of_scan:],
        "fill-bytes.jpg": jpeg[:2] + b"\xff\xff\xff" + jpeg[2:],
        "unknown-jfif.jpg": jpeg[:11] + b"\x03" + jpeg[12:],
        "unknown-adobe.jpg": without_jfif[:2] + adobe + without_jfif[2:],
        "odd-scan-parameters.jpg": jpeg[:parameters] + b"\x00\x00\x00" + jpeg[parameters + 3 :],
        "broken-exif.jpg": encoded(picture, "JPEG", quality=85, exif=b"Exif\x00\x00MM\x00*\x00\x00\x00\x08\x00\x05broken"),
        "palette.png": encoded(palette, "PNG"),
        "one-bit.png": encoded(picture.convert("1"), "PNG"),
        "animated.png": encoded(picture, "PNG", save_all=True, append_images=[other]),
        "bytes-after-end.png": encoded(picture, "PNG") + b"something else",
        "animated.gif": encoded(palette, "GIF", save_all=True, append_images=[other.convert("P")]),
        "lossy.webp": encoded(picture, "WEBP", quality=85),
        "lossless.webp": encoded(picture, "WEBP", lossless=True),
        "animated.webp": encoded(picture, "WEBP", save_all=True, append_images=[other], lossless=True),
        "lzw.tiff": encoded(picture, "TIFF", compression="tiff_lzw"),
        "deflate.tiff": encoded(picture, "TIFF", compression="tiff_adobe_deflate"),
        "odd-tag.tiff": odd_tiff(),
    }


def odd_tiff() -> bytes:
    """Four grey pixels, and a tag whose text does not end as it should: libtiff warns, and reads."""
    tags = [(256, 4, 1, 2), (257, 4, 1, 2), (258, 3, 1, 8), (259, 3, 1, 1), (262, 3, 1, 1), (273, 4, 1, 134), (277, 3, 1, 1), (278, 4, 1, 2), (279, 4, 1, 4)]
    tags.append((305, 2, 4, int.from_bytes(b"abcd", "little")))
    directory = b"".join(struct.pack("<HHII", *tag) for tag in tags)
    return b"II*\x00" + struct.pack("<IH", 8, len(tags)) + directory + struct.pack("<I", 0) + bytes([0, 80, 160, 255])


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    picture, other = scene(40, 30, 1), scene(40, 30, 2)
    cases = []
    pixels: dict[bytes, str] = {}
    for name, content in healthy(picture, other).items():
        (FOLDER / name).write_bytes(content)
        read = ImageOps.exif_transpose(Image.open(io.BytesIO(content))).convert("RGB")
        file = pixels.setdefault(read.tobytes(), f"{name}.png")
        if file == f"{name}.png":
            read.save(FOLDER / file, optimize=True)
        cases.append({"file": name, "pixels": file})
    lines = ",\n".join("    " + json.dumps(case) for case in cases)
    (FOLDER / "files.json").write_text(f'{{\n  "versions": {json.dumps({"pillow": PIL.__version__})},\n  "files": [\n{lines}\n  ]\n}}\n')


if __name__ == "__main__":
    main()
