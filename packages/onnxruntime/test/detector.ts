import { type ModelProto, graphProto, modelProto, nodeProto, tensorProto, valueInfoProto } from "@xdeep/onnx";

import { intList, weights } from "./small-models.ts";

const output = (name: string): ReturnType<typeof valueInfoProto> => valueInfoProto(name, "float32", null);

/**
 * As PyTorch exports `squeeze` of an axis of open size: an If whose branches differ in their number of axes. What comes after depends on the sample rate,
 * and each of its branches fits one length of sound alone.
 */
export function detector(): ModelProto {
  const squeezed = graphProto({ nodes: [nodeProto("Squeeze", ["frames", "last"], ["flat"])], inputs: [], outputs: [output("flat")] });
  const whole = graphProto({ nodes: [nodeProto("Identity", ["frames"], ["same"])], inputs: [], outputs: [output("same")] });
  const slow = graphProto({ nodes: [nodeProto("MatMul", ["input", "short"], ["low"])], inputs: [], outputs: [output("low")] });
  const fast = graphProto({ nodes: [nodeProto("MatMul", ["input", "long"], ["high"])], inputs: [], outputs: [output("high")] });
  return modelProto({
    inputs: [valueInfoProto("input", "float32", ["N", "samples"]), valueInfoProto("sr", "int64", [])],
    outputs: [valueInfoProto("output", "float32", [null, 1])],
    initializers: [
      weights("short", 1, [12, 1]),
      weights("long", 2, [24, 1]),
      weights("head", 5, [6, 1]),
      weights("kernel", 3, [6, 1, 12]),
      intList("last", [2]),
      intList("one", [1]),
      intList("two", [2]),
      tensorProto("rate", { type: "int64", dims: [], data: BigInt64Array.of(8000n) }),
      tensorProto("count", { type: "int64", dims: [], data: BigInt64Array.of(1n) }),
    ],
    nodes: [
      nodeProto("Unsqueeze", ["input", "one"], ["sound"]),
      nodeProto("Conv", ["sound", "kernel"], ["frames"], { strides: [12] }),
      nodeProto("Shape", ["frames"], ["shape"]),
      nodeProto("Gather", ["shape", "two"], ["steps"]),
      nodeProto("Squeeze", ["steps"], ["step"]),
      nodeProto("Equal", ["step", "count"], ["isSingle"]),
      nodeProto("If", ["isSingle"], ["taken"], { then_branch: squeezed, else_branch: whole }),
      nodeProto("MatMul", ["taken", "head"], ["seen"]),
      nodeProto("Equal", ["sr", "rate"], ["isSlow"]),
      nodeProto("If", ["isSlow"], ["heard"], { then_branch: slow, else_branch: fast }),
      nodeProto("Mul", ["seen", "heard"], ["output"]),
    ],
  });
}
