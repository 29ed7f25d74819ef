import { reducedAxes } from "../../formulas/reduced-axes.ts";
import type { KernelCall } from "../../tape/recording.ts";

const REDUCTIONS: ReadonlySet<string> = new Set(["Max", "Mean", "Min", "Prod", "Sum"]);

/** Whether a kernel brings values of different positions together. */
export function mixesPositions({ kernel, inputs, attrs, outputs }: KernelCall, axes: ReadonlyMap<number, number>): boolean {
  const live = Object.values(inputs).filter((input) => input.live);
  const { id, shape } = live[0]!;
  const channel = axes.get(id) ?? shape.length - 1;
  const arePositions = (of: readonly number[]): boolean => of.some((axis) => axis !== 0 && axis !== channel && shape[axis] !== 1);
  switch (kernel) {
    case "AvgPool":
    case "AvgPool3D":
    case "MaxPool":
    case "MaxPool3D":
      return true;
    case "Conv2D":
    case "Conv2DBackpropInput":
    case "Conv3D":
    case "DepthwiseConv2dNative":
    case "FusedConv2D":
    case "FusedDepthwiseConv2D":
      return inputs["filter"]!.shape.slice(0, -2).some((size) => size !== 1);
    case "BatchMatMul":
    case "_FusedMatMul":
      // A product of two values of the network joins positions; one with weights does where the axis that it sums over holds them.
      return inputs["a"]!.live && inputs["b"]!.live ? true : arePositions([inputs["a"]!.live ? summedAxis(shape, attrs["transposeA"]) : shape.length - 2]);
    case "Einsum":
      return live.length > 1 || arePositions(contractedAxes(String(attrs["equation"]), Object.values(inputs).indexOf(live[0]!)));
    case "Reshape":
      // A flatten: everything of a row on one axis. Where the channels stay apart, positions were only joined to the rows.
      return shape.length > 2 && outputs[0]!.shape.length <= 2 && outputs[0]!.shape.at(-1) !== shape[channel];
    case "Unpack":
      return outputs.length > 1 && Number(attrs["axis"]) !== channel;
    default:
      return REDUCTIONS.has(kernel) && arePositions(reducedAxes(attrs["reductionIndices"] ?? attrs["axis"], shape));
  }
}

function summedAxis({ length }: readonly number[], transposed: unknown): number {
  return length - (transposed === true ? 2 : 1);
}

/** Axes of an operand of "abc,cd->abd" that the result has not. */
function contractedAxes(equation: string, operand: number): readonly number[] {
  const [from = "", to = ""] = equation.replaceAll(/\s/g, "").split("->");
  const letters = [...(from.split(",")[operand] ?? "")];
  return letters.flatMap((letter, axis) => (to.includes(letter) ? [] : [axis]));
}
