import { create } from "@bufbuild/protobuf";
import { XDeepError } from "@xdeep/core";
import { functionBody } from "./function-body.ts";
import { type FunctionProto, type GraphProto, type ModelProto, type NodeProto, type OperatorSetIdProto, OperatorSetIdProtoSchema } from "../gen/onnx_pb.ts";
import { namesOfGraph, namesRead, subgraphsOf } from "../graphs/graph-names.ts";
import { mapGraphs } from "../graphs/map-graphs.ts";
import { defaultOpset, upgradeOpset } from "../opset/upgrade-opset.ts";
import { NEWEST_TARGET, throwRefusals, upgradeNodes } from "../opset/upgrade-nodes.ts";
import { DEFAULT_LIMITS, type ModelLimits, beyondLimit, nodesUnderLimit } from "../files/limits.ts";
import { isDefaultDomain } from "../since-version.ts";
import { withFields } from "../graphs/with-fields.ts";

interface Inlining {
  readonly functions: ReadonlyMap<string, FunctionProto>;
  readonly taken: Set<string>;
  /** The default operator set that all nodes are brought to; undefined where neither model nor functions import one. */
  readonly opset: number | undefined;
  readonly limits: ModelLimits;
  /** What calls were replaced by, so far: nodes, and bytes of constants in them. */
  nodes: number;
  bytes: number;
  /** Errors of nodes that have no equal in the operator set that all are brought to. */
  readonly refusals: XDeepError[];
}

/**
 * A model in which the nodes of its functions stand in place of the calls, also in subgraphs and in functions that call functions. Values of the main
 * graph keep their names; inner ones are named after the call. Where functions and model import different versions of the default operator set,
 * all is raised to the newest of them, and to 18 at least. A model without functions is returned as it is.
 *
 * @throws {XDeepError} MODEL_INVALID when a function calls itself; MODEL_UNSUPPORTED when operator sets differ in a way that cannot be bridged, or
 * where more nodes would come of it than `limits` allow.
 */
export function inlineFunctions(model: ModelProto, limits: ModelLimits = DEFAULT_LIMITS): ModelProto {
  if (model.functions.length === 0) return model;
  const opset = commonOpset(model);
  const plain = withFields(model, { functions: [] });
  const raised = opset === undefined || defaultOpset(model) === undefined ? plain : upgradeOpset(plain, opset);
  const training = raised.trainingInfo.flatMap(({ initialization, algorithm }) => [initialization, algorithm]);
  const taken = new Set<string>();
  for (const graph of [raised.graph, ...training]) if (graph !== undefined) namesOfGraph(graph, taken);
  const inlining: Inlining = {
    functions: new Map(model.functions.map((proto) => [keyOf(proto.domain, proto.name, proto.overload), proto])),
    taken,
    opset,
    limits,
    nodes: 0,
    bytes: 0,
    refusals: [],
  };
  const inline = <T extends GraphProto | undefined>(graph: T): T => (graph === undefined ? graph : (inlineGraph(graph, inlining, []) as T));
  const inlined = withFields(raised, {
    graph: inline(raised.graph),
    trainingInfo: raised.trainingInfo.map((info) => withFields(info, { initialization: inline(info.initialization), algorithm: inline(info.algorithm) })),
  });
  throwRefusals(inlining.refusals);
  return withFields(inlined, { opsetImport: mergedImports(inlined, model.functions, opset) });
}

function keyOf(domain: string, name: string, overload: string): string {
  return JSON.stringify([isDefaultDomain(domain) ? "" : domain, name, overload]);
}

function commonOpset(model: ModelProto): number | undefined {
  const versions = new Set([model, ...model.functions].map(defaultOpset).filter((version) => version !== undefined));
  if (versions.size <= 1) return [...versions][0];
  const newest = Math.max(18, ...versions);
  if (newest > NEWEST_TARGET) {
    const list = [...versions].join(", ");
    const message = `The model and its functions import different operator sets (${list}), which can be brought together up to opset ${NEWEST_TARGET} only. Export the model with one operator set.`;
    throw new XDeepError("MODEL_UNSUPPORTED", message, { details: { opsets: [...versions] } });
  }
  return newest;
}

function inlineGraph(graph: GraphProto, inlining: Inlining, callers: readonly string[]): GraphProto {
  return withFields(graph, { node: inlineNodes(graph.node, inlining, callers) });
}

