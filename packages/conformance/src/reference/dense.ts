import type { LayerOf } from "../networks/layer.ts";
import type { LayerMath } from "./layer-math.ts";

/** y = x W + b;  x̄ = W ȳ. */
export const denseMath: LayerMath<LayerOf<"dense">> = {
  primal({ kernel, bias }, [x]) {
    const width = bias.data.length;
    const data = Float64Array.from(bias.data, (b, j) => x!.data.reduce((sum, value, i) => sum + value * kernel.data[i * width + j]!, b));
    return { dims: [width], data };
  },
  pullback({ kernel, bias }, [x], cotangent) {
    const width = bias.data.length;
    return [x!.data.map((_, i) => cotangent.reduce((sum, dy, j) => sum + dy * kernel.data[i * width + j]!, 0))];
  },
};
