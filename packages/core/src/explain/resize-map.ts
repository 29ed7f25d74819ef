import { XDeepError } from "../errors/error.ts";
import type { Model, ValueInfo } from "../contract/model.ts";
import type { ResolvedInput } from "../requests/resolve-input.ts";
import type { FloatTensor } from "../tensors/tensor.ts";

/**
 * A map [N, 1, h, w] (or [N, h, w, 1]) at the size of the input's pictures, in the input's layout: bilinear, with half-pixel centres, as
 * PyTorch's `interpolate(…, mode="bilinear", align_corners=False)`.
 *
 * @throws {XDeepError} OPTION_INVALID where the map or the input has no height and width
 */
export function resizeToInput({ inputs }: Pick<Model, "inputs">, { feeds }: Pick<ResolvedInput, "feeds">, map: FloatTensor, channelAxis: number): FloatTensor {
  const picture = pictureInput(inputs);
  const image = picture === undefined ? undefined : feeds[picture.name];
  if (map.dims.length !== 4 || image === undefined || image.dims.length !== 4) {
    throw new XDeepError(
      "OPTION_INVALID",
      `A map with dims [${map.dims.join(", ")}] cannot be enlarged to the input: both need height and width. Leave \`size\` out.`,
      {
        details: { option: "size", dims: map.dims },
      },
    );
  }
  const [rows, h, w] = channelAxis === 1 ? [map.dims[0]!, map.dims[2]!, map.dims[3]!] : [map.dims[0]!, map.dims[1]!, map.dims[2]!];
  const isFirst = picture!.layout === null ? channelAxis === 1 : picture!.layout === "NCHW";
  const [height, width] = isFirst ? [image.dims[2]!, image.dims[3]!] : [image.dims[1]!, image.dims[2]!];
  const data = new Float32Array(rows * height * width);
  for (let n = 0; n < rows; n++) data.set(resizePlane(map.data.subarray(n * h * w, (n + 1) * h * w), [h, w], [height, width]), n * height * width);
  return { type: "float32", dims: isFirst ? [rows, 1, height, width] : [rows, height, width, 1], data };
}

/** The input that takes pictures: the one whose axes are known, or that has four. */
export function pictureInput(inputs: readonly ValueInfo[]): ValueInfo | undefined {
  return inputs.find(({ layout }) => layout !== null) ?? inputs.find(({ dims }) => dims.length === 4);
}

/** Bilinear resampling of one map [h, w], half-pixel centres, edges repeated. */
export function resizePlane(values: Float32Array | Float64Array, [h, w]: readonly [number, number], [height, width]: readonly [number, number]): Float32Array {
  const [ys, xs] = [taps(h, height), taps(w, width)];
  return new Float32Array(height * width).map((_, i) => {
    const [y, x] = [ys[Math.floor(i / width)]!, xs[i % width]!];
    const row = (at: number): number => values[at * w + x.low]! * (1 - x.share) + values[at * w + x.high]! * x.share;
    return row(y.low) * (1 - y.share) + row(y.high) * y.share;
  });
}

function taps(from: number, to: number): readonly { readonly low: number; readonly high: number; readonly share: number }[] {
  return Array.from({ length: to }, (_, i) => {
    const at = Math.min(from - 1, Math.max(0, ((i + 0.5) * from) / to - 0.5));
    const low = Math.floor(at);
    return { low, high: Math.min(from - 1, low + 1), share: at - low };
  });
}