function inlineNodes(nodes: readonly NodeProto[], inlining: Inlining, callers: readonly string[]): NodeProto[] {
  return nodes.flatMap((node) => {
    const key = keyOf(node.domain, node.opType, node.overload);
    const proto = inlining.functions.get(key);
    if (proto !== undefined) return inlineCall(node, proto, inlining, [...callers, key]);
    if (subgraphsOf(node).length === 0) return [node];
    const attribute = node.attribute.map((entry) => mapGraphs(entry, (graph) => inlineGraph(graph, inlining, callers)));
    return [withFields(node, { attribute })];
  });
}

function inlineCall(call: NodeProto, proto: FunctionProto, inlining: Inlining, callers: readonly string[]): NodeProto[] {
  if (callers.indexOf(callers.at(-1) as string) < callers.length - 1) {
    throw new XDeepError("MODEL_INVALID", `The function ${proto.domain}.${proto.name} calls itself (node "${call.name}"), which ONNX does not allow.`, {
      details: { function: proto.name, domain: proto.domain, node: call.name },
    });
  }
  const { depth, nodes, constantElements } = inlining.limits;
  if (callers.length > depth) throw beyondLimit("depth", depth, `${callers.length} functions that call each other`, `The function ${proto.name}`);
  const body = functionBody(proto, call, inlining.taken);
  count(body, inlining);
  if (inlining.nodes > nodes) throw beyondLimit("nodes", nodes, `${inlining.nodes} nodes and more in place of its calls`, `The function ${proto.name}`);
  if (inlining.bytes > 4 * constantElements) {
    throw beyondLimit(
      "constantElements",
      constantElements,
      `${inlining.bytes} bytes and more of constants in place of its calls`,
      `The function ${proto.name}`,
    );
  }
  return inlineNodes(raisedBody(body, defaultOpset(proto), call, inlining), inlining, callers);
}

/** Adds what a list of nodes holds, subgraphs included. */
function count(nodes: readonly NodeProto[], inlining: Inlining): void {
  inlining.nodes += nodesUnderLimit(nodes);
  for (const { attribute } of nodes) {
    for (const { t, tensors } of attribute) for (const { rawData } of t === undefined ? tensors : [t, ...tensors]) inlining.bytes += rawData.length;
  }
  for (const graph of nodes.flatMap(subgraphsOf)) {
    for (const { rawData } of graph.initializer) inlining.bytes += rawData.length;
    count(graph.node, inlining);
  }
}

function raisedBody(body: readonly NodeProto[], from: number | undefined, call: NodeProto, { opset: to, taken, refusals }: Inlining): readonly NodeProto[] {
  if (from === undefined || to === undefined || from >= to) return body;
  return upgradeNodes(body, new Map(), new Map(), new Map(), { from, to, taken, used: namesRead(body, new Set(call.output)), refusals });
}

function domainsOf(model: ModelProto): ReadonlySet<string> {
  const domains = new Set<string>();
  const collect = (nodes: readonly NodeProto[]): void => {
    for (const node of nodes) {
      domains.add(node.domain);
      for (const graph of subgraphsOf(node)) collect(graph.node);
    }
  };
  for (const graph of [model.graph, ...model.trainingInfo.flatMap(({ initialization, algorithm }) => [initialization, algorithm])]) collect(graph?.node ?? []);
  return domains;
}

/** The model's imports without the domains that only functions had, and with those that function bodies brought along. */
function mergedImports(model: ModelProto, functions: readonly FunctionProto[], opset: number | undefined): OperatorSetIdProto[] {
  const used = domainsOf(model);
  const local = new Set(functions.map(({ domain }) => domain));
  const imports = model.opsetImport.filter(({ domain }) => isDefaultDomain(domain) || used.has(domain) || !local.has(domain));
  if (opset !== undefined && defaultOpset(model) === undefined) imports.unshift(create(OperatorSetIdProtoSchema, { domain: "", version: BigInt(opset) }));
  const byDomain = new Map(imports.toReversed().map((entry) => [entry.domain, entry]));
  for (const entry of functions.flatMap(({ opsetImport }) => opsetImport).filter(({ domain }) => !isDefaultDomain(domain) && used.has(domain))) {
    const known = byDomain.get(entry.domain);
    if (known === undefined) {
      imports.push(entry);
      byDomain.set(entry.domain, entry);
    } else if (known.version !== entry.version) throw differentVersions(known, entry);
  }
  return imports;
}

function differentVersions(a: OperatorSetIdProto, b: OperatorSetIdProto): XDeepError {
  const message = `The model and its functions import versions ${a.version} and ${b.version} of the operators "${a.domain}". Export the model with one version.`;
  return new XDeepError("MODEL_UNSUPPORTED", message, { details: { domain: a.domain } });
}
