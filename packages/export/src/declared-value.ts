import type { DataType } from "@xdeep/core";
import { type ValueInfoProto, dataTypeName } from "@xdeep/onnx";

/** An input or output as a file declares it. */
export interface DeclaredValue {
  readonly name: string;
  /** Null where it is no tensor, or of a type that is not known. */
  readonly type: DataType | null;
  /** Sizes, and names of sizes; "" where one is open and has no name. Null where their number is not declared. */
  readonly dims: readonly (number | string)[] | null;
}

/** What a declaration says. */
export function declaredValue({ name, type }: ValueInfoProto): DeclaredValue {
  if (type?.value.case !== "tensorType") return { name, type: null, dims: null };
  const { elemType, shape } = type.value.value;
  const dims = shape?.dim.map(({ value }) => (value.case === "dimValue" ? Number(value.value) : (value.value ?? ""))) ?? null;
  return { name, type: dataTypeName(elemType), dims };
}
