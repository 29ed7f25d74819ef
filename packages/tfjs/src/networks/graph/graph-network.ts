import { XDeepError } from "@xdeep/core";
import type { Tensor } from "@tensorflow/tfjs-core";
import type { GraphModel } from "@tensorflow/tfjs-converter";

import { type GraphNode, GraphNodes, parseName, resultName } from "./graph-nodes.ts";
import type { InnerNames, Network, NetworkWeights } from "../network.ts";
import { type GraphOutput, canObserve, runGraph } from "./run-graph.ts";
import { valueInfo } from "../value-info.ts";

/** Structural, so that a GraphModel of any installed copy of TensorFlow.js is one. */
export function isGraphModel(source: unknown): source is GraphModel {
  const model = source as Partial<GraphModel> | null;
  return (
    typeof model === "object" &&
    model !== null &&
    typeof model.executeAsync === "function" &&
    typeof model.execute === "function" &&
    Array.isArray(model.outputNodes)
  );
}

/** Kinds of operators that TensorFlow.js runs asynchronously, because their time or their result's size depends on data: nothing can be recorded then. */
const ASYNCHRONOUS: ReadonlySet<string> = new Set(["control", "dynamic", "hash_table"]);

/**
 * A GraphModel. Outputs that depend on non-maximum suppression, or on loops that hold one, are replaced by the values that these read: the scores of a detector.
 * What other loops and branches read is no score: the zeros that a recurrent layer begins with, for instance.
 *
 * @throws {XDeepError} MODEL_UNSUPPORTED where nothing can be run synchronously; for string inputs and inputs of unknown rank
 */
export async function graphNetwork(model: GraphModel, { owned }: { readonly owned: boolean }): Promise<Network> {
  const graph = new GraphNodes(model);
  const weights = graphWeights(model, graph);
  const asynchronous = Object.values(graph.nodes).filter(({ category }) => ASYNCHRONOUS.has(category ?? ""));
  const blocked = new Set(graph.dependents(asynchronous));
  const read = readBy(graph, asynchronous, blocked);
  const declared = declaredOutputs(model, graph).filter(({ value }) => !blocked.has(graph.nodes[parseName(value).node]!));
  const scores = graph.chooses(asynchronous) ? read : [];
  const outputs = declared.length > 0 ? declared : scores.map((value) => ({ name: value, value, shape: null, dtype: null }));
  if (outputs.length === 0) throw nothingSynchronous(asynchronous);
  return {
    inputs: model.inputs.map(({ shape, dtype }, i) => {
      const name = model.inputNodes[i]!;
      if (shape === undefined || shape === null) {
        throw new XDeepError("MODEL_UNSUPPORTED", `Input "${name}" has no declared shape. Convert the model with a signature that gives its rank.`, {
          details: { input: name },
        });
      }
      return valueInfo(name, shape, dtype, "input");
    }),
    // Without a signature the converter often drops output shapes; the trial run at load fills them in.
    outputs: outputs.map(({ name, shape, dtype }) => valueInfo(name, shape ?? [], dtype ?? "float32", "output")),
    inner: canObserve(model) ? innerNames(graph, [...outputs.map(({ value }) => value), ...read], blocked) : undefined,
    weights,
    scalars: await scalarsOf(weights),
    run: (run) => runGraph(model, graph, outputs, run),
    dispose: () => {
      if (owned) model.dispose();
    },
  };
}

interface DeclaredOutput extends GraphOutput {
  readonly shape: readonly (number | null)[] | null | undefined;
  readonly dtype: string | null | undefined;
}

/** Outputs as the signature names them. TensorFlow.js itself gives two outputs that one node makes the same name. */
function declaredOutputs(model: GraphModel, { nodes }: GraphNodes): readonly DeclaredOutput[] {
  const signature = (model.modelSignature as { readonly outputs?: Readonly<Record<string, { readonly name: string }>> } | undefined)?.outputs ?? {};
  const places = Object.entries(signature).filter(([, { name }]) => nodes[parseName(name).node] !== undefined);
  return model.outputs.map(({ name, shape, dtype }, i) => {
    const [key, place] = places.length === model.outputs.length ? places[i]! : [model.outputNodes[i]!, { name }];
    return { name: key, value: canonical(place.name), shape, dtype };
  });
}

/** Values that asynchronous operators read, and that are computed without any of them. */
function readBy(graph: GraphNodes, asynchronous: readonly GraphNode[], blocked: ReadonlySet<GraphNode>): readonly string[] {
  if (asynchronous.length === 0) return [];
  const computed = new Set(graph.dependents(graph.inputs).filter((node) => !blocked.has(node) && !isInput(node)));
  const names = asynchronous.flatMap(({ inputNames }) => inputNames).map(canonical);
  return [...new Set(names)].filter((name) => computed.has(graph.nodes[parseName(name).node]!));
}

