import { XDeepError } from "@xdeep/core";
import type { Attributes, GraphBuilder, NodeProto, Value } from "@xdeep/onnx";
import { type Windows, extent, knownDims, ones, spatialAxes, spatialDims } from "./conv-geometry.ts";
import { nodeLabel } from "../../graph/node-label.ts";

export interface TransposedWindows extends Windows {
  readonly pads: { readonly begin: readonly number[]; readonly end: readonly number[] };
  readonly outputPadding: readonly number[];
}

/** The windows of a ConvTranspose, its pads found from output_shape or auto_pad where it has those. */
export function transposedWindows(attributes: Attributes, kernel: readonly number[], x: Value, y: Value, node: NodeProto): TransposedWindows {
  const axes = kernel.length;
  const strides = attributes.ints("strides", ones(axes));
  const dilations = attributes.ints("dilations", ones(axes));
  const outputPadding = attributes.ints("output_padding", Array<number>(axes).fill(0));
  const autoPad = attributes.string("auto_pad", "NOTSET");
  const shape = attributes.ints("output_shape")?.slice(-axes);
  const base = { kernel, strides, dilations, outputPadding, autoPad };
  if (shape === undefined && (autoPad === "NOTSET" || autoPad === "VALID" || autoPad === "")) {
    const pads = autoPad === "VALID" ? Array<number>(2 * axes).fill(0) : attributes.ints("pads", Array<number>(2 * axes).fill(0));
    return { ...base, pads: { begin: pads.slice(0, axes), end: pads.slice(axes) } };
  }
  const inputs = knownDims(spatialDims(x));
  const outputs = shape ?? knownDims(spatialDims(y)) ?? inputs?.map((dim, axis) => dim * strides[axis]!) ?? null;
  const totals = strides.map((stride, axis) =>
    totalPadding(stride, extent(base, axis), outputPadding[axis]!, inputs?.[axis] ?? null, outputs?.[axis] ?? null, shape !== undefined),
  );
  if (totals.includes(null)) {
    throw new XDeepError(
      "MODEL_UNSUPPORTED",
      `ConvTranspose "${nodeLabel(node)}" derives its padding from dims known only at run time. Export it with explicit pads, or with a fixed input size.`,
      { details: { node: nodeLabel(node) } },
    );
  }
  const smaller = totals.map((total) => Math.floor(total! / 2));
  const larger = totals.map((total) => Math.ceil(total! / 2));
  return { ...base, pads: autoPad === "SAME_UPPER" ? { begin: smaller, end: larger } : { begin: larger, end: smaller } };
}

function totalPadding(stride: number, span: number, outputPadding: number, input: number | null, output: number | null, fixedShape: boolean): number | null {
  if (!fixedShape) return Math.max(span + outputPadding - stride, 0);
  return input === null || output === null ? null : Math.max(stride * (input - 1) + outputPadding + span - output, 0);
}

/** Output padding of a stride or more lets the convolution see one window too many; they are cut off. */
export function cropToSize(g: GraphBuilder, dx: Value, x: Value, { outputPadding, strides }: TransposedWindows): Value {
  if (outputPadding.every((pad, axis) => pad < strides[axis]!)) return dx;
  const axes = spatialAxes(x);
  return g.slice(dx, g.ints(axes.map(() => 0)), g.op("Shape", [x], { start: 2 }), g.ints(axes));
}
