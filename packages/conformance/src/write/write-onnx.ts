import { modelProto, valueInfoProto, writeModel } from "@xdeep/onnx";

import type { Network } from "../networks/network.ts";
import { shapesOf } from "../reference/shapes.ts";
import { onnxLayer } from "./onnx-layer.ts";

/** A network as the bytes of an ONNX file: opset 18, images [N, C, H, W], the batch axis free unless the network fixes it. Values keep the names of their layers. */
export function writeOnnx(network: Network): Uint8Array {
  const shapes = shapesOf(network);
  const batch = network.batch ?? "N";
  const layers = network.nodes.map((node) => onnxLayer(node, shapes.get(node.from[0]!)!));
  const model = modelProto({
    nodes: layers.flatMap(({ nodes }) => nodes),
    initializers: layers.flatMap(({ initializers }) => initializers),
    inputs: network.inputs.map(({ name, type, dims, batched }) => valueInfoProto(name, type, batched === false ? dims : [batch, ...dims])),
    outputs: network.outputs.map((name) => valueInfoProto(name, "float32", [batch, ...shapes.get(name)!])),
  });
  return writeModel(model);
}
