import { type Tensor, float32 } from "@xdeep/core";
import { modelProto, nodeProto, tensorProto, valueInfoProto, writeModel } from "@xdeep/onnx";

const SIZE = 64;
/** Two rows. */
export const feeds: Readonly<Record<string, Tensor>> = {
  x: float32(
    [2, SIZE],
    Array.from({ length: 2 * SIZE }, (_, i) => Math.sin(i)),
  ),
};
/** y = relu(x W) V, its weights by a seed. */
export function network(seed: number): Uint8Array {
  const weights = (name: string, columns: number): ReturnType<typeof tensorProto> =>
    tensorProto(name, { type: "float32", dims: [SIZE, columns], data: Float32Array.from({ length: SIZE * columns }, (_, i) => Math.sin(seed + 1.7 * i)) });
  return writeModel(
    modelProto({
      nodes: [nodeProto("MatMul", ["x", "w"], ["h"]), nodeProto("Relu", ["h"], ["r"]), nodeProto("MatMul", ["r", "v"], ["y"])],
      inputs: [valueInfoProto("x", "float32", ["N", SIZE])],
      outputs: [valueInfoProto("y", "float32", ["N", 3])],
      initializers: [weights("w", SIZE), weights("v", 3)],
      opset: 18,
    }),
  );
}
