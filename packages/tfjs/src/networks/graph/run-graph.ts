import type { Tensor } from "@tensorflow/tfjs-core";
import type { GraphModel } from "@tensorflow/tfjs-converter";

import { type GraphNode, type GraphNodes, parseName, resultName } from "./graph-nodes.ts";
import type { NetworkRun } from "../network.ts";

/** An output, and the result of a node that it is. */
export interface GraphOutput {
  readonly name: string;
  readonly value: string;
}

/** What TensorFlow.js calls after each node of a synchronous run. */
interface NodeObserver {
  checkTensorForDisposalWithNodeLiveUntilInfo(node: GraphNode, results: Readonly<Record<string, Tensor[]>>, ...rest: readonly unknown[]): void;
}

/** Runs what the wanted values need. Values are announced, and replaced by what is fed, right after the node that makes them. */
export function runGraph(
  model: GraphModel,
  graph: GraphNodes,
  outputs: readonly GraphOutput[],
  { feeds, wanted, announced = [], announce }: NetworkRun,
): Record<string, Tensor> {
  const inputs = new Set(model.inputNodes);
  const own = Object.fromEntries(Object.entries(feeds).filter(([name]) => inputs.has(name)));
  const inner = Object.entries(feeds).filter(([name]) => !inputs.has(name));
  const values = new Map(outputs.map(({ name, value }) => [name, value]));
  const ends = [...wanted, ...announced].map((name) => values.get(name) ?? name);
  const isAlone = (name: string): boolean => inner.length > 0 && readBeside(graph, name, inner, ends).length === 0;
  const cut = Object.fromEntries(inner.filter(([name]) => isAlone(name)));
  const replaced = inner.filter(([name]) => !(name in cut));
  const results = observing(
    model,
    (node, made) => {
      for (const [name, tensor] of replaced) if (parseName(name).node === node.name) made[parseName(name).place] = tensor;
      for (const name of announced) if (parseName(name).node === node.name) announce?.(name, made[parseName(name).place]!);
    },
    () => model.execute({ ...own, ...cut }, [...wanted, ...announced]),
  );
  const tensors = Array.isArray(results) ? results : [results];
  return Object.fromEntries(wanted.map((name, i) => [name, tensors[i]!]));
}

/**
 * Results of the node of a fed value that are read as well. TensorFlow.js can be fed one result of a node alone: where others are read, the
 * node runs, and what is fed takes the place of its result.
 */
function readBeside(graph: GraphNodes, name: string, inner: readonly (readonly [string, Tensor])[], ends: readonly string[]): readonly string[] {
  const { node, place } = parseName(name);
  const below = new Set([...graph.inputs.map((input) => input.name), ...inner.map(([fed]) => parseName(fed).node)]);
  const needed = [...graph.needed(ends, below)];
  const read = [...needed.flatMap(({ inputNames }) => inputNames), ...ends].map((value) => parseName(value));
  return read.filter((value) => value.node === node && value.place !== place).map((value) => resultName(value.node, value.place));
}

/** Whether TensorFlow.js tells of each node that it ran. */
export function canObserve(model: GraphModel): boolean {
  const { executor } = model as unknown as { readonly executor: Partial<NodeObserver> };
  return typeof executor.checkTensorForDisposalWithNodeLiveUntilInfo === "function";
}

function observing<T>(model: GraphModel, observe: (node: GraphNode, made: Tensor[]) => void, run: () => T): T {
  const { executor } = model as unknown as { readonly executor: NodeObserver };
  const original = executor.checkTensorForDisposalWithNodeLiveUntilInfo;
  executor.checkTensorForDisposalWithNodeLiveUntilInfo = (node, results, ...rest) => {
    observe(node, results[node.name]!);
    original.call(executor, node, results, ...rest);
  };
  try {
    return run();
  } finally {
    // The method is the prototype's.
    delete (executor as Partial<NodeObserver>).checkTensorForDisposalWithNodeLiveUntilInfo;
  }
}
