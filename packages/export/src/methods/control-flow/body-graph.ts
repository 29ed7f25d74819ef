import { neededNodes } from "@xdeep/autodiff";
import { type GraphBuilder, type GraphProto, type Value, graphProto, operandsOf, sortNodes, valueInfoProto } from "@xdeep/onnx";

/** The body of a Scan or Loop out of its builder: only what its outputs need, with sizes left open. Engines want to see that a counter is a scalar. */
export function bodyGraph(body: GraphBuilder, name: string, inputs: readonly Value[], outputs: readonly Value[]): GraphProto {
  const nodes = neededNodes(
    sortNodes(body.nodes),
    outputs.map((output) => output.name),
  );
  const read = new Set(nodes.flatMap(operandsOf));
  const declared = ({ name: own, facts }: Value): ReturnType<typeof valueInfoProto> =>
    valueInfoProto(own, facts.type ?? "float32", facts.dims?.length === 0 ? [] : null);
  return graphProto({
    name,
    nodes,
    initializers: body.initializers.filter((tensor) => read.has(tensor.name)),
    inputs: inputs.map(declared),
    outputs: outputs.map(declared),
  });
}
