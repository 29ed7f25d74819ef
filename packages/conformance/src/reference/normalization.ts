import type { LayerOf } from "../networks/layer.ts";
import { alongLastAxis } from "./last-axis.ts";
import type { LayerMath } from "./layer-math.ts";

/** y = γ (x − μ) / √(σ² + ε) + β by channel, μ and σ² given;  x̄ = ȳ γ / √(σ² + ε). */
export const batchNormMath: LayerMath<LayerOf<"batchNorm">> = {
  primal(layer, [x]) {
    const slope = slopes(layer);
    const plane = x!.data.length / slope.length;
    const at = (value: number, i: number): number => {
      const c = Math.floor(i / plane);
      return (value - layer.mean.data[c]!) * slope[c]! + layer.offset.data[c]!;
    };
    return { dims: x!.dims, data: x!.data.map(at) };
  },
  pullback(layer, [x], cotangent) {
    const slope = slopes(layer);
    const plane = x!.data.length / slope.length;
    return [cotangent.map((dy, i) => dy * slope[Math.floor(i / plane)]!)];
  },
};

/** z = (x − mean x) / √(var x + ε), y = γ z + β;  x̄ = (d − mean d − z mean(d z)) / √(var x + ε) with d = γ ȳ. */
export const layerNormMath: LayerMath<LayerOf<"layerNorm">> = {
  primal({ scale, offset, epsilon }, [x]) {
    const along = (own: Float64Array): Float64Array => standardize(own, epsilon).normal.map((z, i) => z * scale.data[i]! + offset.data[i]!);
    return { dims: x!.dims, data: alongLastAxis(x!, x!.data, along) };
  },
  pullback({ scale, epsilon }, [x], cotangent) {
    const along = (own: Float64Array, dy: Float64Array): Float64Array => {
      const { normal, deviation } = standardize(own, epsilon);
      const d = dy.map((value, i) => value * scale.data[i]!);
      const meanD = mean(d);
      const meanProduct = mean(d.map((value, i) => value * normal[i]!));
      return d.map((value, i) => (value - meanD - normal[i]! * meanProduct) / deviation);
    };
    return [alongLastAxis(x!, cotangent, along)];
  },
};

function slopes({ scale, variance, epsilon }: LayerOf<"batchNorm">): Float64Array {
  return Float64Array.from(scale.data, (gamma, c) => gamma / Math.sqrt(variance.data[c]! + epsilon));
}

function standardize(x: Float64Array, epsilon: number): { readonly normal: Float64Array; readonly deviation: number } {
  const center = mean(x);
  const deviation = Math.sqrt(mean(x.map((value) => (value - center) ** 2)) + epsilon);
  return { normal: x.map((value) => (value - center) / deviation), deviation };
}

function mean(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
