import { XDeepError } from "@xdeep/core";
import { type AttributeProto, AttributeProto_AttributeType as Type, type NodeProto } from "../gen/onnx_pb.ts";
import { isDefaultDomain } from "../since-version.ts";
import { type OperatorForm, type ParameterList, comesWith, operatorForm } from "./operator-form.ts";
import { type SparseBudget, validateSparseTensor } from "./validate-sparse.ts";
import { validateTensorProto } from "./validate-tensor.ts";

/** The kinds of attributes by the letters of `operatorSchemas`. */
const KINDS: Readonly<Record<string, Type>> = {
  f: Type.FLOAT,
  i: Type.INT,
  s: Type.STRING,
  t: Type.TENSOR,
  g: Type.GRAPH,
  x: Type.SPARSE_TENSOR,
  p: Type.TYPE_PROTO,
  F: Type.FLOATS,
  I: Type.INTS,
  S: Type.STRINGS,
  T: Type.TENSORS,
  G: Type.GRAPHS,
  X: Type.SPARSE_TENSORS,
  P: Type.TYPE_PROTOS,
};

export interface NodeContext {
  /** Version of the default operator set. */
  readonly opset: number;
  readonly sparse: SparseBudget;
}

/**
 * Checks a node against the form of its operator: how many inputs and outputs, which attributes, of which kinds, with which tensors. Operators
 * that are not known are taken as they are.
 *
 * @throws {XDeepError} MODEL_INVALID
 */
export function validateNode(node: NodeProto, context: NodeContext): void {
  const form = operatorForm(node.domain, node.opType, context.opset);
  const since = comesWith(node.domain, node.opType, context.opset);
  if (since !== undefined) throw invalidNode(node, `the model uses operator set ${context.opset}, and the operator came with ${since}`);
  validateAttributes(node, form, context);
  if (form === undefined) return;
  validateParameters(node, node.input, form.inputs, "input");
  validateParameters(node, node.output, form.outputs, "output");
  if (isDefaultDomain(node.domain)) validateOwn(node, context);
}

function validateParameters(node: NodeProto, names: readonly string[], { least, most, needed, variadicFrom }: ParameterList, what: "input" | "output"): void {
  const takes = least === most ? `${least}` : most === Infinity ? `at least ${least}` : `${least} to ${most}`;
  if (names.length < least || names.length > most) throw invalidNode(node, `it has ${names.length} ${what}s, and takes ${takes}`);
  // An output that nobody wants may be left out, whatever the operator says.
  if (what === "output") return;
  const missing = names.findIndex((name, index) => name === "" && (index >= variadicFrom || needed.includes(index)));
  if (missing >= 0) throw invalidNode(node, `its input ${missing} is left out, which it cannot be`);
}

function validateAttributes(node: NodeProto, form: OperatorForm | undefined, context: NodeContext): void {
  const names = new Set<string>();
  for (const attribute of node.attribute) {
    if (names.has(attribute.name)) throw invalidNode(node, `it has the attribute "${attribute.name}" twice`);
    names.add(attribute.name);
    validateAttribute(node, attribute, form?.attributes.get(attribute.name)?.kind, context);
  }
  for (const [name, { isNeeded }] of form?.attributes ?? []) {
    if (isNeeded && !names.has(name)) throw invalidNode(node, `it lacks the attribute "${name}"`);
  }
}

function validateAttribute(node: NodeProto, attribute: AttributeProto, kind: string | undefined, context: NodeContext): void {
  const expected = kind === undefined ? undefined : KINDS[kind];
  // Writers before version 2 of the format left the type out.
  const type = attribute.type === Type.UNDEFINED ? expected : attribute.type;
  if (expected !== undefined && type !== expected) {
    throw invalidNode(node, `its attribute "${attribute.name}" is of type ${Type[attribute.type] ?? attribute.type}, and must be ${Type[expected]}`);
  }
  if (attribute.refAttrName === "" && isEmpty(attribute, type)) throw invalidNode(node, `its attribute "${attribute.name}" holds nothing`);
  for (const tensor of attribute.t === undefined ? attribute.tensors : [attribute.t, ...attribute.tensors]) validateTensorProto(tensor);
  const { sparseTensor, sparseTensors } = attribute;
  for (const sparse of sparseTensor === undefined ? sparseTensors : [sparseTensor, ...sparseTensors])
    validateSparseTensor(sparse, node.output[0] ?? "", context.sparse);
}

/** Numbers, texts and lists that are not written are 0, "" and []; messages are not there. */
function isEmpty({ t, g, sparseTensor, tp }: AttributeProto, type: Type | undefined): boolean {
  switch (type) {
    case Type.TENSOR:
      return t === undefined;
    case Type.GRAPH:
      return g === undefined;
    case Type.SPARSE_TENSOR:
      return sparseTensor === undefined;
    case Type.TYPE_PROTO:
      return tp === undefined;
    default:
      return false;
  }
}

/** What the form does not say. */
function validateOwn(node: NodeProto, { opset }: NodeContext): void {
  if (node.opType === "Constant" && node.attribute.length !== 1) throw invalidNode(node, `it has ${node.attribute.length} values, and must have one`);
  const graph = (name: string): { readonly inputs: number; readonly outputs: number } => {
    const { g } = node.attribute.find((attribute) => attribute.name === name) ?? {};
    return { inputs: g?.input.length ?? 0, outputs: g?.output.length ?? 0 };
  };
  const expectGraph = (name: string, inputs: number, outputs: number): void => {
    const got = graph(name);
    if (got.inputs === inputs && got.outputs === outputs) return;
    throw invalidNode(node, `its ${name} has ${got.inputs} inputs and ${got.outputs} outputs, and must have ${inputs} and ${outputs}`);
  };
  if (node.opType === "If") for (const name of ["then_branch", "else_branch"]) expectGraph(name, 0, node.output.length);
  // The counter and the condition are inputs, the condition an output.
  if (node.opType === "Loop") expectGraph("body", Math.max(2, node.input.length), node.output.length + 1);
  // Until opset 8 its inputs began with the lengths of the sequences.
  if (node.opType === "Scan" && opset >= 9) validateScan(node, expectGraph);
}

function validateScan(node: NodeProto, expectGraph: (name: string, inputs: number, outputs: number) => void): void {
  const scanned = Number(node.attribute.find(({ name }) => name === "num_scan_inputs")?.i ?? 0);
  if (scanned < 1 || scanned > node.input.length) throw invalidNode(node, `it scans ${scanned} of ${node.input.length} inputs`);
  expectGraph("body", node.input.length, node.output.length);
}

/** A node that breaks the rules of its operator. */
export function invalidNode(node: NodeProto, problem: string): XDeepError {
  const label = node.name || (node.output.find((name) => name !== "") ?? "");
  return new XDeepError("MODEL_INVALID", `${node.opType} "${label}" is damaged: ${problem}. Export the model again.`, {
    details: { op: node.opType, node: label },
  });
}
