import { type NodeProto, modelProto, nodeProto, valueInfoProto, writeModel } from "@xdeep/onnx";

import type { Network, NetworkInput } from "../networks/network.ts";
import { shapesOf } from "../reference/shapes.ts";
import { onnxLayer } from "./onnx-layer.ts";

/** A network as the bytes of an ONNX file: opset 18, images [N, C, H, W], the batch axis free unless the network fixes it. Values keep the names of their layers. */
export function writeOnnx(network: Network): Uint8Array {
  const shapes = shapesOf(network);
  const batch = network.batch ?? "N";
  const states = network.inputs.filter(({ batchAxis }) => batchAxis !== undefined);
  const inFront = (name: string): string => (states.some((state) => state.name === name) ? `${name}/rows` : name);
  const layers = network.nodes.map((node) => onnxLayer({ ...node, from: node.from.map(inFront) }, shapes.get(node.from[0]!)!));
  const model = modelProto({
    nodes: [...states.map(rowsInFront), ...layers.flatMap(({ nodes }) => nodes)],
    initializers: layers.flatMap(({ initializers }) => initializers),
    inputs: network.inputs.map(({ name, type, dims, batched, batchAxis = 0 }) =>
      valueInfoProto(name, type, batched === false && batchAxis === 0 ? dims : dims.toSpliced(batchAxis, 0, batch as never)),
    ),
    outputs: network.outputs.map((name) => valueInfoProto(name, "float32", [batch, ...shapes.get(name)!])),
  });
  return writeModel(model);
}

/** [layers, N, hidden] → [N, layers, hidden] */
function rowsInFront({ name, dims, batchAxis = 0 }: NetworkInput): NodeProto {
  const axes = [...dims.keys(), dims.length].filter((axis) => axis !== batchAxis);
  return nodeProto("Transpose", [name], [`${name}/rows`], { perm: [batchAxis, ...axes] });
}
