import { type Tensor, matMul, reshape, tensor3d } from "@tensorflow/tfjs-core";

import type { GradientRule, PullbackCall } from "../gradient-rule.ts";

/** Entry [out, in] of the matrix of a resize along one axis. */
type Weights = (out: number) => readonly (readonly [input: number, weight: number])[];

/** ResizeBilinear: linear and separable, Y = Rₕ X R_wᵀ;  X̄ = Rₕᵀ Ȳ R_w. */
export const resizeBilinearRule: GradientRule = {
  kernel: "ResizeBilinear",
  needs: { images: [] },
  pullback: (call) => ({ images: resizeBackward(call, bilinear) }),
};

/** ResizeNearestNeighbor: as ResizeBilinear, with one 1 in each row of the matrices. */
export const resizeNearestNeighborRule: GradientRule = {
  kernel: "ResizeNearestNeighbor",
  needs: { images: [] },
  pullback: (call) => ({ images: resizeBackward(call, nearest) }),
};

interface Resize {
  readonly inSize: number;
  readonly outSize: number;
  readonly alignCorners: boolean;
  readonly halfPixelCenters: boolean;
}

function resizeBackward({ dy, attrs, shapes }: PullbackCall, weightsOf: (resize: Resize) => Weights): Tensor {
  const [n, inHeight, inWidth, channels] = shapes["images"] as [number, number, number, number];
  const [, outHeight, outWidth] = dy.shape as [number, number, number, number];
  const flags = { alignCorners: attrs["alignCorners"] === true, halfPixelCenters: attrs["halfPixelCenters"] === true };
  const rows = transposedMatrix({ inSize: inHeight, outSize: outHeight, ...flags }, weightsOf);
  const columns = transposedMatrix({ inSize: inWidth, outSize: outWidth, ...flags }, weightsOf);
  const narrowed = matMul(columns, reshape(dy, [n * outHeight, outWidth, channels]));
  return reshape(matMul(rows, reshape(narrowed, [n, outHeight, inWidth * channels])), [n, inHeight, inWidth, channels]);
}

/** [1, in, out]. */
function transposedMatrix(resize: Resize, weightsOf: (resize: Resize) => Weights): Tensor {
  const { inSize, outSize } = resize;
  const matrix = new Float32Array(inSize * outSize);
  const weights = weightsOf(resize);
  for (let out = 0; out < outSize; out++) {
    for (const [input, weight] of weights(out)) matrix[input * outSize + out]! += weight;
  }
  return tensor3d(matrix, [1, inSize, outSize]);
}

/** Input positions per output position. */
function scaleOf({ inSize, outSize, alignCorners }: Resize): number {
  return alignCorners && outSize > 1 ? (inSize - 1) / (outSize - 1) : inSize / outSize;
}

function bilinear(resize: Resize): Weights {
  const scale = scaleOf(resize);
  return (out) => {
    const position = resize.halfPixelCenters ? scale * (out + 0.5) - 0.5 : scale * out;
    const below = Math.max(0, Math.floor(position));
    const above = Math.min(resize.inSize - 1, Math.ceil(position));
    const fraction = position - below;
    return [
      [below, 1 - fraction],
      [above, fraction],
    ];
  };
}

function nearest(resize: Resize): Weights {
  const scale = scaleOf(resize);
  return (out) => {
    const position = resize.halfPixelCenters ? scale * (out + 0.5) : scale * out;
    const index = resize.alignCorners ? Math.round(position) : Math.floor(position);
    return [[Math.max(0, Math.min(resize.inSize - 1, index)), 1]];
  };
}
