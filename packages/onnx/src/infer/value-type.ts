import { dataTypeName } from "../files/data-type.ts";
import type { Dim, Facts } from "../graphs/facts.ts";
import { unknownFacts } from "../graphs/facts.ts";
import type { TensorShapeProto_Dimension, TypeProto } from "../gen/onnx_pb.ts";

/** What a declared type says of a value. `name` and axis name the sizes that it leaves open. */
export function factsOfType(type: TypeProto | undefined, symbol: (axis: number) => string): Facts {
  const value = type?.value;
  switch (value?.case) {
    case "tensorType": {
      const dims = value.value.shape?.dim.map((dim, axis) => sizeOfDimension(dim) ?? symbol(axis)) ?? null;
      return { type: dataTypeName(value.value.elemType), dims };
    }
    case "sequenceType":
      return { ...factsOfType(value.value.elemType, symbol), dims: null, container: "sequence" };
    case "optionalType":
      return { ...factsOfType(value.value.elemType, symbol), dims: null, container: "optional" };
    case "mapType":
      return { ...unknownFacts, container: "map" };
    case "sparseTensorType":
      return { type: dataTypeName(value.value.elemType), dims: null, container: "sparse" };
    default:
      return unknownFacts;
  }
}

/** Some exporters write −1 or an empty name for a size that is not known. A name in braces would read as an expression. */
function sizeOfDimension({ value }: TensorShapeProto_Dimension): Dim {
  if (value.case === "dimValue") return Number(value.value) < 0 ? null : Number(value.value);
  return value.case === "dimParam" && value.value !== "" && !value.value.startsWith("{") ? value.value : null;
}
