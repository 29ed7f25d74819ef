import { describe, expect, it } from "vitest";
import { importPreprocessing, withoutPictures } from "./import-preprocessing.ts";
import { PRESETS } from "./preprocessing.ts";

const vit = { image_processor_type: "ViTImageProcessor", image_mean: 0.5, image_std: 0.5, size: { height: 224, width: 224 } };
const clip = { ...vit, image_processor_type: "CLIPImageProcessor", size: { shortest_edge: 224 }, crop_size: 224 };

describe("importPreprocessing", () => {
  it("takes Teachable Machine's metadata.json, with its labels", () => {
    const metadata = { tfjsVersion: "1.3.1", tmVersion: "2.4.5", packageName: "@teachablemachine/image", labels: ["고양이", "dog"], imageSize: 96 };
    expect(importPreprocessing(metadata)).toEqual({
      origin: "teachablemachine",
      labels: ["고양이", "dog"],
      preprocessing: { ...PRESETS.tf, size: { width: 96, height: 96 }, cropFraction: 1, scale: 1 / 127, mean: [1, 1, 1], std: [1, 1, 1] },
    });
    const grey = importPreprocessing({ ...metadata, grayscale: true }).preprocessing;
    expect([grey.channels, grey.mean, grey.std]).toEqual(["grey", [1], [1]]);
    expect(importPreprocessing({ tmVersion: "2.4.5" })).toMatchObject({ labels: null, preprocessing: { size: { width: 224, height: 224 } } });
  });

  it("tells models of poses and sounds, with their labels, from those of pictures", () => {
    expect(withoutPictures({ packageName: "@teachablemachine/pose", labels: ["up", "down"] })?.labels).toEqual(["up", "down"]);
    expect(withoutPictures({ modelName: "TMv2", wordLabels: ["noise", "clap"] })).toEqual({ takes: "spectrograms of sounds", labels: ["noise", "clap"] });
    expect([withoutPictures({ packageName: "@teachablemachine/image", labels: [] }), withoutPictures(vit), withoutPictures(null)]).toEqual([null, null, null]);
  });

  it("takes the part for pictures of Hugging Face's newer files", () => {
    const { origin, preprocessing } = importPreprocessing({ image_processor: vit, processor_class: "ViTProcessor" });
    expect([origin, preprocessing.resize, preprocessing.interpolation]).toEqual(["huggingface", "stretch", "bilinear"]);
  });

  it("takes preprocessings of this package", () => {
    expect(importPreprocessing(PRESETS.caffe)).toEqual({ origin: "xdeep", labels: null, preprocessing: PRESETS.caffe });
    expect(importPreprocessing({ preset: "tf", size: 96 }).preprocessing.size).toEqual({ width: 96, height: 96 });
    expect(() => importPreprocessing({ size: 96 })).toThrow(/lacks "channels"/);
  });

  it.each<[string, unknown, RegExp]>([
    ["no object", [], /JSON object/],
    ["a processor whose steps are not known", { ...vit, image_processor_type: "DonutImageProcessor" }, /DonutImageProcessor.*Known are/],
    ["no processor", { do_resize: true, size: 224 }, /image_processor_type.*null/],
    ["padding", { ...vit, do_pad: true }, /do_pad/],
    ["a key that it has never heard of", { ...vit, sharpen: 2 }, /"sharpen": 2/],
    ["a long side left open", { ...clip, do_center_crop: false }, /long side open/],
    ["a limit of the long side", { ...clip, size: { shortest_edge: 800, longest_edge: 1333 } }, /long side open/],
    ["a crop larger than the picture", { ...clip, crop_size: 256 }, /padded/],
    ["a crop of other proportions", { ...clip, crop_size: { height: 224, width: 200 } }, /squares/],
    ["a crop that is another share of each side", { ...clip, size: { height: 256, width: 256 }, crop_size: { height: 224, width: 200 } }, /same share/],
    ["a crop of pictures as they are", { ...clip, do_resize: false }, /padded/],
    ["a filter that Pillow does not have", { ...vit, resample: 9 }, /resample.*0 to 5/],
    ["no mean", { ...vit, image_mean: null }, /image_mean/],
    ["a mean of two colours", { ...vit, image_mean: [0.5, 0.5] }, /image_mean/],
    ["a mean in unknown order", { ...vit, image_processor_type: "MobileViTImageProcessor", size: 288, crop_size: 256, do_normalize: true }, /order/],
    ["a size that is no number", { ...vit, size: { height: "224", width: 224 } }, /"height": "224"/],
    ["no size", { ...vit, size: undefined }, /"size": null/],
    ["a flag that is no flag", { ...vit, do_rescale: "yes" }, /do_rescale/],
    ["sizes that are rounded", { ...vit, image_processor_type: "DPTImageProcessor", ensure_multiple_of: 100 }, /ensure_multiple_of/],
    ["a model of poses", { tmVersion: "1", packageName: "@teachablemachine/pose" }, /takes what PoseNet finds in a picture, and no pictures/],
    ["a model of sounds", { tfjsSpeechCommandsVersion: "0.4.0", modelName: "TMv2" }, /takes spectrograms of sounds, and no pictures/],
    ["what Teachable Machine may have one day", { tmVersion: "3", packageName: "@teachablemachine/smell" }, /takes what "@teachablemachine\/smell"/],
    ["labels that are no names", { tmVersion: "1", labels: [1] }, /labels/],
    ["a size of nothing", { tmVersion: "1", imageSize: "large" }, /size/],
  ])("refuses %s, by name", (_, file, message) => {
    expect(() => importPreprocessing(file)).toThrow(expect.objectContaining({ code: "OPTION_INVALID", message: expect.stringMatching(message) }));
  });
});
