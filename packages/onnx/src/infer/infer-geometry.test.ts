import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type OneNode, floats, ints, of, oneNodeModel, outputNames, x, zeroFeeds } from "../../test/one-node-model.ts";
import { runModel } from "../../test/run-model.ts";
import type { Dim, ModelProto } from "../index.ts";
import { inferGraph } from "./infer-graph.ts";
import { substituteDim } from "./substitute-dim.ts";

const SEED = 20260802;

/** Per spatial axis: input size, kernel, stride, dilation, and pads before and after. */
const axis = fc.record({
  size: fc.integer({ min: 1, max: 12 }),
  kernel: fc.integer({ min: 1, max: 4 }),
  stride: fc.integer({ min: 1, max: 3 }),
  dilation: fc.integer({ min: 1, max: 2 }),
  before: fc.integer({ min: 0, max: 2 }),
  after: fc.integer({ min: 0, max: 2 }),
});
type Axis = typeof axis extends fc.Arbitrary<infer T> ? T : never;

const window = fc.record({
  axes: fc.array(axis, { minLength: 1, maxLength: 2 }),
  autoPad: fc.constantFrom("NOTSET", "NOTSET", "SAME_UPPER", "SAME_LOWER", "VALID"),
  group: fc.integer({ min: 1, max: 2 }),
  ceil: fc.integer({ min: 0, max: 1 }),
  opset: fc.constantFrom(18, 20, 22),
});

const convolutions: fc.Arbitrary<OneNode> = window.map(({ axes, autoPad, group, opset }) => ({
  op: "Conv",
  inputs: [x(2, 2 * group, ...axes.map(({ size }) => size)), x(3 * group, 2, ...axes.map(({ kernel }) => kernel))],
  attributes: { group, ...windowAttributes(axes, autoPad) },
  opset,
}));

const transposedConvolutions: fc.Arbitrary<OneNode> = window.map(({ axes, autoPad, group, opset }) => ({
  op: "ConvTranspose",
  inputs: [x(2, 2 * group, ...axes.map(({ size }) => size)), x(2 * group, 3, ...axes.map(({ kernel }) => kernel))],
  attributes: { group, output_padding: axes.map(({ stride, before }) => Math.min(before, stride - 1)), ...windowAttributes(axes, autoPad) },
  opset,
}));

const pools: fc.Arbitrary<OneNode> = fc.tuple(window, fc.constantFrom("MaxPool", "LpPool", "AveragePool")).map(([{ axes, autoPad, ceil, opset }, op]) => {
  const fitting = axes.map((one) => ({ ...one, before: Math.min(one.before, one.kernel - 1), after: Math.min(one.after, one.kernel - 1) }));
  const { dilations, ...attributes } = windowAttributes(fitting, autoPad);
  const dilated = op === "AveragePool" ? {} : { dilations };
  return {
    op,
    inputs: [x(1, 2, ...axes.map(({ size }) => size))],
    attributes: { ...attributes, ...dilated, kernel_shape: axes.map(({ kernel }) => kernel), ceil_mode: ceil },
    opset,
  };
});

const broadcasts: fc.Arbitrary<OneNode> = fc
  .tuple(
    fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 4 }),
    fc.array(fc.boolean(), { minLength: 12, maxLength: 12 }),
    fc.array(fc.nat(4), { minLength: 3, maxLength: 3 }),
  )
  .map(([dims, ones, cuts]) => {
    const operand = (index: number): readonly number[] => dims.map((dim, i) => (ones[index * 4 + i] === true ? 1 : dim)).slice(cuts[index]);
    return { op: "Where", inputs: [of("bool", ...operand(0)), x(...operand(1)), x(...operand(2))] };
  });

const slices: fc.Arbitrary<OneNode> = fc
  .array(
    fc.record({
      size: fc.integer({ min: 0, max: 6 }),
      start: fc.integer({ min: -8, max: 8 }),
      end: fc.integer({ min: -8, max: 8 }),
      step: fc.constantFrom(1, 1, 2, 3, -1, -2),
    }),
    { minLength: 1, maxLength: 3 },
  )
  .map((cuts) => ({
    op: "Slice",
    inputs: [
      x(...cuts.map(({ size }) => size)),
      ...(["start", "end"] as const).map((name) => ints(...cuts.map((cut) => cut[name]))),
      ints(...cuts.keys()),
      ints(...cuts.map(({ step }) => step)),
    ],
  }));

