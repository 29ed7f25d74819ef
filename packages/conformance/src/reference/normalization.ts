import type { LayerOf } from "../layer.ts";
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
    const { normal } = standardize(x!.data, epsilon);
    return { dims: x!.dims, data: normal.map((z, i) => z * scale.data[i]! + offset.data[i]!) };
  },
  pullback({ scale, epsilon }, [x], cotangent) {
    const { normal, deviation } = standardize(x!.data, epsilon);
    const d = cotangent.map((dy, i) => dy * scale.data[i]!);
    const meanD = mean(d);
    const meanProduct = mean(d.map((value, i) => value * normal[i]!));
    return [d.map((value, i) => (value - meanD - normal[i]! * meanProduct) / deviation)];
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
