import { type DataType, type ValueInfo, XDeepError } from "@xdeep/core";

/** The ValueInfo of a TensorFlow.js value. Sizes that are null, undefined or negative are free. Four-dimensional inputs count as images, NHWC. */
export function valueInfo(name: string, shape: readonly (number | null | undefined)[], dtype: string, role: "input" | "output"): ValueInfo {
  const dims = shape.map((size) => (size === null || size === undefined || size < 0 ? null : size));
  const isImage = role === "input" && dims.length === 4 && dtype === "float32";
  return { name, type: dataTypeOf(dtype, name), dims, layout: isImage ? "NHWC" : null };
}

function dataTypeOf(dtype: string, name: string): DataType {
  if (dtype === "float32" || dtype === "int32" || dtype === "bool") return dtype;
  throw new XDeepError(
    "MODEL_UNSUPPORTED",
    `Value "${name}" is of type ${dtype}; inputs and outputs must be float32, int32 or bool. Move the conversion out of the model.`,
    {
      details: { value: name, type: dtype },
    },
  );
}
