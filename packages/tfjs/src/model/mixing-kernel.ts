import { util } from "@tensorflow/tfjs-core";

import { builtinRules } from "../gradients/builtin-rules.ts";
import type { KernelCall, Recording } from "../tape/recording.ts";

/**
 * A kernel of a run that may make rows of a batch depend on each other: the first that computes along the batch axis, or else the first whose
 * attributes do not tell. Null where every kernel is known to keep rows apart. Whether rows do depend on each other shows when two are run together.
 */
export function mixingKernel({ calls }: Recording, rows: number): string | null {
  const unclear = calls.filter((call) => !leadsWithRows(call, rows) || !keepsRows(call));
  return (unclear.find((call) => leadsWithRows(call, rows) && isKnown(call)) ?? unclear[0])?.kernel ?? null;
}

function leadsWithRows({ inputs, outputs }: KernelCall, rows: number): boolean {
  const live = Object.values(inputs).filter((input) => input.live);
  return [...live, ...outputs].every(({ shape }) => shape[0] === rows);
}

/** Kernels that move entries as their attributes say, or by values. */
const FREE: ReadonlySet<string> = new Set(["Einsum", "GatherNd", "ScatterNd", "TensorScatterUpdate"]);

function isKnown({ kernel, rule }: KernelCall): boolean {
  return rule !== undefined && builtinRules.get(kernel) === rule && !FREE.has(kernel);
}

function keepsRows(call: KernelCall): boolean {
  const { kernel, attrs, inputs } = call;
  if (!isKnown(call)) return false;
  const [{ shape }] = Object.values(inputs).filter(({ live }) => live) as [KernelCall["inputs"][string]];
  switch (kernel) {
    case "Max":
    case "Mean":
    case "Min":
    case "Prod":
    case "Sum":
      return !axesOf(attrs["reductionIndices"] ?? attrs["axis"], shape).includes(0);
    case "LogSoftmax":
    case "Softmax":
    case "TopK":
      return shape.length > 1;
    case "Concat":
    case "Cumprod":
    case "Cumsum":
    case "GatherV2":
    case "SplitV":
    case "Unpack":
      return !axesOf(attrs["axis"], shape).includes(0);
    case "Pack":
      return !axesOf(attrs["axis"], [1, ...shape]).includes(0);
    case "Reverse":
      return !axesOf(attrs["dims"], shape).includes(0);
    case "Transpose":
      return (attrs["perm"] as readonly number[])[0] === 0;
    case "BatchMatMul":
    case "_FusedMatMul":
      return shape.length > 2 || (inputs["a"]!.live && !inputs["b"]!.live && attrs["transposeA"] !== true);
    default:
      return true;
  }
}

function axesOf(axis: unknown, shape: readonly number[]): readonly number[] {
  return util.parseAxisParam((axis ?? shape.map((_, i) => i)) as number | number[], [...shape]);
}
