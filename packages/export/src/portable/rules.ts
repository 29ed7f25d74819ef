import { alignedConvolutions } from "@xdeep/autodiff";
import { type ModelProto, type NodeProto, type ValueInfoProto, dataTypeName, defaultOpset, isDefaultDomain, withSubgraphs } from "@xdeep/onnx";

import { type DeclaredValue, declaredValue } from "../declared-value.ts";
import type { PortabilityFinding } from "./finding.ts";
import { PORTABLE_NAME } from "./portable-names.ts";

type Check = (model: ModelProto) => Iterable<PortabilityFinding>;

/** Every rule of the portable profile, by its name. */
export const PORTABLE_RULES: Readonly<Record<string, Check>> = {
  batch: checkBatch,
  dims: checkDims,
  types: checkTypes,
  "node-names": checkNodeNames,
  "output-names": checkOutputNames,
  "control-flow": checkControlFlow,
  domain: checkDomains,
  opset: checkOpset,
  "initializer-inputs": checkInitializerInputs,
  webgpu: checkWebgpu,
  float64: checkFloat64,
};

const CONTROL_FLOW: ReadonlySet<string> = new Set(["If", "Loop", "Scan", "SequenceMap"]);
/** Operators for which WebGPU has no kernel: they run on the CPU, with copies there and back. */
const NOT_ON_WEBGPU: ReadonlySet<string> = new Set(["Col2Im", "MaxUnpool", "OneHot", "ScatterElements", "Size"]);
const INPUT_TYPES: ReadonlySet<string> = new Set(["float32", "int8", "int16", "int32", "int64"]);
const OUTPUT_TYPES: ReadonlySet<string> = new Set(["float32", "int8", "int16", "int32", "int64", "uint8"]);
/** Versions of the operator set, and of the file format, that ONNX Runtime 1.14 to 1.17 takes, which Spark and older servers have. */
const OPSETS: ReadonlySet<number> = new Set([17, 18]);
const NEWEST_IR = 8n;

function* checkBatch(model: ModelProto): Generator<PortabilityFinding, void> {
  const symbols = new Map<string, string>();
  for (const { kind, name, dims } of interfaces(model)) {
    const [first] = dims ?? [];
    if (dims === null) yield error("batch", name, `The number of axes of ${kind} "${name}" is not declared, so no server knows how to batch it.`);
    else if (first === undefined)
      yield error("batch", name, `${capital(kind)} "${name}" is a scalar: servers batch only where every input and output has the batch in front.`);
    else if (typeof first === "number")
      yield error(
        "batch",
        name,
        `${capital(kind)} "${name}" has ${first} fixed in front, [${dims.map(written).join(", ")}]: Triton switches batching off or refuses the file.`,
      );
    else if (first === "") yield error("batch", name, `The batch axis of ${kind} "${name}" has no name, so nothing says that it is the one of the others.`);
    else symbols.set(first, name);
  }
  if (symbols.size < 2) return;
  const listed = [...symbols].map(([symbol, name]) => `"${symbol}" of "${name}"`).join(", ");
  yield error("batch", "", `The batch goes by several names, ${listed}: use one, so that it is one size.`);
}

function* checkDims(model: ModelProto): Generator<PortabilityFinding, void> {
  const batch = interfaces(model).find(({ dims }) => typeof dims?.[0] === "string")?.dims?.[0];
  for (const { kind, name, dims } of interfaces(model)) {
    const open = (dims ?? []).slice(1).filter((dim) => typeof dim !== "number");
    // A batch that lies behind a size in front, as in states [layers, N, hidden], is a fault of the batch.
    const isBatchAlone = typeof dims?.[0] === "number" && open.length === 1 && open[0] === batch && batch !== "";
    if (open.length === 0 || isBatchAlone) continue;
    yield error(
      "dims",
      name,
      `${capital(kind)} "${name}" leaves more than its batch open, [${dims!.map(written).join(", ")}]: Spark and compilers take one open size. Fix the others.`,
    );
  }
}

function* checkTypes(model: ModelProto): Generator<PortabilityFinding, void> {
  for (const { kind, name, type, dims } of interfaces(model)) {
    if (type === null) yield error("types", name, `${capital(kind)} "${name}" is no tensor of a type that all places know.`);
    else if (kind === "input" && type === "uint8" && dims?.length === 4)
      yield note("types", name, `Input "${name}" takes uint8 pixels, which SynapseML cannot feed: int32 goes everywhere.`);
    else if (!(kind === "input" ? INPUT_TYPES : OUTPUT_TYPES).has(type))
      yield error("types", name, `${capital(kind)} "${name}" is ${type}: SynapseML feeds float32 and signed integers, and databases take no other floats.`);
  }
}

