import { XDeepError } from "@xdeep/core";
import type { TypedGraph } from "@xdeep/autodiff";
import { type Dim, type ModelProto, dataTypeName, valueInfoProto, withFields } from "@xdeep/onnx";

/**
 * A model whose inputs have these dims, in place of those that the file declares.
 *
 * @throws {XDeepError} INPUT_UNKNOWN for a name that is no input
 */
export function declareDims(model: ModelProto, dims: Readonly<Record<string, readonly Dim[]>>): ModelProto {
  const { graph } = model;
  if (graph === undefined || Object.keys(dims).length === 0) return model;
  const known = graph.input.map(({ name }) => name);
  const unknown = Object.keys(dims).filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    throw new XDeepError("INPUT_UNKNOWN", `inputDims names "${unknown.join('", "')}", but the model's inputs are "${known.join('", "')}".`, {
      details: { unknown, expected: known },
    });
  }
  const input = graph.input.map((info) => {
    const elemType = info.type?.value.case === "tensorType" ? info.type.value.value.elemType : 1;
    return dims[info.name] === undefined ? info : valueInfoProto(info.name, dataTypeName(elemType) ?? "float32", dims[info.name]!);
  });
  return withFields(model, { graph: withFields(graph, { input }) });
}

/** @throws {XDeepError} MODEL_UNSUPPORTED for an input whose number of axes is not declared */
export function checkRanks(graph: TypedGraph): void {
  for (const { name } of graph.graph.input) {
    if (graph.facts.get(name)?.dims != null) continue;
    throw new XDeepError(
      "MODEL_UNSUPPORTED",
      `The file does not say how many axes input "${name}" has. Pass its dims, such as inputDims: { "${name}": ["N", 3, 224, 224] }; a name or null stands for any size.`,
      {
        details: { input: name },
      },
    );
  }
}
