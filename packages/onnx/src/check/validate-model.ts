import { XDeepError } from "@xdeep/core";
import type { FunctionProto, GraphProto, ModelProto, NodeProto, TypeProto, ValueInfoProto } from "../gen/onnx_pb.ts";
import { subgraphsOf } from "../graphs/graph-names.ts";
import { DEFAULT_LIMITS, type ModelLimits, beyondLimit, nodesUnderLimit } from "../files/limits.ts";
import { defaultOpset } from "../opset/upgrade-opset.ts";
import { sortGraph, sortNodes } from "../graphs/sort-nodes.ts";
import { withFields } from "../graphs/with-fields.ts";
import { type NodeContext, invalidNode, validateNode } from "./validate-node.ts";
import { validateSparseTensor } from "./validate-sparse.ts";
import { checkedDims, validateTensorProto } from "./validate-tensor.ts";

/**
 * Checks a model before anything else reads it, and returns it with its nodes in topological order: every value that is read is made, once, before;
 * every node has the inputs, outputs, attributes and subgraphs that its operator needs; sizes are sizes. Nodes of its functions are checked too.
 *
 * @throws {XDeepError} MODEL_INVALID; MODEL_UNSUPPORTED for a model beyond a limit
 */
export function validateModel(model: ModelProto, limits: ModelLimits = DEFAULT_LIMITS): ModelProto {
  const { graph } = model;
  if (graph === undefined) throw new XDeepError("MODEL_INVALID", "The model has no graph.");
  checkArity(Math.max(graph.input.length - graph.initializer.length, graph.output.length), limits.arity, "The model");
  checkCounts([...graph.node, ...model.functions.flatMap(({ node }) => node)], graph.initializer.length, limits);
  const sorted = withFields(model, { graph: sortGraph(graph), functions: model.functions.map(sortFunction) });
  const context: NodeContext = { opset: opsetOf(model), sparse: { most: limits.constantElements, elements: 0 } };
  validateGraph(sorted.graph as GraphProto, undefined, context);
  for (const proto of sorted.functions) validateFunction(proto, { ...context, opset: defaultOpset(proto) ?? context.opset });
  return sorted;
}

/** Names that can be read at some place of a graph; a subgraph also sees those around it. */
class Scope {
  readonly #names = new Set<string>();
  readonly #outer: Scope | undefined;

  constructor(outer: Scope | undefined) {
    this.#outer = outer;
  }

  has(name: string): boolean {
    return this.#names.has(name) || (this.#outer?.has(name) ?? false);
  }