const resizes: fc.Arbitrary<OneNode> = fc
  .tuple(
    fc.tuple(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 40 })),
    fc.tuple(fc.float({ min: Math.fround(0.3), max: 3, noNaN: true }), fc.constantFrom(0.5, 1.5, 2, 0.75, 1 / 3)),
  )
  .filter(([sizes, scales]) => sizes.every((size, index) => size * (scales[index] as number) >= 1))
  .map(([sizes, scales]) => ({ op: "Resize", inputs: [x(1, 1, ...sizes), null, floats(1, 1, ...scales)] }));

describe.each([
  ["convolutions", convolutions],
  ["transposed convolutions", transposedConvolutions],
  ["pools", pools],
  ["broadcasts", broadcasts],
  ["slices", slices],
  ["resizes", resizes],
])("%s", (_, nodes) => {
  it("get the dims that ONNX Runtime computes, known or with symbols put in", async () => {
    await fc.assert(
      fc.asyncProperty(nodes, async (node) => {
        const real = await realDims(node);
        fc.pre(real !== null);
        expectNoContradiction(oneNodeModel(node), node, new Map(), real);
        if (isTooSmall(node)) return;
        const { model, sizes } = symbolicModel(node);
        expectNoContradiction(model, node, sizes, real);
      }),
      { seed: SEED, numRuns: 150 },
    );
  });

  it("are known in nearly all cases", () => {
    const sample = fc.sample(nodes, { seed: SEED, numRuns: 150 }).filter((node) => !isTooSmall(node));
    const known = sample.filter((node) =>
      outputNames(node).every((name) =>
        inferGraph(oneNodeModel(node))
          .get(name)
          ?.dims?.every((dim) => typeof dim === "number"),
      ),
    );
    expect(known.length / sample.length).toBeGreaterThan(0.85);
  });
});

function windowAttributes(axes: readonly Axis[], autoPad: string): Record<string, readonly number[] | string> {
  const strides = axes.map(({ stride }) => stride);
  const dilations = axes.map(({ dilation }) => (autoPad === "NOTSET" ? dilation : 1));
  if (autoPad !== "NOTSET") return { strides, dilations, auto_pad: autoPad };
  return { strides, dilations, pads: [...axes.map(({ before }) => before), ...axes.map(({ after }) => after)] };
}

/** Dims of the outputs, or null where ONNX Runtime refuses the node. */
async function realDims(node: OneNode): Promise<readonly (readonly number[])[] | null> {
  try {
    const outputs = await runModel(oneNodeModel(node), zeroFeeds(node));
    return outputNames(node).map((name) => outputs[name]?.dims ?? []);
  } catch {
    return null;
  }
}

/** The model with a symbol for every size of its first input. */
function symbolicModel(node: OneNode): { model: ModelProto; sizes: ReadonlyMap<string, number> } {
  const sizes = new Map(node.inputs[0]?.dims.map((dim, index) => [`D${index}`, dim]));
  return { model: oneNodeModel(node, (index, given) => (index === 0 ? [...sizes.keys()] : given)), sizes };
}

function expectNoContradiction(model: ModelProto, node: OneNode, sizes: ReadonlyMap<string, number>, real: readonly (readonly number[])[]): void {
  const facts = inferGraph(model);
  outputNames(node).forEach((name, index) => {
    const dims = facts.get(name)?.dims ?? [];
    expect(dims.length).toBe(real[index]?.length);
    // What stays symbolic is open, and cannot be wrong.
    expect(dims.map((dim, at) => numberOr(substituteDim(dim, sizes), real[index]?.[at]))).toEqual(real[index]);
  });
}

function numberOr(dim: Dim, fallback: number | undefined): number | undefined {
  return typeof dim === "number" ? dim : fallback;
}

/** Windows that do not fit into their input, padding included: what they yield differs from engine to engine. */
function isTooSmall({ op, inputs, attributes = {} }: OneNode): boolean {
  if (!op.endsWith("Pool") && op !== "Conv") return false;
  const sizes = inputs[0]?.dims.slice(2) ?? [];
  const kernel = (attributes["kernel_shape"] ?? inputs[1]?.dims.slice(2)) as readonly number[];
  const dilations = (attributes["dilations"] ?? sizes.map(() => 1)) as readonly number[];
  const pads = (attributes["pads"] ?? [...sizes, ...sizes].map(() => 0)) as readonly number[];
  return sizes.some((size, at) => {
    const padded = size + (pads[at] as number) + (pads[at + sizes.length] as number);
    return padded < ((kernel[at] as number) - 1) * (dilations[at] as number) + 1;
  });
}
