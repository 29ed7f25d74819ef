import { type GraphBuilder, type Value, numbersOf, rankOf } from "@xdeep/onnx";
import type { PullbackContext } from "../sweep/rule.ts";

/** One axis that a Resize changes. */
export interface ResizedAxis {
  readonly axis: number;
  /** Its size over the old one, where known. */
  readonly factor: number | null;
  /** Its new size or its scale, whichever the node gives, as a list of one. */
  readonly size: Value | null;
  readonly scale: Value | null;
  /** Start and end of the region of interest, in fractions of the axis. */
  readonly region: readonly [Value, Value] | null;
}

/** The axes that the node does not leave as they are. */
export function resizedAxes(context: PullbackContext): readonly ResizedAxis[] {
  const { g, attributes, input } = context;
  const x = input(0);
  const rank = rankOf(x);
  const axes = (attributes.ints("axes") ?? Array.from({ length: rank }, (_, axis) => axis)).map((axis) => (axis + rank) % rank);
  const [scales, sizes] = [listInput(context, 2), listInput(context, 3)];
  const crops = attributes.string("coordinate_transformation_mode", "half_pixel") === "tf_crop_and_resize";
  const roi = crops ? listInput(context, 1) : null;
  const keepsRatio = sizes !== null && attributes.string("keep_aspect_ratio_policy", "stretch") !== "stretch";
  return axes.flatMap((axis, i): readonly ResizedAxis[] => {
    const factor = keepsRatio ? null : factorOf(context, axis, i, scales);
    if (factor === 1 && !crops) return [];
    const region = roi === null ? null : ([element(g, roi, i), element(g, roi, i + axes.length)] as const);
    return [{ axis, factor, size: sizes === null ? null : element(g, sizes, i), scale: scales === null ? null : element(g, scales, i), region }];
  });
}

/** An input list; null where it is left out or has no elements, as old exporters write it. */
function listInput({ input, hasInput }: PullbackContext, i: number): Value | null {
  return hasInput(i) && input(i).facts.dims?.[0] !== 0 ? input(i) : null;
}

function element(g: GraphBuilder, list: Value, i: number): Value {
  return g.gather(list, g.ints([i]), 0);
}

function factorOf({ input, output }: PullbackContext, axis: number, i: number, scales: Value | null): number | null {
  if (scales !== null) return numbersOf(scales.facts)?.[i] ?? null;
  const [from, to] = [input(0).facts.dims?.[axis] ?? null, output(0).facts.dims?.[axis] ?? null];
  if (typeof from === "number" && typeof to === "number") return to / from;
  return from !== null && from === to ? 1 : null;
}
