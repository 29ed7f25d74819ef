import { XDeepError } from "@xdeep/core";
import { type GraphProto, type ModelProto, type NodeProto, tensorData } from "@xdeep/onnx";
import { neededNodes, outerNames } from "./needed-nodes.ts";
import { type Operator, OperatorCall } from "./operator-call.ts";
import { operators } from "./ops/index.ts";
import { type Value64, fromTensor } from "./arrays/value64.ts";

export interface EvaluateOptions {
  /** Values to return, inner ones included; default the graph's outputs. Only the nodes they need are run. */
  readonly outputs?: readonly string[];
}

/** The opset of a bare GraphProto, which does not say its own. */
const NEWEST_OPSET = 25;

/**
 * Runs an ONNX graph in float64, node after node.
 *
 * Understands the operator forms of opsets 18 to 25; model-local functions must be inlined before. Casts between float types keep float64
 * precision. `feeds` may override any named value: an input, an initializer, or an inner value.
 *
 * @throws {XDeepError} INPUT_MISSING, INPUT_UNKNOWN and OUTPUT_UNKNOWN for names; MODEL_UNSUPPORTED listing all operators that are not known;
 * MODEL_INVALID naming the node that failed.
 */
export function evaluate(model: ModelProto | GraphProto, feeds: Readonly<Record<string, Value64>>, options: EvaluateOptions = {}): Record<string, Value64> {
  return evaluator(model, Object.keys(feeds), options)(feeds);
}

/** `evaluate` of many feeds of these names: the graph is read once. */
export function evaluator(
  model: ModelProto | GraphProto,
  fed: readonly string[],
  options: EvaluateOptions = {},
): (feeds: Readonly<Record<string, Value64>>) => Record<string, Value64> {
  const { graph, opset } = opened(model);
  const outputs = options.outputs ?? graph.output.map((output) => output.name);
  const nodes = neededNodes(graph.node, outputs, new Set(fed));
  requireKnownFeeds(graph, fed);
  requireOperators(nodes);
  const constants = constantsOf(graph, nodes, outputs);
  return (feeds) => {
    const scope = new Scope(null, opset);
    for (const name of fed) scope.set(name, feeds[name]!);
    scope.run(constants, nodes);
    return Object.fromEntries(outputs.map((name) => [name, scope.output(name)]));
  };
}

/** The initializers that these nodes and outputs read. */
function constantsOf(graph: GraphProto, nodes: readonly NodeProto[], outputs: readonly string[]): ReadonlyMap<string, Value64> {
  const wanted = new Set([...nodes.flatMap((node) => [...node.input, ...outerNames(node)]), ...outputs]);
  return new Map(graph.initializer.filter(({ name }) => wanted.has(name)).map((tensor) => [tensor.name, fromTensor(tensorData(tensor))]));
}

function opened(model: ModelProto | GraphProto): { graph: GraphProto; opset: number } {
  if (model.$typeName === "onnx.GraphProto") return { graph: model, opset: NEWEST_OPSET };
  if (model.graph === undefined) throw new XDeepError("MODEL_INVALID", "The model has no graph.");
  const version = model.opsetImport.find(({ domain }) => domain === "" || domain === "ai.onnx")?.version;
  return { graph: model.graph, opset: version === undefined ? NEWEST_OPSET : Number(version) };
}

function requireKnownFeeds(graph: GraphProto, fed: readonly string[]): void {
  const known = new Set([
    ...graph.input.map((input) => input.name),
    ...graph.initializer.map((tensor) => tensor.name),
    ...graph.node.flatMap((node) => node.output),
  ]);
  const unknown = fed.filter((name) => !known.has(name));
  if (unknown.length > 0)
    throw new XDeepError("INPUT_UNKNOWN", `The graph has no value named ${unknown.map((name) => `"${name}"`).join(", ")}.`, { details: { unknown } });
}

function requireOperators(nodes: readonly NodeProto[]): void {
  const unknown = [...new Set(nodes.map(operatorName).filter((name) => !Object.hasOwn(operators, name)))];
  if (unknown.length > 0) throw new XDeepError("MODEL_UNSUPPORTED", `The reference interpreter does not have ${unknown.join(", ")}.`, { details: { unknown } });
}

function operatorName(node: NodeProto): string {
  return node.domain === "" || node.domain === "ai.onnx" ? node.opType : `${node.domain}.${node.opType}`;
}

/** The values of one graph, inside the scope of the graph around it. */
class Scope {
  readonly #values = new Map<string, Value64>();
  readonly #outer: Scope | null;
  readonly #opset: number;

  constructor(outer: Scope | null, opset: number) {
    this.#outer = outer;
    this.#opset = opset;
  }

  set(name: string, value: Value64): void {
    this.#values.set(name, value);
  }

  get(name: string): Value64 | undefined {
    return this.#values.get(name) ?? this.#outer?.get(name);
  }

  output(name: string): Value64 {
    const value = this.get(name);
    if (value === undefined) throw new XDeepError("OUTPUT_UNKNOWN", `The graph has no value named "${name}".`, { details: { name } });
    return value;
  }

  /** Runs these nodes of a graph with these constants; values that are already set stay. */
  run(constants: ReadonlyMap<string, Value64>, nodes: readonly NodeProto[]): void {
    for (const [name, value] of constants) {
      if (!this.#values.has(name)) this.set(name, value);
    }
    for (const node of nodes) this.#runNode(node);
  }

  #runNode(node: NodeProto): void {
    const inputs = node.input.map((name) => (name === "" ? undefined : this.#required(name, node)));
    const call = new OperatorCall(node, inputs, this.#opset, (graph, values) => this.#runGraph(graph, values));
    const results = runOperator(operators[operatorName(node)]!, call);
    for (const [index, name] of node.output.entries()) {
      if (name === "" || this.#values.has(name)) continue;
      const result = results[index];
      if (result === undefined) throw call.unsupported(`output ${index}`);
      this.set(name, result);
    }
  }

  #required(name: string, node: NodeProto): Value64 {
    const value = this.get(name);
    if (value === undefined) {
      throw new XDeepError("INPUT_MISSING", `Value "${name}", an input of ${node.opType} "${node.name}", is neither fed nor computed before it.`, {
        details: { name },
      });
    }
    return value;
  }

  #runGraph(graph: GraphProto, inputs: readonly Value64[]): readonly Value64[] {
    requireOperators(graph.node);
    const inner = new Scope(this, this.#opset);
    for (const [index, input] of graph.input.entries()) {
      const value = inputs[index];
      if (value !== undefined) inner.set(input.name, value);
    }
    const outputs = graph.output.map((output) => output.name);
    inner.run(constantsOf(graph, graph.node, outputs), graph.node);
    return outputs.map((name) => inner.output(name));
  }
}

function runOperator(operator: Operator, call: OperatorCall): readonly Value64[] {
  try {
    return operator(call);
  } catch (cause) {
    const problem = cause instanceof Error ? cause.message : String(cause);
    if (cause instanceof XDeepError && problem.startsWith(call.describe())) throw cause;
    throw new XDeepError(cause instanceof XDeepError ? cause.code : "MODEL_INVALID", `${call.describe()}: ${problem}`, { cause });
  }
}
