import { float } from "../graphs/node.ts";
import type { OpsetConverter } from "./converter.ts";
import type { OldNode } from "./old-node.ts";

/** The axis had a default until opset 3. */
export const concatConverter: OpsetConverter = {
  ops: ["Concat"],
  below: 4,
  convert: (node) => node.rewrite({ set: { axis: node.attributes.int("axis", 1) } }),
};

/** The addend was broadcast on request only. */
export const gemmConverter: OpsetConverter = { ops: ["Gemm"], below: 7, convert: (node) => node.rewrite({ remove: ["broadcast"] }) };

/** Outputs are asked for by name alone. */
export const recurrentConverter: OpsetConverter = {
  ops: ["GRU", "LSTM", "RNN"],
  below: 7,
  convert: (node) => node.rewrite({ remove: ["output_sequence"] }),
};

/** The defaults gained digits. */
export const seluConverter: OpsetConverter = {
  ops: ["Selu"],
  below: 6,
  convert: (node) => node.rewrite({ set: { alpha: float(node.attributes.float("alpha", 1.6732)), gamma: float(node.attributes.float("gamma", 1.0507)) } }),
};

/** The exponent became an integer. */
export const lpPoolConverter: OpsetConverter = {
  ops: ["GlobalLpPool", "LpPool"],
  below: 2,
  convert: (node) => {
    const p = node.attributes.float("p", 2);
    if (!Number.isInteger(p)) throw node.refusal(`its exponent ${p} is no integer`);
    node.rewrite({ set: { p } });
  },
};

/** Coordinates were not shifted by half a pixel; since opset 16 they are unless told otherwise. */
export const roiAlignConverter: OpsetConverter = {
  ops: ["RoiAlign"],
  below: 16,
  convert: (node) => node.rewrite({ set: { coordinate_transformation_mode: "output_half_pixel" } }),
};

function refuse(reason: string): (node: OldNode) => void {
  return (node) => {
    throw node.refusal(reason);
  };
}

/** Had a batch axis of its own, with a length per sample. */
export const scanConverter: OpsetConverter = { ops: ["Scan"], below: 9, convert: refuse("it scans every sample of a batch to a length of its own") };

/** Repeated one axis only, named by an input. */
export const tileConverter: OpsetConverter = { ops: ["Tile"], below: 6, convert: refuse("its axis is an input") };
