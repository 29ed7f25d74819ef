import { type GraphProto, type ModelProto, type NodeProto, type TensorProto, namesOfGraph, nodeProto, takeName, tensorProto, withFields } from "@xdeep/onnx";

/**
 * A model whose convolutions ONNX Runtime computes right on WebGPU. Its kernel is wrong where there are 6, 9, 15, 18 … channels in, a multiple of 3 and
 * not of 4, and a multiple of 4 out (version 1.30; https://github.com/microsoft/onnxruntime/issues/29651): zeros fill the channels up to a multiple of 4.
 */
export function alignedConvolutions(model: ModelProto): ModelProto {
  const graph = model.graph!;
  const dims = weightDims(graph);
  if (!graph.node.some((node) => missingChannels(node, dims) > 0)) return model;
  const taken = namesOfGraph(graph);
  const pads = new Map<string, TensorProto>();
  const padded = new Map<string, string>();
  const node = graph.node.flatMap((each) => {
    const missing = missingChannels(each, dims);
    if (missing === 0) return [each];
    const rank = dims.get(each.input[1]!)!.length;
    const key = `${rank} ${missing}`;
    if (!pads.has(key)) pads.set(key, widths(takeName(taken, "channel_pads"), rank, missing));
    const added: NodeProto[] = [];
    const filled = each.input.slice(0, 2).map((name) => {
      const known = padded.get(name);
      if (known !== undefined) return known;
      const result = takeName(taken, `${name}/aligned`);
      added.push(nodeProto("Pad", [name, pads.get(key)!.name], [result], {}, { name: result }));
      padded.set(name, result);
      return result;
    });
    return [...added, withFields(each, { input: [...filled, ...each.input.slice(2)] })];
  });
  return withFields(model, { graph: withFields(graph, { node, initializer: [...graph.initializer, ...pads.values()] }) });
}

/** Channels that a convolution lacks on WebGPU; 0 where it is right. */
function missingChannels({ opType, input, attribute }: NodeProto, dims: ReadonlyMap<string, readonly number[]>): number {
  const [outputs = 0, inputs = 0] = (opType === "Conv" && dims.get(input[1] ?? "")) || [];
  const isGrouped = attribute.some(({ name, i }) => name === "group" && i > 1n);
  const isWrong = inputs > 3 && inputs % 3 === 0 && inputs % 4 !== 0 && outputs % 4 === 0;
  return isWrong && !isGrouped ? 4 - (inputs % 4) : 0;
}

/** Dims of what convolutions can read as their weights, where they are known. */
function weightDims({ initializer, valueInfo }: GraphProto): ReadonlyMap<string, readonly number[]> {
  const computed = valueInfo.flatMap(({ name, type }): [string, number[]][] => {
    const shape = type?.value.case === "tensorType" ? type.value.value.shape?.dim : undefined;
    const sizes = shape?.map(({ value }) => (value.case === "dimValue" ? Number(value.value) : 0));
    return sizes === undefined ? [] : [[name, sizes]];
  });
  return new Map([...computed, ...initializer.map(({ name, dims }): [string, number[]] => [name, dims.map(Number)])]);
}

/** Zeros behind the last channel, [0, 0, …, 0, missing, …]. */
function widths(name: string, rank: number, missing: number): TensorProto {
  const data = BigInt64Array.from({ length: 2 * rank }, (_, i) => (i === rank + 1 ? BigInt(missing) : 0n));
  return tensorProto(name, { type: "int64", dims: [2 * rank], data });
}