function* checkNodeNames(model: ModelProto): Generator<PortabilityFinding, void> {
  const seen = new Set<string>();
  for (const node of nodesOf(model)) {
    const label = `${node.opType} that makes "${node.output.find((name) => name !== "") ?? ""}"`;
    if (node.name === "") yield error("node-names", label, `The ${label} has no name: SynapseML cuts graphs at node names.`);
    else if (seen.has(node.name)) yield error("node-names", node.name, `Two nodes are called "${node.name}": SynapseML cuts graphs at node names.`);
    else if (!PORTABLE_NAME.test(node.name)) yield error("node-names", node.name, `Node "${node.name}" has a name that is not of a-z, 0-9 and _.`);
    seen.add(node.name);
  }
}

function* checkOutputNames(model: ModelProto): Generator<PortabilityFinding, void> {
  for (const { name } of model.graph?.output ?? []) {
    if (!PORTABLE_NAME.test(name)) yield note("output-names", name, `Output "${name}" is no name of a column: databases take a-z, 0-9 and _.`);
  }
}

function* checkControlFlow(model: ModelProto): Generator<PortabilityFinding, void> {
  for (const node of nodesOf(model)) {
    if (CONTROL_FLOW.has(node.opType))
      yield error("control-flow", node.name, `${node.opType} "${node.name}" is control flow, which TensorRT, other compilers and WebGPU do not take.`);
  }
}

function* checkDomains(model: ModelProto): Generator<PortabilityFinding, void> {
  for (const node of nodesOf(model)) {
    if (!isDefaultDomain(node.domain))
      yield error("domain", node.name, `${node.opType} "${node.name}" is an operator of "${node.domain}", not of ONNX itself.`);
  }
}

function* checkOpset(model: ModelProto): Generator<PortabilityFinding, void> {
  const opset = defaultOpset(model);
  if (opset === undefined || !OPSETS.has(opset))
    yield error("opset", "", `The operator set is ${opset ?? "not given"}; 17 and 18 run in every place, ONNX Runtime 1.17 of Spark among them.`);
  if (model.irVersion > NEWEST_IR)
    yield error("opset", "", `The file format is IR version ${model.irVersion}; places with older engines take up to ${NEWEST_IR}.`);
}

function* checkInitializerInputs(model: ModelProto): Generator<PortabilityFinding, void> {
  const weights = new Set((model.graph?.initializer ?? []).map(({ name }) => name));
  for (const { name } of model.graph?.input ?? []) {
    if (weights.has(name))
      yield error(
        "initializer-inputs",
        name,
        `Weight "${name}" is listed as an input too: SynapseML asks for a column for it, and Triton's batching needs it batched.`,
      );
  }
}

function* checkWebgpu(model: ModelProto): Generator<PortabilityFinding, void> {
  const found = [...new Set(nodesOf(model).map(({ opType }) => opType))].filter((op) => NOT_ON_WEBGPU.has(op));
  const asksForIndices = nodesOf(model).some(({ opType, output }) => opType === "MaxPool" && (output[1] ?? "") !== "");
  if (asksForIndices) yield note("webgpu", "", "MaxPool gives no indices on WebGPU, so the file does not run there.");
  if (alignedConvolutions(model) !== model)
    yield note(
      "webgpu",
      "",
      "Convolutions of 6, 9, 15, 18 … channels to a multiple of 4 come out wrong on WebGPU in onnxruntime-web 1.30: write the file for it.",
    );
  if (found.length > 0) yield note("webgpu", "", `${found.join(", ")}: no kernels on WebGPU, so these run on the CPU, with copies.`);
}

function* checkFloat64(model: ModelProto): Generator<PortabilityFinding, void> {
  const isDouble = (node: NodeProto): boolean =>
    node.opType === "Cast" && node.attribute.some(({ name, i }) => name === "to" && dataTypeName(Number(i)) === "float64");
  if (nodesOf(model).some(isDouble))
    yield note("float64", "", "Points or noise are computed in float64, which the WebGPU bundle of onnxruntime-web and TensorRT do not have.");
}

interface Interface extends DeclaredValue {
  readonly kind: "input" | "output";
}

function interfaces({ graph }: ModelProto): readonly Interface[] {
  const weights = new Set((graph?.initializer ?? []).map(({ name }) => name));
  const read =
    (kind: Interface["kind"]) =>
    (info: ValueInfoProto): Interface => ({ kind, ...declaredValue(info) });
  return [...(graph?.input ?? []).filter(({ name }) => !weights.has(name)).map(read("input")), ...(graph?.output ?? []).map(read("output"))];
}

/** All nodes, those of subgraphs and functions included. */
function nodesOf({ graph, functions }: ModelProto): readonly NodeProto[] {
  return [...withSubgraphs(graph?.node ?? []), ...functions.flatMap(({ node }) => withSubgraphs(node))];
}

function written(dim: number | string): string {
  return dim === "" ? "?" : String(dim);
}

function capital(kind: Interface["kind"]): string {
  return kind === "input" ? "Input" : "Output";
}

function error(rule: string, where: string, message: string): PortabilityFinding {
  return { rule, severity: "error", where, message };
}

function note(rule: string, where: string, message: string): PortabilityFinding {
  return { rule, severity: "note", where, message };
}
