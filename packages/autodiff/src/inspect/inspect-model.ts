import type { Activation, DataType, XDeepError } from "@xdeep/core";
import { type Dim, type ModelLimits, type ModelProto, checkSizes, defaultOpset, isDefaultDomain, isFloatType, resolveLimits } from "@xdeep/onnx";
import { entryValues } from "../explain/entry-values.ts";
import { finalActivation } from "../explain/final-activation.ts";
import { rowMixingNode } from "../explain/row-mixing-node.ts";
import { withLogits } from "../explain/score.ts";
import { RECTIFIER_NAMES } from "../graph/operator-traits.ts";
import { type TypedGraph, typedGraph } from "../graph/typed-graph.ts";
import { prepareModel } from "../prepare/prepare-model.ts";
import { builtinRules } from "../rules/index.ts";
import { type ActivePath, activePath } from "../sweep/path/active-path.ts";
import { type MissingRule, carriesGradient } from "../sweep/coverage.ts";
import { nodeLabel } from "../graph/node-label.ts";
import { type PlacedNode, nodesOnPath } from "../sweep/path/nodes-on-path.ts";
import { DEFAULT_RECTIFIERS, isRectifier } from "../sweep/rectifiers/rectifier.ts";
import { type RuleSet, operatorKey } from "../sweep/rule-set.ts";
import { type CamLayer, camLayers } from "./cam-layers.ts";
import { coverageProblem } from "./check-coverage.ts";
import { type OperatorCoverage, operatorCoverage } from "./operator-coverage.ts";
import { scoreCandidates } from "./score-candidates.ts";

/** A value of the graph; null and names stand for sizes that are open. */
export interface InspectedValue {
  readonly name: string;
  readonly type: DataType | null;
  readonly dims: readonly Dim[] | null;
}

export interface InspectedOutput extends InspectedValue {
  /** A score of it can be differentiated with respect to `wrt`. */
  readonly explainable: boolean;
  /** Why not. */
  readonly problem: string | null;
  /** The value that the score "logit" means, where a final activation makes the output; null where the output is the score. */
  readonly logit: string | null;
  /** That activation. */
  readonly activation: Activation | null;
  /** Values to explain in place of an output without gradient: what an ArgMax or a NonMaxSuppression reads, for instance. */
  readonly instead: readonly string[];
  /** The first node that makes rows of a batch depend on each other; null where rows are known to be, or taken to be, independent. */
  readonly mixesRows: string | null;
}

export interface RectifierCount {
  readonly op: string;
  readonly count: number;
  /** Counts as a rectifier unless others are named. */
  readonly byDefault: boolean;
}

/** What can be explained in a model, found without running it. */
export interface ModelInspection {
  readonly explainable: boolean;
  readonly producer: string;
  /** As the file has it. */
  readonly opset: number | null;
  /** In which gradients are written. */
  readonly gradientOpset: number;
  /** Versions of other domains, by name. */
  readonly domains: Readonly<Record<string, number>>;
  readonly inputs: readonly InspectedValue[];
  readonly outputs: readonly InspectedOutput[];
  /** What gradients are taken of: the float inputs, or the first float values where there is none. */
  readonly wrt: readonly string[];
  readonly operators: readonly OperatorCoverage[];
  readonly rectifiers: readonly RectifierCount[];
  /** Float values on the way from `wrt` to an output: they can be attributed to, and explained. */
  readonly values: readonly InspectedValue[];
  /** The layers at which class activation maps of the first output that can be explained are taken, from the input on; the last is the one to choose. */
  readonly layers: readonly CamLayer[];
}

export interface InspectOptions {
  /** Default `builtinRules`. */
  readonly rules?: RuleSet | undefined;
  readonly limits?: Partial<ModelLimits> | undefined;
}

/**
 * Says what can be explained in a model as a file holds it: its outputs and the values to explain in their place, what can be attributed to, the
 * gradient rule of every operator, and the rectifiers.
 *
 * @throws {XDeepError} as `prepareModel`
 */