  /** False where the same graph has the name already. */
  add(name: string): boolean {
    if (this.#names.has(name)) return false;
    this.#names.add(name);
    return true;
  }
}

/** Weights that a model may have for each node that it may have. */
const WEIGHTS_PER_NODE = 4;

function checkCounts(nodes: readonly NodeProto[], outer: number, { nodes: most, depth: deepest, arity }: ModelLimits): void {
  let count = 0;
  let weights = outer;
  let level = nodes;
  for (let depth = 0; level.length > 0; depth += 1) {
    count += nodesUnderLimit(level);
    const graphs = level.flatMap(subgraphsOf);
    for (const { initializer } of graphs) weights += initializer.length;
    for (const { input, output, opType, name } of level) checkArity(Math.max(input.length, output.length), arity, `${opType} "${name || (output[0] ?? "")}"`);
    if (count > most) throw beyondLimit("nodes", most, `${count} nodes`, "The model");
    if (weights > WEIGHTS_PER_NODE * most) throw beyondLimit("nodes", most, `${weights} weights, more than ${WEIGHTS_PER_NODE} a node`, "The model");
    if (graphs.length > 0 && depth >= deepest) throw beyondLimit("depth", deepest, `${depth + 1} subgraphs within each other`, "The model");
    level = graphs.flatMap(({ node }) => node);
  }
}

function checkArity(count: number, arity: number, where: string): void {
  if (count > arity) throw beyondLimit("arity", arity, `${count} inputs or outputs`, where);
}

function opsetOf(model: ModelProto): number {
  for (const { domain, version } of model.opsetImport) {
    if (version >= 1n && version <= 1_000_000n) continue;
    throw new XDeepError("MODEL_INVALID", `The model imports version ${version} of the operators "${domain}", which cannot be. The file is damaged.`, {
      details: { domain, version: String(version) },
    });
  }
  return defaultOpset(model) ?? 1;
}

function sortFunction(proto: FunctionProto): FunctionProto {
  const node = sortNodes(proto.node);
  return node === proto.node ? proto : withFields(proto, { node: [...node] });
}

function validateGraph(graph: GraphProto, outer: Scope | undefined, context: NodeContext): void {
  const scope = new Scope(outer);
  for (const input of graph.input) {
    validateValueInfo(input, "input");
    define(scope, input.name, "An input");
  }
  validateInitializers(graph, scope, context);
  for (const value of graph.valueInfo) validateValueInfo(value, "value");
  validateNodes(graph.node, scope, context);
  const outputs = new Set<string>();
  for (const output of graph.output) {
    validateValueInfo(output, "output");
    if (!scope.has(output.name)) throw damaged(`its output "${output.name}" is made by no node`, { output: output.name });
    if (outputs.has(output.name)) throw damaged(`it has the output "${output.name}" twice`, { output: output.name });
    outputs.add(output.name);
  }
}

/** An initializer may be the default of an input of its name. */
function validateInitializers(graph: GraphProto, scope: Scope, context: NodeContext): void {
  const inputs = new Set(graph.input.map(({ name }) => name));
  const names = new Set<string>();
  const add = (name: string): void => {
    if (names.has(name)) throw damaged(`it has the initializer "${name}" twice`, { value: name });
    names.add(name);
    if (!inputs.has(name)) define(scope, name, "An initializer");
  };
  for (const tensor of graph.initializer) {
    add(tensor.name);
    validateTensorProto(tensor);
  }
  for (const sparse of graph.sparseInitializer) {
    add(sparse.values?.name ?? "");
    validateSparseTensor(sparse, sparse.values?.name ?? "", context.sparse);
  }
}

function validateFunction(proto: FunctionProto, context: NodeContext): void {
  const scope = new Scope(undefined);
  for (const name of proto.input) define(scope, name, `An input of the function ${proto.name}`);
  validateNodes(proto.node, scope, context);
  for (const name of proto.output) {
    if (!scope.has(name)) throw damaged(`the output "${name}" of its function ${proto.name} is made by no node`, { function: proto.name, output: name });
  }
}

function validateNodes(nodes: readonly NodeProto[], scope: Scope, context: NodeContext): void {
  for (const node of nodes) {
    validateNode(node, context);
    const unknown = node.input.find((name) => name !== "" && !scope.has(name));
    if (unknown !== undefined) throw invalidNode(node, `it reads "${unknown}", which nothing makes`);
    for (const graph of subgraphsOf(node)) validateGraph(graph, scope, context);
    for (const name of node.output) if (name !== "") define(scope, name, `${node.opType} "${node.name || name}"`);
  }
}

/** JavaScript takes `__proto__` for no ordinary name of a property, and engines hand results over under names of properties. */
function define(scope: Scope, name: string, what: string): void {
  if (name === "") throw damaged(`${what} has no name`, {});
  if (name === "__proto__") throw new XDeepError("MODEL_UNSUPPORTED", `${what} makes a value called "__proto__". Rename it.`, { details: { value: name } });
  if (!scope.add(name)) throw damaged(`${what} makes "${name}", which is made already`, { value: name });
}

function validateValueInfo({ name, type }: ValueInfoProto, what: string): void {
  const dims = tensorDims(type);
  // Exporters write −1 for a size that is open.
  checkedDims(
    dims.map((dim) => (dim < 0n ? 1n : dim)),
    `The ${what} "${name}"`,
  );
}

function tensorDims(type: TypeProto | undefined): readonly bigint[] {
  const value = type?.value;
  if (value?.case !== "tensorType" && value?.case !== "sparseTensorType") return [];
  return (value.value.shape?.dim ?? []).map((dim) => (dim.value.case === "dimValue" ? dim.value.value : 1n));
}

function damaged(problem: string, details: Readonly<Record<string, unknown>>): XDeepError {
  return new XDeepError("MODEL_INVALID", `The graph is damaged: ${problem}. Export the model again.`, { details });
}
