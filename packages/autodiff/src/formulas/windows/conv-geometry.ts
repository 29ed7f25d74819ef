import { type Attributes, type GraphBuilder, type Value, rankOf } from "@xdeep/onnx";

/** How the windows of a convolution or a pool lie on its spatial axes. Lists have one entry per spatial axis. */
export interface Windows {
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  /** Elements of padding before and after; null where they depend on dims known only at run time (auto_pad SAME with stride). */
  readonly pads: { readonly begin: readonly number[]; readonly end: readonly number[] } | null;
  /** "NOTSET", "VALID", "SAME_UPPER" or "SAME_LOWER". */
  readonly autoPad: string;
}

/** Reads the windows of a node. `dims` are the spatial dims of the larger side: a convolution's input, a transposed convolution's output. */
export function windowsOf(attributes: Attributes, kernel: readonly number[], dims: readonly (number | string | null)[]): Windows {
  const axes = kernel.length;
  const strides = attributes.ints("strides", ones(axes));
  const dilations = attributes.ints("dilations", ones(axes));
  const autoPad = attributes.string("auto_pad", "NOTSET");
  const explicit = attributes.ints("pads", Array<number>(2 * axes).fill(0));
  const pads =
    autoPad === "NOTSET" || autoPad === ""
      ? { begin: explicit.slice(0, axes), end: explicit.slice(axes) }
      : autoPads(autoPad, kernel, strides, dilations, dims);
  return { kernel, strides, dilations, pads, autoPad };
}

/** Elements that a window spans: (k − 1) · dilation + 1. */
export function extent({ kernel, dilations }: Pick<Windows, "kernel" | "dilations">, axis: number): number {
  return (kernel[axis]! - 1) * dilations[axis]! + 1;
}

function autoPads(
  mode: string,
  kernel: readonly number[],
  strides: readonly number[],
  dilations: readonly number[],
  dims: readonly (number | string | null)[],
): Windows["pads"] {
  const totals = kernel.map((_, axis) => {
    if (mode === "VALID") return 0;
    const span = extent({ kernel, dilations }, axis);
    const [dim, stride] = [dims[axis], strides[axis]!];
    if (stride === 1) return span - 1;
    return typeof dim === "number" ? Math.max((Math.ceil(dim / stride) - 1) * stride + span - dim, 0) : null;
  });
  if (totals.some((total) => total === null)) return null;
  const smaller = totals.map((total) => Math.floor(total! / 2));
  const larger = totals.map((total) => Math.ceil(total! / 2));
  return mode === "SAME_LOWER" ? { begin: larger, end: smaller } : { begin: smaller, end: larger };
}

/** The padding before each spatial axis as int64, written into the graph where it depends on the run. */
export function padsBeginValue(g: GraphBuilder, windows: Windows, larger: Value): Value {
  if (windows.pads !== null) return g.ints(windows.pads.begin);
  const dims = g.op("Shape", [larger], { start: 2 });
  const strides = g.ints(windows.strides);
  const spans = g.ints(windows.kernel.map((_, axis) => extent(windows, axis)));
  const outputs = g.div(g.sub(g.add(dims, strides), g.int(1)), strides);
  const total = g.op("Max", [g.sub(g.add(g.mul(g.sub(outputs, g.int(1)), strides), spans), dims), g.int(0)]);
  return g.div(windows.autoPad === "SAME_LOWER" ? g.add(total, g.int(1)) : total, g.int(2));
}

/** Sizes of the spatial axes, as far as known. */
export function spatialDims(value: Value): readonly (number | string | null)[] {
  return value.facts.dims?.slice(2) ?? [];
}

/** The numbers of a list of dims, or null unless all are known. */
export function knownDims(dims: readonly (number | string | null)[]): readonly number[] | null {
  return dims.every((dim) => typeof dim === "number") ? (dims as readonly number[]) : null;
}

/** The spatial axes of a value: 2, 3, … */
export function spatialAxes(value: Value): readonly number[] {
  return Array.from({ length: rankOf(value) - 2 }, (_, i) => i + 2);
}

export function ones(count: number): readonly number[] {
  return Array<number>(count).fill(1);
}
