import type { LayerOf } from "../networks/layer.ts";
import type { LayerMath } from "./layer-math.ts";

/** y = x W + b;  x̄ = W ȳ. */
export const denseMath: LayerMath<LayerOf<"dense">> = {
  primal({ kernel, bias }, [x]) {
    const data = Float64Array.from(bias.data);
    const width = data.length;
    for (let i = 0; i < x!.data.length; i++) for (let j = 0; j < width; j++) data[j]! += x!.data[i]! * kernel.data[i * width + j]!;
    return { dims: [width], data };
  },
  pullback({ kernel }, [x], cotangent) {
    const width = cotangent.length;
    const dx = new Float64Array(x!.data.length);
    for (let i = 0; i < dx.length; i++) for (let j = 0; j < width; j++) dx[i]! += kernel.data[i * width + j]! * cotangent[j]!;
    return [dx];
  },
};
