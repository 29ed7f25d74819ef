import { XDeepError } from "@xdeep/core";

import type { ModelProto, TensorShapeProto, TypeProto_Tensor, ValueInfoProto } from "../gen/onnx_pb.ts";
import { dataTypeName } from "../files/data-type.ts";
import type { Dim } from "./facts.ts";
import { valueInfoProto } from "./value-info.ts";
import { withFields } from "./with-fields.ts";

/**
 * A model whose inputs have these dims, in place of those that the file declares. Sizes of other inputs follow that go by the same name in the file: with
 * [batch, samples] given as [N, 512], a state [2, batch, 128] is [2, N, 128].
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
  const sizes = new Map(graph.input.flatMap((info) => namesIn(info).flatMap((name, axis) => sizeGiven(name, dims[info.name]?.[axis]))));
  const input = graph.input.map((info) => {
    const elemType = tensorTypeOf(info)?.elemType ?? 1;
    return dims[info.name] === undefined ? following(info, sizes) : valueInfoProto(info.name, dataTypeName(elemType) ?? "float32", dims[info.name]!);
  });
  return withFields(model, { graph: withFields(graph, { input }) });
}

/** What the sizes of an input are called; null where one is a number or has no name. */
function namesIn(info: ValueInfoProto): readonly (string | null)[] {
  return tensorTypeOf(info)?.shape?.dim.map(({ value }) => (value.case === "dimParam" && value.value !== "" ? value.value : null)) ?? [];
}

function sizeGiven(name: string | null, given: Dim | undefined): readonly (readonly [string, number | string])[] {
  return name === null || (typeof given !== "number" && typeof given !== "string") ? [] : [[name, given]];
}

function following(info: ValueInfoProto, sizes: ReadonlyMap<string, number | string>): ValueInfoProto {
  const own = tensorTypeOf(info);
  const names = namesIn(info);
  if (own?.shape === undefined || names.every((name) => name === null || !sizes.has(name))) return info;
  const dims = own.shape.dim.map(
    ({ value }, axis): Dim => sizes.get(names[axis] ?? "") ?? (value.case === "dimValue" ? Number(value.value) : (names[axis] ?? null)),
  );
  return valueInfoProto(info.name, dataTypeName(own.elemType) ?? "float32", dims);
}

/**
 * A model for an engine: its inputs have the dims that the file declares, where the file says how many axes they have and fixes no other size than was given. An engine refuses a graph with a branch
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
    if (shape === undefined || own === undefined || contradicts(shape, own.shape)) return info;
    return withFields(info, { type: withFields(info.type!, { value: { case: "tensorType", value: withFields(own, { shape }) } }) });
  });
  return withFields(model, { graph: withFields(graph, { input }) });
}

/** Whether the file fixes another size than was given, such as that of larger pictures. */
function contradicts({ dim }: TensorShapeProto, given: TensorShapeProto | undefined): boolean {
  return dim.some(({ value }, axis) => {
    const other = given?.dim[axis]?.value;
    return value.case === "dimValue" && other?.case === "dimValue" && value.value !== other.value;
  });
}

function tensorTypeOf(info: ValueInfoProto | undefined): TypeProto_Tensor | undefined {
  return info?.type?.value.case === "tensorType" ? info.type.value.value : undefined;
}
