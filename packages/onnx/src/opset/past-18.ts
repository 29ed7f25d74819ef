import type { OpsetConverter } from "./converter.ts";

const GRID_MODES: Readonly<Record<string, string>> = { bilinear: "linear", bicubic: "cubic" };

/** Two modes were renamed. */
export const gridSampleConverter: OpsetConverter = {
  ops: ["GridSample"],
  below: 20,
  convert: (node) => {
    const mode = node.attributes.string("mode", "bilinear");
    node.rewrite({ set: { mode: Object.hasOwn(GRID_MODES, mode) ? GRID_MODES[mode] : mode } });
  },
};

/** The axis became an input, and its default another. */
export const dftConverter: OpsetConverter = {
  ops: ["DFT"],
  below: 20,
  convert: (node) => {
    const axis = node.constant("axis", { type: "int64", dims: [], data: BigInt64Array.of(BigInt(node.attributes.int("axis", 1))) });
    node.rewrite({ inputs: [node.input(0), node.input(1), axis], remove: ["axis"] });
  },
};

/** Scale and bias were per group; since opset 21 they are per channel. */
export const groupNormalizationConverter: OpsetConverter = {
  ops: ["GroupNormalization"],
  below: 21,
  convert: (node) => {
    const groups = node.int64s("groups", [node.attributes.int("num_groups", 1)]);
    const channels = node.emit("Shape", [node.input(0)], { start: 1, end: 2 });
    const size = node.emit("Concat", [groups, node.emit("Div", [channels, groups])], { axis: 0 });
    const perChannel = (index: number): string => {
      const column = node.emit("Unsqueeze", [node.input(index), node.int64s("axis", [1])]);
      return node.emit("Reshape", [node.emit("Expand", [column, size]), node.int64s("flat", [-1])]);
    };
    node.rewrite({ inputs: [node.input(0), perChannel(1), perChannel(2)] });
  },
};
