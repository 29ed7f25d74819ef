import { Attributes, type NodeProto, dataTypeName, isDefaultDomain, isFloatType } from "@xdeep/onnx";
import { additiveMasks } from "./additive-masks.ts";
import { orderKeepingOperators, rearrangingOperators, shapeOnlyOperators } from "../graph/operator-traits.ts";
import { type TypedGraph, floatInputs } from "../graph/typed-graph.ts";

/**
 * What gradients of a network are taken of unless other values are named: its float inputs but for additive masks. Where it takes integers alone, the first floats that
 * it makes of them: pixels after their Cast, or else the vectors of tokens, or else whatever floats come first.
 */
export function entryValues(graph: TypedGraph): readonly string[] {
  const choices = [unmaskedInputs, castEntries, embeddings, firstFloats];
  return choices.map((find) => find(graph)).find((names) => names.length > 0) ?? [];
}

/** The float inputs that hold data: no masks. */
function unmaskedInputs(graph: TypedGraph): readonly string[] {
  const masks = additiveMasks(graph);
  return floatInputs(graph).filter((name) => !masks.includes(name));
}

/**
 * The results of the Casts that the inputs of a network of integers, rearranged perhaps, go through, as uint8 images do. Empty where an input has
 * floats, or is used in another way, as token ids are.
 */
export function castEntries(graph: TypedGraph): readonly string[] {
  const inputs = graph.graph.input.map(({ name }) => name);
  if (inputs.some((name) => isFloat(graph, name))) return [];
  const moved = new Set(inputs);
  const entries: string[] = [];
  for (const node of graph.nodes) {
    if (!node.input.some((name) => moved.has(name)) || shapeOnlyOperators.has(node.opType)) continue;
    if (makesFloats(node)) entries.push(node.output[0] as string);
    else if (rearranges(node, moved)) for (const name of node.output) moved.add(name);
    else return [];
  }
  return entries;
}

/** The vectors of tokens: rows that integers pick from a table, by Gather, or by the product with a one-hot matrix. */
export function embeddings(graph: TypedGraph): readonly string[] {
  const dependent = dependentValues(graph);
  const oneHot = new Set<string>();
  const found: string[] = [];
  for (const node of graph.nodes) {
    const [result = ""] = node.output;
    const reads = (i: number): boolean => dependent.has(node.input[i] ?? "");
    if (isOneHot(graph, node, dependent) || (keepsEntries(node) && oneHot.has(node.input[0] ?? ""))) oneHot.add(result);
    else if (node.opType === "Gather" && !reads(0) && reads(1) && isFloat(graph, result)) found.push(result);
    else if (isProduct(node) && node.input.some((name) => oneHot.has(name)) && node.input.some((name) => name !== "" && !dependent.has(name)))
      found.push(result);
  }
  return found;
}

/** The first floats on every way from the inputs. */
function firstFloats(graph: TypedGraph): readonly string[] {
  const dependent = dependentValues(graph);
  return graph.nodes.flatMap(({ input, output }) => {
    const read = input.filter((name) => dependent.has(name));
    return read.length > 0 && read.every((name) => !isFloat(graph, name)) ? output.filter((name) => name !== "" && isFloat(graph, name)) : [];
  });
}

/** The inputs, and what is computed of their entries; what depends on their dims alone, as positions do, is not among them. */
function dependentValues(graph: TypedGraph): ReadonlySet<string> {
  const dependent = new Set(graph.graph.input.map(({ name }) => name));
  for (const { opType, input, output } of graph.nodes) {
    if (shapeOnlyOperators.has(opType) || !input.some((name) => dependent.has(name))) continue;
    for (const name of output) if (name !== "") dependent.add(name);
  }
  return dependent;
}

/** OneHot of integers, or integers compared with a list: as numbers, the comparison has been cast or has chosen between constants. */
function isOneHot(graph: TypedGraph, node: NodeProto, dependent: ReadonlySet<string>): boolean {
  if (!isFloat(graph, node.output[0] ?? "") || !isDefaultDomain(node.domain)) return false;
  if (node.opType === "OneHot") return dependent.has(node.input[0] ?? "") && !isFloat(graph, node.input[0] ?? "");
  const isChoice = node.opType === "Where" && node.input.slice(1).every((name) => !dependent.has(name));
  const comparison = isChoice || node.opType === "Cast" ? graph.producers.get(node.input[0] ?? "") : undefined;
  const compared = comparison?.opType === "Equal" ? comparison.input : [];
  return compared.filter((name) => dependent.has(name)).length === 1 && compared.every((name) => !isFloat(graph, name));
}

function keepsEntries({ opType }: NodeProto): boolean {
  return orderKeepingOperators.has(opType) || opType === "Transpose";
}

function isProduct({ opType }: NodeProto): boolean {
  return opType === "MatMul" || opType === "Gemm" || opType === "Einsum";
}

function makesFloats(node: NodeProto): boolean {
  return node.opType === "DequantizeLinear" || (node.opType === "Cast" && isFloatType(dataTypeName(new Attributes(node).int("to", 1))));
}

/** True where the elements stay integers in other places; false where they are indices or numbers to compute with. */
function rearranges({ opType, input }: NodeProto, moved: ReadonlySet<string>): boolean {
  if (opType === "Cast" || opType === "Concat") return true;
  return rearrangingOperators.has(opType) && moved.has(input[0] ?? "") && !input.slice(1).some((name) => moved.has(name));
}

function isFloat(graph: TypedGraph, name: string): boolean {
  return isFloatType(graph.facts.get(name)?.type ?? null);
}
