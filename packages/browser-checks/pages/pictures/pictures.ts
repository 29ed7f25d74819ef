import { isXDeepError } from "@xdeep/core";
import { decodeImage, preprocess } from "@xdeep/image/browser";

interface Seen {
  readonly width: number;
  readonly height: number;
  readonly base64: string;
}

/** A file decoded, or resized and cropped as a model of ImageNet sees it; or the code of the error. */
async function see(name: string, how: "decoded" | "imagenet"): Promise<Seen | { readonly code: string; readonly message: string }> {
  try {
    const { width, height, data } = how === "decoded" ? await decodeImage(name) : (await preprocess(name, "imagenet")).picture;
    return { width, height, base64: btoa(Array.from(data, (value) => String.fromCharCode(value)).join("")) };
  } catch (error) {
    if (!isXDeepError(error)) throw error;
    return { code: error.code, message: error.message };
  }
}

/** What browsers do that protect against fingerprinting. */
function falsify(): void {
  const { getImageData } = OffscreenCanvasRenderingContext2D.prototype;
  OffscreenCanvasRenderingContext2D.prototype.getImageData = function (...area): ImageData {
    const pixels = getImageData.apply(this, area);
    pixels.data[100] = pixels.data[100]! ^ 1;
    return pixels;
  };
}

Object.assign(globalThis, { see, falsify });
