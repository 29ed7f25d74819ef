"""Tensors that transformers makes of pictures, for packages/image/test/hugging-face.test.ts.

    pip install "pillow==13.0.0" "torchvision==0.29.2" "transformers==5.24.0" && python scripts/oracles/preprocessor_configs.py

writes packages/image/test/huggingface/configs.json: for each preprocessor_config.json, as it lies beside a published model, the shape of the tensor and some
of its values. The pictures are those of picture_pixels.py.
"""

import json
from pathlib import Path

import numpy as np
import transformers
from PIL import Image

TEST = Path(__file__).parents[2] / "packages/image/test"
HALF, IMAGENET = [0.5] * 3, ([0.485, 0.456, 0.406], [0.229, 0.224, 0.225])
CLIP = ([0.48145466, 0.4578275, 0.40821073], [0.26862954, 0.26130258, 0.27577711])

CONFIGS = {
    "google/vit-base-patch16-224": {"image_processor_type": "ViTFeatureExtractor", "do_normalize": True, "do_resize": True, "image_mean": HALF, "image_std": HALF, "resample": 2, "size": 224},
    "microsoft/swin-tiny": {"feature_extractor_type": "ViTFeatureExtractor", "do_normalize": True, "do_resize": True, "image_mean": IMAGENET[0], "image_std": IMAGENET[1], "resample": 3, "size": 224},
    "facebook/deit-base-distilled-patch16-224": {"crop_size": 224, "do_center_crop": True, "do_normalize": True, "do_resize": True, "feature_extractor_type": "DeiTFeatureExtractor", "image_mean": IMAGENET[0], "image_std": IMAGENET[1], "resample": 3, "size": 256},
    "microsoft/beit-base-patch16-224": {"crop_size": 224, "do_center_crop": False, "do_normalize": True, "do_resize": True, "feature_extractor_type": "BeitFeatureExtractor", "image_mean": HALF, "image_std": HALF, "resample": 2, "size": 224},
    "openai/clip-vit-base-patch32": {"crop_size": 224, "do_center_crop": True, "do_normalize": True, "do_resize": True, "feature_extractor_type": "CLIPFeatureExtractor", "image_mean": CLIP[0], "image_std": CLIP[1], "resample": 3, "size": 224},
    "facebook/dinov2-base": {"crop_size": {"height": 224, "width": 224}, "do_center_crop": True, "do_convert_rgb": True, "do_normalize": True, "do_rescale": True, "do_resize": True, "image_mean": IMAGENET[0], "image_processor_type": "BitImageProcessor", "image_std": IMAGENET[1], "resample": 3, "rescale_factor": 0.00392156862745098, "size": {"shortest_edge": 256}},
    "microsoft/resnet-50": {"crop_pct": 0.875, "do_normalize": True, "do_resize": True, "feature_extractor_type": "ConvNextFeatureExtractor", "image_mean": IMAGENET[0], "image_std": IMAGENET[1], "resample": 3, "size": 224},
    "facebook/convnext-base-384": {"crop_pct": 1.0, "do_normalize": True, "do_resize": True, "image_processor_type": "ConvNextImageProcessor", "image_mean": IMAGENET[0], "image_std": IMAGENET[1], "resample": 3, "size": {"shortest_edge": 384}},
    "google/mobilenet_v2_1.0_224": {"crop_size": {"height": 224, "width": 224}, "do_center_crop": True, "do_normalize": True, "do_rescale": True, "do_resize": True, "image_mean": HALF, "image_processor_type": "MobileNetV2ImageProcessor", "image_std": HALF, "resample": 2, "rescale_factor": 0.00392156862745098, "size": {"shortest_edge": 256}},
    "apple/mobilevit-small": {"crop_size": 256, "do_center_crop": True, "do_flip_channel_order": True, "do_resize": True, "feature_extractor_type": "MobileViTFeatureExtractor", "resample": 2, "size": 288},
    "google/efficientnet-b0": {"crop_size": {"height": 289, "width": 289}, "do_center_crop": False, "do_normalize": True, "do_rescale": True, "do_resize": True, "image_mean": IMAGENET[0], "image_processor_type": "EfficientNetImageProcessor", "image_std": [0.47853944, 0.4732864, 0.47434163], "include_top": True, "resample": 3, "rescale_factor": 0.00392156862745098, "rescale_offset": False, "size": {"height": 224, "width": 224}},
    "offset": {"do_center_crop": False, "do_normalize": False, "do_rescale": True, "do_resize": True, "image_processor_type": "EfficientNetImageProcessor", "include_top": False, "resample": 2, "rescale_factor": 0.00784313725490196, "rescale_offset": True, "size": {"height": 60, "width": 90}},
    "facebook/levit-128S": {"do_center_crop": True, "do_normalize": True, "do_resize": True, "feature_extractor_type": "LevitFeatureExtractor", "image_mean": IMAGENET[0], "image_std": IMAGENET[1], "resample": 3, "size": 224, "crop_size": 224},
    "sail/poolformer_s12": {"crop_pct": 0.9, "do_center_crop": True, "crop_size": 224, "do_normalize": True, "do_resize": True, "feature_extractor_type": "PoolFormerFeatureExtractor", "image_mean": IMAGENET[0], "image_std": IMAGENET[1], "resample": 3, "size": 224},
    "nvidia/mit-b0": {"do_normalize": True, "do_resize": True, "feature_extractor_type": "SegformerFeatureExtractor", "image_mean": IMAGENET[0], "image_std": IMAGENET[1], "resample": 2, "size": 512, "do_reduce_labels": False},
    "google/siglip-base-patch16-224": {"do_convert_rgb": None, "do_normalize": True, "do_rescale": True, "do_resize": True, "image_mean": HALF, "image_processor_type": "SiglipImageProcessor", "image_std": HALF, "processor_class": "SiglipProcessor", "resample": 3, "rescale_factor": 0.00392156862745098, "size": {"height": 224, "width": 224}},
    "unresized": {"do_normalize": True, "do_resize": False, "image_processor_type": "ViTImageProcessorFast", "image_mean": 0.4, "image_std": 0.2},
}


def tensor(config: dict, picture: Image.Image) -> np.ndarray:
    """By the processors that use Pillow, which are those that most models were published with."""
    known = {key: value for key, value in config.items() if not key.endswith("_type")}
    name = (config.get("image_processor_type") or config["feature_extractor_type"]).replace("FeatureExtractor", "ImageProcessor").removesuffix("Fast")
    colors = {key: [value] * 3 if isinstance(value, float) and key.startswith("image_") else value for key, value in known.items()}
    processor = getattr(transformers, f"{name}Pil")(**colors)
    return np.asarray(processor(picture, return_tensors="np")["pixel_values"][0], dtype=np.float64)


def main() -> None:
    cases = []
    for model, config in CONFIGS.items():
        for source in ["landscape", "portrait"]:
            result = tensor(config, Image.open(TEST / f"torchvision/{source}.png"))
            places = np.random.default_rng(7).integers(0, result.size, 40)
            values = [float(f"{value:.6g}") for value in result.flat[places]]
            cases.append({"model": model, "source": f"{source}.png", "config": config, "dims": list(result.shape), "places": places.tolist(), "values": values})
    lines = ",\n".join("    " + json.dumps(case) for case in cases)
    (TEST / "huggingface").mkdir(exist_ok=True)
    (TEST / "huggingface/configs.json").write_text(f'{{\n  "versions": {json.dumps({"transformers": transformers.__version__})},\n  "cases": [\n{lines}\n  ]\n}}\n')


if __name__ == "__main__":
    main()
