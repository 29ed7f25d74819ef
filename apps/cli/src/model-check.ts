import {
  type ActivePath,
  DEFAULT_RECTIFIERS,
  type PlacedNode,
  RECTIFIER_NAMES,
  type TypedGraph,
  activePath,
  carriesGradient,
  finalActivation,
  isRectifier,
  nodesOnPath,
} from "@xdeep/autodiff";
import { type Facts, type ModelProto, defaultOpset, isFloatType } from "@xdeep/onnx";
import type { DataType } from "@xdeep/core";

import { type OperatorCoverage, missingOn, operatorCoverage } from "./operator-coverage.ts";
import { firstFloatValues } from "./first-float-values.ts";

/** A value of the graph; null and names stand for sizes that are open. */
export interface CheckedValue {
  readonly name: string;
  readonly type: DataType | null;
  readonly dims: readonly (number | string | null)[] | null;
}

export interface CheckedOutput extends CheckedValue {
  /** A score of it can be differentiated with respect to `wrt`. */
  readonly explainable: boolean;
  /** Why not. */
  readonly problem: string | null;
  /** The value that `--score logit` explains, where a final activation makes the output; null where the output is the score. */
  readonly logit: string | null;
  /** That activation. */
  readonly activation: string | null;
}

export interface RectifierCount {
  readonly op: string;
  readonly count: number;
  /** Counts as a rectifier unless others are named. */
  readonly byDefault: boolean;
}

/** What can be explained in a model, found without running it. */
export interface ModelCheck {
  readonly explainable: boolean;
  readonly producer: string;
  /** As the file has it. */
  readonly opset: number | null;
  /** In which gradients are written. */
  readonly gradientOpset: number;
  /** Versions of other domains, by name. */
  readonly domains: Readonly<Record<string, number>>;
  readonly inputs: readonly CheckedValue[];
  readonly outputs: readonly CheckedOutput[];
  /** What gradients are taken of: the float inputs, or the first float values where there is none. */
  readonly wrt: readonly string[];
  readonly operators: readonly OperatorCoverage[];
  readonly rectifiers: readonly RectifierCount[];
  /** Float values on the way from `wrt` to an output: `--wrt` takes them. */
  readonly values: readonly CheckedValue[];
}

/** `file` is the model as it was read, `graph` the same after `prepareModel`. */
export function checkModel(file: ModelProto, graph: TypedGraph): ModelCheck {
  const inputs = graph.graph.input.map(({ name }) => valueOf(graph, name));
  const floatInputs = inputs.filter(({ type }) => isFloatType(type)).map(({ name }) => name);
  const wrt = floatInputs.length > 0 ? floatInputs : firstFloatValues(graph);
  const paths = new Map(graph.graph.output.map(({ name }) => [name, activePath(graph, name, wrt, carriesGradient)]));
  const outputs = [...paths].map(([name, path]) => checkOutput(graph, name, path));
  const explained = [...paths].filter(([name]) => isFloat(graph, name)).map(([, path]) => path);
  const onPath = new Set(explained.flatMap(({ nodes }) => nodes));
  const ends = new Set([...wrt, ...paths.keys()]);
  const passed = new Set([...paths.values()].flatMap((path) => [...path.values]));
  const values = graph.nodes.flatMap(({ output }) => output.filter((name) => passed.has(name) && !ends.has(name)));
  return {
    explainable: outputs.some(({ explainable }) => explainable),
    producer: `${file.producerName} ${file.producerVersion}`.trim(),
    opset: defaultOpset(file) ?? null,
    gradientOpset: graph.opset,
    domains: Object.fromEntries(
      file.opsetImport.filter(({ domain }) => domain !== "" && domain !== "ai.onnx").map(({ domain, version }) => [domain, Number(version)]),
    ),
    inputs,
    outputs,
    wrt,
    operators: operatorCoverage(graph, onPath),
    rectifiers: rectifiersOn(explained.flatMap((path) => nodesOnPath(graph, path))),
    values: values.map((name) => valueOf(graph, name)),
  };
}

function valueOf(graph: TypedGraph, name: string): CheckedValue {
  const facts: Facts | undefined = graph.facts.get(name);
  return { name, type: facts?.type ?? null, dims: facts?.dims ?? null };
}

function isFloat(graph: TypedGraph, name: string): boolean {
  return isFloatType(graph.facts.get(name)?.type ?? null);
}

function checkOutput(graph: TypedGraph, name: string, path: ActivePath): CheckedOutput {
  const problem = problemOf(graph, name, path);
  const found = problem === null ? finalActivation(graph, name) : null;
  return { ...valueOf(graph, name), explainable: problem === null, problem, logit: found?.argument ?? null, activation: found?.activation ?? null };
}

function problemOf(graph: TypedGraph, name: string, path: ActivePath): string | null {
  const type = graph.facts.get(name)?.type ?? null;
  if (!isFloatType(type)) return `type ${type ?? "unknown"} has no gradient`;
  if (path.nodes.length === 0) return "no gradient path leads to a float input";
  const missing = missingOn(
    graph,
    nodesOnPath(graph, path).map(({ node }) => node),
  );
  return missing.length === 0 ? null : `no rule for ${missing.join(", ")}`;
}

/** Rectifiers on the way to any output, those in subgraphs included, each counted once. */
function rectifiersOn(placed: readonly PlacedNode[]): readonly RectifierCount[] {
  const counts = new Map<string, RectifierCount>();
  for (const [node, graph] of new Map(placed.map(({ node, graph }) => [node, graph]))) {
    const byDefault = isRectifier(graph, node, DEFAULT_RECTIFIERS);
    if (!byDefault && !RECTIFIER_NAMES.includes(node.opType)) continue;
    const op = byDefault && node.opType === "Clip" ? "Relu6" : node.opType;
    counts.set(op, { op, byDefault, count: (counts.get(op)?.count ?? 0) + 1 });
  }
  return [...counts.values()];
}
