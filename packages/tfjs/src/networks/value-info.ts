import { type DataType, type Layout, type ValueInfo, XDeepError } from "@xdeep/core";

/**
 * The ValueInfo of a TensorFlow.js value. Sizes that are null, undefined or negative are free. Inputs with four axes count as images, NHWC unless
 * their sizes say otherwise.
 */
export function valueInfo(name: string, shape: readonly (number | null | undefined)[], dtype: string, role: "input" | "output"): ValueInfo {
  const dims = shape.map((size) => (size === null || size === undefined || size < 0 ? null : size));
  return { name, type: dataTypeOf(dtype, name), dims, layout: role === "input" && dims.length === 4 && dtype !== "bool" ? layoutOf(dims) : null };
}

/** A network converted from elsewhere may have its channels, few as they are, in front. */
function layoutOf(dims: readonly (number | null)[]): Layout {
  const isFew = (size: number | null | undefined): boolean => size === 1 || size === 3 || size === 4;
  return isFew(dims[1]) && !isFew(dims[3]) && dims[3] !== null ? "NCHW" : "NHWC";
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
