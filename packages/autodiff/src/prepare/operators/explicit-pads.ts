import { Attributes, type Facts, type ModelProto, type NodeProto, attributeProto, inferGraph, withFields } from "@xdeep/onnx";
import { knownDims, windowsOf } from "../../formulas/windows/conv-geometry.ts";
import { graphOf } from "../../graph/typed-graph.ts";

const NAMES: ReadonlySet<string> = new Set(["auto_pad", "pads"]);

/**
 * Writes the pads of dilated convolutions that name them SAME, as PyTorch's `padding="same"` is exported: ONNX Runtime does not run those. Pads that
 * depend on dims of the run stay as they are.
 */
export function explicitPads(model: ModelProto): ModelProto {
  const graph = graphOf(model);
  if (!graph.node.some(isDilatedSame)) return model;
  const facts = inferGraph(model);
  return withFields(model, { graph: withFields(graph, { node: graph.node.map((node) => (isDilatedSame(node) ? padded(node, facts) : node)) }) });
}

function isDilatedSame(node: NodeProto): boolean {
  if (node.opType !== "Conv") return false;
  const attributes = new Attributes(node);
  return attributes.string("auto_pad", "").startsWith("SAME") && attributes.ints("dilations", []).some((dilation) => dilation !== 1);
}

function padded(node: NodeProto, facts: ReadonlyMap<string, Facts>): NodeProto {
  const attributes = new Attributes(node);
  const [image, weights] = node.input.map((name) => facts.get(name)?.dims?.slice(2) ?? []);
  const kernel = attributes.ints("kernel_shape") ?? knownDims(weights ?? []);
  const { pads } = kernel === null || kernel.length === 0 ? { pads: null } : windowsOf(attributes, kernel, image ?? []);
  if (pads === null) return node;
  const attribute = [...node.attribute.filter(({ name }) => !NAMES.has(name)), attributeProto("pads", [...pads.begin, ...pads.end])];
  return withFields(node, { attribute });
}