function nothingSynchronous(asynchronous: readonly GraphNode[]): XDeepError {
  const listed = asynchronous.slice(0, 5).map(({ name, op }) => `${op} ("${name}")`);
  const more = asynchronous.length > 5 ? `, and ${asynchronous.length - 5} more` : "";
  return new XDeepError(
    "MODEL_UNSUPPORTED",
    `All outputs depend on operators that TensorFlow.js runs asynchronously: ${listed.join(", ")}${more}. Convert it without loops and branches: recurrent layers with unroll=True, or as a LayersModel; or cut the model in front of them.`,
    {
      details: { nodes: asynchronous.map(({ name, op }) => ({ name, op })) },
    },
  );
}

function isInput({ op }: GraphNode): boolean {
  return op.startsWith("Placeholder");
}

/** The part of a GraphModel that holds its weights. */
interface WeightHolder {
  weightMap: Readonly<Record<string, Tensor[]>>;
}

/** In the order in which operators use them; those that only make other constants where these are used, and at the end what nothing uses. */
function graphWeights(model: GraphModel, graph: GraphNodes): NetworkWeights {
  const { executor } = model as unknown as { readonly executor: WeightHolder };
  const own = executor.weightMap;
  const names = [...new Set([...graph.constantsInOrder().filter((name) => own[name] !== undefined), ...Object.keys(own)])];
  const list = names.flatMap((name) => own[name]!.map((tensor, place) => ({ name: resultName(name, place), tensor: () => tensor })));
  return {
    list,
    exchange(replaced, run) {
      if (replaced.size === 0) return run();
      const byName = new Map(Array.from(replaced, ([place, tensor]) => [list[place]!.name, tensor]));
      executor.weightMap = Object.fromEntries(
        Object.entries(own).map(([name, tensors]) => [name, tensors.map((tensor, place) => byName.get(resultName(name, place)) ?? tensor)]),
      );
      try {
        return run();
      } finally {
        executor.weightMap = own;
      }
    },
  };
}

/** Operators take numbers such as the 6 of min(x, 6) from weights. */
async function scalarsOf({ list }: NetworkWeights): Promise<ReadonlyMap<object, number>> {
  const single = list.map(({ tensor }) => tensor()).filter(({ size, dtype }) => size === 1 && dtype !== "string");
  return new Map(await Promise.all(single.map(async (tensor) => [tensor.dataId, (await tensor.data())[0]!] as const)));
}

/** Values between the inputs and these ends. */
function innerNames(graph: GraphNodes, ends: readonly string[], blocked: ReadonlySet<GraphNode>): InnerNames {
  const needed = graph.needed(ends, new Set());
  const nodes = graph.dependents(graph.inputs).filter((node) => needed.has(node) && !isInput(node) && !blocked.has(node) && node.op !== "NoOp");
  const all = nodes.flatMap(({ name }) => graph.resultsOf(name));
  const known = new Set(all);
  return {
    all,
    resolve(name) {
      const { node, place } = parseName(name);
      return known.has(resultName(node, place)) ? resultName(node, place) : undefined;
    },
    ...entriesOf(graph, nodes),
  };
}

/** Where the integers of inputs become floats: by a cast, or as indices of a table. */
function entriesOf(graph: GraphNodes, nodes: readonly GraphNode[]): Pick<InnerNames, "entries" | "casts"> {
  const integers = new Set(graph.inputs.filter((node) => typeOf(node) !== "float32"));
  const isOf =
    (...ops: readonly string[]): ((node: GraphNode) => boolean) =>
    (node) =>
      ops.includes(node.op) && node.inputs.some((input) => integers.has(input));
  const casts: string[] = [];
  const entries: string[] = [];
  for (const node of nodes) {
    if (isOf("Cast")(node) && typeOf(node) === "float32") casts.push(node.name);
    else if (isOf("Gather", "GatherV2", "ResourceGather")(node) && !integers.has(node.inputs[0]!)) entries.push(node.name);
    else if (isOf("Cast", "ExpandDims", "Identity", "Reshape", "Squeeze", "StridedSlice", "Transpose")(node)) integers.add(node);
  }
  return { entries, casts };
}

function typeOf({ attrParams }: GraphNode): unknown {
  return attrParams?.["dtype"]?.value;
}

function canonical(name: string): string {
  const { node, place } = parseName(name);
  return resultName(node, place);
}
