import { type Tensor, concat, reshape, slice, stack, util, zeros } from "@tensorflow/tfjs-core";

import type { GradientRule, PullbackCall } from "../gradient-rule.ts";

/** Concat: x̄ᵢ is the part of ȳ that came from xᵢ. */
export const concatRule: GradientRule = {
  kernel: "Concat",
  needs: { "*": [] },
  pullback: ({ dy, attrs, shapes, wants }) => {
    const axis = util.parseAxisParam(attrs["axis"] as number, dy.shape)[0]!;
    let offset = 0;
    return Object.fromEntries(
      Object.entries(shapes).flatMap(([name, shape]) => {
        const begin = shape.map((_, i) => (i === axis ? offset : 0));
        offset += shape[axis]!;
        return wants(name) ? [[name, slice(dy, begin, [...shape])] as const] : [];
      }),
    );
  },
};

/** Pack: xᵢ stacked along a new axis;  x̄ᵢ is the i-th layer of ȳ. */
export const packRule: GradientRule = {
  kernel: "Pack",
  needs: { "*": [] },
  pullback: ({ dy, attrs, wants, shapes }) => {
    const axis = util.parseAxisParam(attrs["axis"] as number, dy.shape)[0]!;
    return Object.fromEntries(
      Object.keys(shapes).flatMap((name, i) => {
        if (!wants(name)) return [];
        const begin = dy.shape.map((_, j) => (j === axis ? i : 0));
        return [[name, layerOf(dy, begin, axis)] as const];
      }),
    );
  },
};

/** SplitV: x̄ joins the cotangents of the parts; a part that leads nowhere has zeros. */
export const splitVRule: GradientRule = {
  kernel: "SplitV",
  needs: { x: [] },
  pullback: (call) => ({ x: concat(filled(call), util.parseAxisParam(call.attrs["axis"] as number, [...call.shapes["x"]!])[0]) }),
};

/** Unpack: x̄ stacks the cotangents of the layers; a layer that leads nowhere has zeros. */
export const unpackRule: GradientRule = {
  kernel: "Unpack",
  needs: { value: [] },
  pullback: (call) => ({ value: stack(filled(call), util.parseAxisParam(call.attrs["axis"] as number, [...call.shapes["value"]!])[0]) }),
};

function layerOf(dy: Tensor, begin: readonly number[], axis: number): Tensor {
  const size = dy.shape.map((dim, i) => (i === axis ? 1 : dim));
  return reshape(
    slice(dy, [...begin], size),
    dy.shape.filter((_, i) => i !== axis),
  );
}

function filled({ dys, outputShapes }: PullbackCall): Tensor[] {
  return dys.map((dy, i) => dy ?? zeros([...outputShapes[i]!]));
}
