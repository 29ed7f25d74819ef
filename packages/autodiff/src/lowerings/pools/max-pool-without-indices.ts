import { XDeepError } from "@xdeep/core";
import { Attributes, type GraphBuilder, type NodeProto, type Value } from "@xdeep/onnx";
import { type Windows, extent, knownDims, spatialAxes, spatialDims, windowsOf } from "../../formulas/windows/conv-geometry.ts";
import { padAround } from "../../formulas/windows/pad-spatially.ts";
import { maxPoolRule } from "../../rules/windows/max-pool.ts";
import { nodeLabel } from "../../graph/node-label.ts";
import type { Lowering } from "../../sweep/lowering.ts";
import { narrowConcat } from "../joins/narrow-joins.ts";

/**
 * MaxPool: y = max of x over the window;  x̄ = Σ ȳ over the windows whose first maximum is x.
 *
 * For engines whose MaxPool has no indices, such as ONNX Runtime on WebGPU: each position of the window is compared with the maximum in
 * turn, and the first that is equal takes the cotangent.
 */
export const maxPoolWithoutIndices: Lowering = {
  name: "max-pool-without-indices",
  rule: maxPoolRule,
  isNeeded: true,
  pullback: function maxPoolWithoutIndicesPullback({ g, node, attributes, input, output, cotangent }) {
    const x = input(0);
    const windows = windowsOf(attributes, attributes.ints("kernel_shape", []), spatialDims(x));
    if (windows.pads === null) throw unknownReach(node, windows.autoPad);
    const shares = firstMaxima(g, paddedBelow(g, x, windows), output(0), cotangent(0), windows);
    return [placed(g, shares, x, output(0), windows, node)];
  },
};

/** x with −∞ around it, as far as any window reaches. */
function paddedBelow(g: GraphBuilder, x: Value, windows: Windows): Value {
  const reach = windows.kernel.map((_, axis) => windows.pads!.end[axis]! + windows.strides[axis]! - 1);
  return padAround(g, x, windows.pads!.begin, reach, g.scalar(-Infinity, x));
}

/** For every position of the window the cotangents of those outputs whose first maximum it holds, in row-major order of positions. */
function firstMaxima(g: GraphBuilder, padded: Value, y: Value, dy: Value, windows: Windows): readonly Value[] {
  let found: Value | null = null;
  return Array.from(positionsOf(windows.kernel), (position) => {
    const equal = g.equal(seenFrom(g, padded, y, position, windows), y);
    const first: Value = found === null ? equal : g.and(equal, g.not(found));
    found = found === null ? equal : g.or(found, equal);
    return g.keepWhere(first, dy);
  });
}

/** What every window has at one of its positions: [N, C, …output]. */
function seenFrom(g: GraphBuilder, padded: Value, y: Value, position: readonly number[], { strides, dilations }: Windows): Value {
  const starts = g.ints(position.map((offset, axis) => offset * dilations[axis]!));
  const spans = g.mul(g.op("Shape", [y], { start: 2 }), g.ints(strides));
  return g.slice(padded, starts, g.add(starts, spans), g.ints(spatialAxes(y)), g.ints(strides));
}

/** Adds the shares up where they come from. Col2Im wants two spatial axes, so that a single one gets company. */
function placed(g: GraphBuilder, shares: readonly Value[], x: Value, y: Value, { kernel, strides, dilations, pads }: Windows, node: NodeProto): Value {
  const single = kernel.length === 1 ? [1] : [];
  const zero = single.map(() => 0);
  const flat = shares.map((share) => g.unsqueeze(g.reshape(share, g.ints([0, 0, -1])), [2]));
  const columns = g.reshape(narrowConcat(g, flat, 2), g.concat([g.ints([0, -1]), g.dimOf(flat[0] as Value, 3)], 0));
  const sizes = g.op("Shape", [x], { start: 2 });
  const image = g.op("Col2Im", [columns, single.length === 0 ? sizes : g.concat([g.ints(single), sizes], 0), g.ints([...single, ...kernel])], {
    strides: [...single, ...strides],
    dilations: [...single, ...dilations],
    pads: [...zero, ...pads!.begin, ...zero, ...reachBehind(x, y, { kernel, strides, dilations, pads }, node)],
  });
  return single.length === 0 ? image : g.squeeze(image, [2]);
}

/** Padding behind each axis, as far as the last window reaches: with ceil_mode farther than the node's own padding. */
function reachBehind(x: Value, y: Value, windows: Pick<Windows, "kernel" | "strides" | "dilations" | "pads">, node: NodeProto): readonly number[] {
  const pads = windows.pads!;
  if (new Attributes(node).int("ceil_mode", 0) === 0) return pads.end;
  const [inputs, outputs] = [knownDims(spatialDims(x)), knownDims(spatialDims(y))];
  if (inputs === null || outputs === null) throw unknownReach(node, "ceil_mode");
  return pads.end.map((pad, axis) => Math.max(pad, (outputs[axis]! - 1) * windows.strides[axis]! + extent(windows, axis) - inputs[axis]! - pads.begin[axis]!));
}

function unknownReach(node: NodeProto, cause: string): XDeepError {
  return new XDeepError(
    "MODEL_UNSUPPORTED",
    `MaxPool "${nodeLabel(node)}" has ${cause} on dims known only at run time, and this engine has no MaxPool indices. Load the model with a fixed input size, or without useGpu.`,
    {
      details: { node: nodeLabel(node) },
    },
  );
}

/** Row-major, one after the other: whoever writes nodes for each ends at their limit. */
function* positionsOf([size, ...inner]: readonly number[]): Generator<readonly number[]> {
  if (size === undefined) yield [];
  else for (let i = 0; i < size; i++) for (const rest of positionsOf(inner)) yield [i, ...rest];
}
