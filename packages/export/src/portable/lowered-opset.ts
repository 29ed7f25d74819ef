import { type ModelProto, type NodeProto, defaultOpset, isDefaultDomain, sinceVersion, withFields } from "@xdeep/onnx";

/** The operator set of portable files: the newest that ONNX Runtime 1.14 to 1.17 and the compilers around it all take. */
export const PORTABLE_OPSET = 18;
export const PORTABLE_IR = 8n;

/** Operators whose versions after 18 take more types and mean the same, unless one of these attributes is set. */
const UNCHANGED: Readonly<Record<string, readonly string[]>> = Object.fromEntries([
  ...(
    "Cast CastLike Constant ConstantOfShape Conv ConvTranspose Dropout Elu Equal Flatten GlobalAveragePool GlobalMaxPool GRU HardSigmoid HardSwish Identity InstanceNormalization " +
    "IsInf IsNaN LSTM LpNormalization MaxPool ReduceMax ReduceMin Reshape RNN Selu Shape Size Softplus Softsign Squeeze ThresholdedRelu TopK Transpose Unsqueeze " +
    "Acos Acosh Asin Asinh Atan Atanh Cos Cosh Sin Sinh Tan Scan"
  )
    .split(" ")
    .map((name) => [name, []] as const),
  ["AveragePool", ["dilations", "ceil_mode"]] as const,
  ["Pad", ["mode"]] as const,
  ["Resize", ["coordinate_transformation_mode"]] as const,
]);

/** The same model as one of operator set 18, where its nodes allow it; else as it is, and whoever checks it says so. */
export function loweredOpset(model: ModelProto): ModelProto {
  const opset = defaultOpset(model) ?? PORTABLE_OPSET;
  const isPlain = model.graph!.node.every((node) => fits(node, opset));
  if (!isPlain) return model;
  const opsetImport = model.opsetImport
    .filter(({ domain }) => isDefaultDomain(domain))
    .map((entry) => withFields(entry, { domain: "", version: BigInt(PORTABLE_OPSET) }));
  return withFields(model, { opsetImport, irVersion: PORTABLE_IR });
}

/** Modes that are as old as operator set 18. */
const OLD_MODES: ReadonlySet<string> = new Set(["asymmetric", "align_corners", "constant", "edge", "half_pixel", "pytorch_half_pixel", "reflect"]);

function fits(node: NodeProto, opset: number): boolean {
  const since = sinceVersion(node.domain, node.opType, opset);
  if (since === undefined || since > opset) return false;
  if (since <= PORTABLE_OPSET) return true;
  const changed = Object.hasOwn(UNCHANGED, node.opType) ? UNCHANGED[node.opType] : undefined;
  if (changed === undefined || sinceVersion("", node.opType, PORTABLE_OPSET) === undefined) return false;
  return node.attribute.every(({ name, s, i }) => !changed.includes(name) || OLD_MODES.has(new TextDecoder().decode(s)) || (name === "ceil_mode" && i === 0n));
}
