import { XDeepError } from "@xdeep/core";

import type { ModelProto, TypeProto_Tensor, ValueInfoProto } from "../gen/onnx_pb.ts";
import { dataTypeName } from "../files/data-type.ts";
import type { Dim } from "./facts.ts";
import { valueInfoProto } from "./value-info.ts";
import { withFields } from "./with-fields.ts";

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
    const elemType = tensorTypeOf(info)?.elemType ?? 1;
    return dims[info.name] === undefined ? info : valueInfoProto(info.name, dataTypeName(elemType) ?? "float32", dims[info.name]!);
  });
  return withFields(model, { graph: withFields(graph, { input }) });
}

/**
 * A model for an engine: its inputs have the dims that the file declares, where the file says how many axes they have. An engine refuses a graph with a branch
 * that contradicts dims which are known, though it is never taken.
 *
 * @param declared inputs of the file
 */
export function asDeclared(model: ModelProto, declared: readonly ValueInfoProto[]): ModelProto {
  const { graph } = model;
  if (graph === undefined || declared.length === 0) return model;
  const input = graph.input.map((info) => {
    const shape = tensorTypeOf(declared.find(({ name }) => name === info.name))?.shape;
    const own = tensorTypeOf(info);
    if (shape === undefined || own === undefined) return info;
    return withFields(info, { type: withFields(info.type!, { value: { case: "tensorType", value: withFields(own, { shape }) } }) });
  });
  return withFields(model, { graph: withFields(graph, { input }) });
}

function tensorTypeOf(info: ValueInfoProto | undefined): TypeProto_Tensor | undefined {
  return info?.type?.value.case === "tensorType" ? info.type.value.value : undefined;
}