export function inspectModel(file: ModelProto, { rules = builtinRules, limits }: InspectOptions = {}): ModelInspection {
  const allowed = resolveLimits(limits);
  const graph = withLogits(typedGraph(prepareModel(file, allowed), allowed));
  checkSizes(graph, allowed);
  const wrt = entryValues(graph);
  const paths = new Map(graph.graph.output.map(({ name }) => [name, activePath(graph, name, wrt, carriesGradient)]));
  const outputs = [...paths].map(([name, path]) => inspectOutput(graph, rules, name, wrt, path));
  const output = outputs.find(({ explainable }) => explainable)?.name ?? outputs.flatMap(({ instead }) => instead)[0];
  const explained = [...paths].filter(([name]) => isFloat(graph, name)).map(([, path]) => path);
  const placed = explained.flatMap((path) => nodesOnPath(graph, path));
  const ends = new Set([...wrt, ...paths.keys()]);
  const passed = new Set([...paths.values()].flatMap((path) => [...path.values]));
  const values = graph.nodes.flatMap(({ output }) => output.filter((name) => passed.has(name) && !ends.has(name) && isFloat(graph, name)));
  return {
    explainable: outputs.some(({ explainable, instead }) => explainable || instead.length > 0),
    producer: `${file.producerName} ${file.producerVersion}`.trim(),
    opset: defaultOpset(file) ?? null,
    gradientOpset: graph.opset,
    domains: Object.fromEntries(file.opsetImport.filter(({ domain }) => !isDefaultDomain(domain)).map(({ domain, version }) => [domain, Number(version)])),
    inputs: graph.graph.input.map(({ name }) => inspectValue(graph, name)),
    outputs,
    wrt,
    operators: operatorCoverage(graph, rules, new Set(placed.map(({ node }) => node))),
    rectifiers: rectifiersAmong(placed),
    values: values.map((name) => inspectValue(graph, name)),
    layers: output === undefined || wrt[0] === undefined ? [] : camLayers(graph, output, wrt[0]),
  };
}

function inspectValue(graph: TypedGraph, name: string): InspectedValue {
  const { type = null, dims = null } = graph.facts.get(name) ?? {};
  return { name, type, dims };
}

function isFloat(graph: TypedGraph, name: string): boolean {
  return isFloatType(graph.facts.get(name)?.type ?? null);
}

function inspectOutput(graph: TypedGraph, rules: RuleSet, name: string, wrt: readonly string[], path: ActivePath): InspectedOutput {
  const problem = problemOf(graph, rules, name, wrt, path);
  const found = problem === null ? finalActivation(graph, name) : null;
  const hasNoPath = path.nodes.length === 0 || !isFloat(graph, name);
  const mixing = problem === null ? rowMixingNode(graph, name, wrt) : null;
  return {
    ...inspectValue(graph, name),
    explainable: problem === null,
    problem,
    logit: found?.argument ?? null,
    activation: found?.activation ?? null,
    instead: hasNoPath ? scoreCandidates(graph, name, wrt).filter((value) => coverageProblem(graph, rules, value, wrt) === null) : [],
    mixesRows: mixing === null ? null : nodeLabel(mixing),
  };
}

function problemOf(graph: TypedGraph, rules: RuleSet, name: string, wrt: readonly string[], path: ActivePath): string | null {
  const { type = null, container } = graph.facts.get(name) ?? {};
  if (container !== undefined) return `a ${container} has no gradient`;
  if (!isFloatType(type)) return `type ${type ?? "unknown"} has no gradient`;
  if (path.nodes.length === 0) return "no gradient path leads to it";
  const problem = coverageProblem(graph, rules, name, wrt);
  return problem === null ? null : inOneLine(problem);
}

function inOneLine({ code, message, details }: XDeepError): string {
  if (code !== "GRADIENT_MISSING") return message.replaceAll(/\n\s*/g, " ");
  const missing = details["missing"] as readonly MissingRule[];
  return `no rule for ${[...new Set(missing.map(({ op, domain }) => operatorKey(op, domain)))].toSorted().join(", ")}`;
}

/** Rectifiers on the way to any output, those in subgraphs included, each counted once. */
function rectifiersAmong(placed: readonly PlacedNode[]): readonly RectifierCount[] {
  const counts = new Map<string, RectifierCount>();
  for (const [node, graph] of new Map(placed.map(({ node, graph }) => [node, graph]))) {
    const byDefault = isRectifier(graph, node, DEFAULT_RECTIFIERS);
    if (!byDefault && !RECTIFIER_NAMES.includes(node.opType)) continue;
    const op = byDefault && node.opType === "Clip" ? "Relu6" : node.opType;
    counts.set(op, { op, byDefault, count: (counts.get(op)?.count ?? 0) + 1 });
  }
  return [...counts.values()];
}
