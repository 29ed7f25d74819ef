import { Attributes, type NodeProto, dataTypeName, isFloatType } from "@xdeep/onnx";
import type { TypedGraph } from "../graph/typed-graph.ts";

/** Operators that move the elements of their first input about, whatever their type. */
const REARRANGING: ReadonlySet<string> = new Set([
  "Compress",
  "Concat",
  "DepthToSpace",
  "Expand",
  "Flatten",
  "Gather",
  "GatherElements",
  "GatherND",
  "Identity",
  "Pad",
  "Reshape",
  "Slice",
  "SpaceToDepth",
  "Split",
  "Squeeze",
  "Tile",
  "Transpose",
  "Unsqueeze",
]);

/** Operators that read no element of their input. */
const SHAPE_ONLY: ReadonlySet<string> = new Set(["Shape", "Size"]);

/**
 * Where a network of integer inputs alone begins to compute with floats, as networks of uint8 images do: the results of the Casts that its
 * inputs, rearranged perhaps, go through. Empty where an input has floats, or is used in another way, as token ids are.
 */
export function castEntries(graph: TypedGraph): readonly string[] {
  const inputs = graph.graph.input.map(({ name }) => name);
  if (inputs.some((name) => isFloatType(graph.facts.get(name)?.type ?? null))) return [];
  const moved = new Set(inputs);
  const entries: string[] = [];
  for (const node of graph.nodes) {
    if (!node.input.some((name) => moved.has(name)) || SHAPE_ONLY.has(node.opType)) continue;
    if (makesFloats(node)) entries.push(node.output[0] as string);
    else if (rearranges(node, moved)) for (const name of node.output) moved.add(name);
    else return [];
  }
  return entries;
}

/** Floats that are looked up by integers, as the vectors of tokens are: what gradients of such a network can be taken of. */
export function embeddings(graph: TypedGraph): readonly string[] {
  const isConstant = (name = ""): boolean => graph.initializers.has(name) || graph.producers.get(name)?.opType === "Constant";
  const looksUp = ({ opType, input, output }: NodeProto): boolean =>
    opType === "Gather" && isConstant(input[0]) && !isConstant(input[1]) && isFloatType(graph.facts.get(output[0] ?? "")?.type ?? null);
  return graph.nodes.filter(looksUp).map(({ output }) => output[0] as string);
}

function makesFloats(node: NodeProto): boolean {
  return node.opType === "DequantizeLinear" || (node.opType === "Cast" && isFloatType(dataTypeName(new Attributes(node).int("to", 1))));
}

/** True where the elements stay integers in other places; false where they are indices or numbers to compute with. */
function rearranges({ opType, input }: NodeProto, moved: ReadonlySet<string>): boolean {
  if (opType === "Cast" || opType === "Concat") return true;
  return REARRANGING.has(opType) && moved.has(input[0] ?? "") && !input.slice(1).some((name) => moved.has(name));
}
