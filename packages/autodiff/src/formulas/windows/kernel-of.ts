import { XDeepError } from "@xdeep/core";
import type { Attributes, NodeProto, Value } from "@xdeep/onnx";
import { knownDims } from "./conv-geometry.ts";
import { nodeLabel } from "../../graph/node-label.ts";

/** The spatial size of a convolution's kernels: from its attribute or its weights. */
export function kernelOf(attributes: Attributes, weights: Value, node: NodeProto): readonly number[] {
  const kernel = attributes.ints("kernel_shape") ?? knownDims(weights.facts.dims?.slice(2) ?? [null]);
  if (kernel !== null) return kernel;
  throw new XDeepError(
    "MODEL_UNSUPPORTED",
    `The kernel size of ${node.opType} "${nodeLabel(node)}" is known only at run time: it has no kernel_shape, and its weights are computed.`,
    {
      details: { node: nodeLabel(node), op: node.opType },
    },
  );
}
