import { create } from "@bufbuild/protobuf";
import { XDeepError } from "@xdeep/core";
import { type FunctionProto, type ModelProto, type OperatorSetIdProto, OperatorSetIdProtoSchema } from "../gen/onnx_pb.ts";
import { namesOfGraph, namesOfNodes, namesRead } from "../graphs/graph-names.ts";
import { isDefaultDomain } from "../since-version.ts";
import { withFields } from "../graphs/with-fields.ts";
import { NEWEST_TARGET, throwRefusals, upgradeGraph, upgradeNodes } from "./upgrade-nodes.ts";

/** The operator set that older models are brought to, unless a newer one is asked for. */
const BASE_OPSET = 18;

/** Operator set 18 came with version 8 of the file format, 19 with 9, 21 with 10. */
const IR_VERSIONS: readonly (readonly [opset: number, irVersion: bigint])[] = [
  [21, 10n],
  [19, 9n],
  [18, 8n],
];

/** The version of the default operator set that a model or function imports; undefined where it imports none. */
export function defaultOpset(owner: { readonly opsetImport: readonly OperatorSetIdProto[] }): number | undefined {
  const entry = owner.opsetImport.find(({ domain }) => isDefaultDomain(domain));
  return entry === undefined ? undefined : Number(entry.version);
}

/**
 * A model that computes the same with the operators of the default operator set `minimum` or later (18 where `minimum` is less). Nodes and weights
 * that mean the same are shared with the given model, which is not changed; a model that is new enough is returned as it is.
 *
 * @throws {XDeepError} MODEL_UNSUPPORTED, naming every node, where old operators have no exact equal: training mode, Scan of opset 8, a used Dropout mask.
 * @throws {XDeepError} OPTION_INVALID when `minimum` is above 22 and the model below it.
 */
export function upgradeOpset(model: ModelProto, minimum: number): ModelProto {
  const opset = defaultOpset(model);
  if (opset !== undefined && [model, ...model.functions].every((owner) => (defaultOpset(owner) ?? minimum) >= minimum)) return model;
  const to = Math.max(minimum, BASE_OPSET, opset ?? 0);
  if (to > NEWEST_TARGET) {
    throw new XDeepError("OPTION_INVALID", `Models are raised to opset ${NEWEST_TARGET} at most, got minimum ${minimum}.`, { details: { minimum, opset } });
  }
  if (opset === undefined) refuseNodesWithoutOpset(model);
  const refusals: XDeepError[] = [];
  const upgraded = withFields(opset === undefined ? model : upgradeGraphs(model, opset, to, refusals), {
    opsetImport: withOpset(model.opsetImport, to),
    irVersion: maximum(model.irVersion, irVersionOf(to)),
    functions: model.functions.map((proto) => upgradeFunction(proto, to, refusals)),
  });
  throwRefusals(refusals);
  return upgraded;
}

function refuseNodesWithoutOpset(model: ModelProto): void {
  const node = model.graph?.node.find(({ domain }) => isDefaultDomain(domain));
  if (node === undefined) return;
  const message = `The model uses ${node.opType} (node "${node.name}") of the default operator set but does not import one (opset_import). Export it again.`;
  throw new XDeepError("MODEL_INVALID", message, { details: { op: node.opType, node: node.name } });
}

function upgradeGraphs(model: ModelProto, from: number, to: number, refusals: XDeepError[]): ModelProto {
  const training = model.trainingInfo.flatMap(({ initialization, algorithm }) => [initialization, algorithm]);
  const graphs = [model.graph, ...training].filter((graph) => graph !== undefined);
  const taken = new Set<string>();
  const used = new Set<string>();
  for (const graph of graphs) {
    namesOfGraph(graph, taken);
    namesRead(graph.node, used);
    for (const { name } of graph.output) used.add(name);
  }
  const context = { from, to, taken, used, refusals };
  const upgrade = <T extends ModelProto["graph"]>(graph: T): T => (graph === undefined ? graph : (upgradeGraph(graph, new Map(), context) as T));
  return withFields(model, {
    graph: upgrade(model.graph),
    trainingInfo: model.trainingInfo.map((info) => withFields(info, { initialization: upgrade(info.initialization), algorithm: upgrade(info.algorithm) })),
  });
}

function upgradeFunction(proto: FunctionProto, to: number, refusals: XDeepError[]): FunctionProto {
  const from = defaultOpset(proto);
  if (from === undefined || from >= to) return proto;
  const taken = namesOfNodes(proto.node, new Set([...proto.input, ...proto.output]));
  const used = namesRead(proto.node, new Set(proto.output));
  const node = upgradeNodes(proto.node, new Map(), new Map(), new Map(), { from, to, taken, used, refusals });
  return withFields(proto, { node, opsetImport: withOpset(proto.opsetImport, to) });
}

function withOpset(imports: readonly OperatorSetIdProto[], version: number): OperatorSetIdProto[] {
  const rest = imports.filter(({ domain }) => !isDefaultDomain(domain));
  return [create(OperatorSetIdProtoSchema, { domain: "", version: BigInt(version) }), ...rest];
}

function irVersionOf(opset: number): bigint {
  return IR_VERSIONS.find(([since]) => opset >= since)?.[1] ?? 8n;
}

function maximum(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}
