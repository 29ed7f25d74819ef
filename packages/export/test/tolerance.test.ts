import { type Explainer, type FloatTensor, type Input, type Model, type Tensor, float32 } from "@xdeep/core";
import { Backprop } from "@xdeep/guided";
import { type IntegratedOptions, integrated } from "@xdeep/integrated";
import { modelProto, nodeProto, readModel, tensorProto, valueInfoProto } from "@xdeep/onnx";
import { loadModel } from "@xdeep/onnxruntime";
import { smooth } from "@xdeep/smooth";
import { afterAll, describe, expect, it } from "vitest";

import { type ExportOptions, exportExplainer } from "../src/index.ts";
import { convNet, feedsOf, pairs, pictures, placesNet, tokenNet, tokens, twoInputs } from "./networks.ts";
import { relativeError, runEach, runFile } from "./run-file.ts";

const [conv, text, two, spread, jumps] = await Promise.all([convNet(), tokenNet(), twoInputs(), placesNet(), jumpingNet()].map((proto) => loadModel(proto)));
afterAll(() => Promise.all([conv!, text!, two!, spread!, jumps!].map((model) => model.dispose())));

/** Rows [N, 2] to [N, 1]: x₁³ − x₁ + 2 ⌊4 x₂⌋ + 3 relu(x₂ − 1/π). */
function jumpingNet(): ReturnType<typeof modelProto> {
  const floats = (name: string, ...data: number[]): ReturnType<typeof tensorProto> =>
    tensorProto(name, { type: "float32", dims: data.length === 1 ? [] : [2, 1], data: Float32Array.from(data) });
  return modelProto({
    inputs: [valueInfoProto("x", "float32", ["N", 2])],
    outputs: [valueInfoProto("y", "float32", null)],
    initializers: [floats("first", 1, 0), floats("second", 0, 1), floats("four", 4), floats("two", 2), floats("three", 3), floats("kink", 1 / Math.PI)],
    nodes: [
      nodeProto("MatMul", ["x", "first"], ["x1"]),
      nodeProto("MatMul", ["x", "second"], ["x2"]),
      nodeProto("Mul", ["x1", "x1"], ["squared"]),
      nodeProto("Mul", ["squared", "x1"], ["cubed"]),
      nodeProto("Sub", ["cubed", "x1"], ["curve"]),
      nodeProto("Mul", ["x2", "four"], ["scaled"]),
      nodeProto("Floor", ["scaled"], ["steps"]),
      nodeProto("Mul", ["steps", "two"], ["jump"]),
      nodeProto("Sub", ["x2", "kink"], ["moved"]),
      nodeProto("Relu", ["moved"], ["bent"]),
      nodeProto("Mul", ["bent", "three"], ["ramp"]),
      nodeProto("Sum", ["curve", "jump", "ramp"], ["y"]),
    ],
  });
}

interface Found {
  /** By output. */
  readonly values: Readonly<Record<string, Float32Array>>;
  readonly points: readonly number[];
  readonly delta: readonly number[];
}

const toTolerance = (model: Model, options: IntegratedOptions = {}): Explainer => integrated(new Backprop(model), options);

async function run(model: Model, explainer: Explainer, input: Input, options: ExportOptions = {}, more: Readonly<Record<string, Tensor>> = {}): Promise<Found> {
  const bytes = await exportExplainer(model, explainer.method, { profile: "server", ...options });
  const found = await runFile(bytes, {
    ...feedsOf(
      model.inputs.map(({ name }) => name),
      input,
    ),
    ...more,
  });
  return {
    values: Object.fromEntries(Object.entries(found).map(([name, { data }]) => [name, data as Float32Array])),
    points: [...((found["points"]?.data ?? []) as BigInt64Array)].map(Number),
    delta: [...((found["convergence_delta"]?.data ?? []) as Float32Array)],
  };
}

const rowOf = (values: ArrayLike<number>, row: number, rows: number): readonly number[] => {
  const size = values.length / rows;
  return Array.from({ length: size }, (_, i) => values[row * size + i]!);
};

/** F(x) − F(x′) by the API's attributions. */
const differences = ({ data }: FloatTensor, delta: Float32Array, rows: number): readonly number[] =>
  Array.from({ length: rows }, (_, row) => rowOf(data, row, rows).reduce((sum, value) => sum + value, 0) - delta[row]!);

describe("in the server profile points are taken until each row's delta is within the tolerance", () => {
  it("and the more is asked for, the more are taken, and the nearer comes the integral", async () => {
    const exact = await toTolerance(conv!, { n: 200 }).explain(pictures(3));
    const change = differences(exact.values as FloatTensor, exact.convergenceDelta!, 3);
    let before: Found | undefined;
    const errors: number[] = [];
    for (const share of [0.1, 0.01, 0.001]) {
      const found = await run(conv!, toTolerance(conv!, { relativeTolerance: share, maxSteps: 255 }), pictures(3));
      found.delta.forEach((delta, row) => expect(Math.abs(delta)).toBeLessThan(share * Math.abs(change[row]!) + 1e-5));
      before?.points.forEach((points, row) => expect(found.points[row]).toBeGreaterThanOrEqual(points));
      errors.push(relativeError(found.values["attribution"]!, exact.values.data));
      before = found;
    }
    expect(new Set(before!.points).size).toBeGreaterThan(1);
    expect(Math.max(...before!.points)).toBeGreaterThan(31);
    expect(errors[0]).toBeLessThan(0.06);
    expect(errors[2]).toBeLessThan(Math.min(0.01, errors[0]!));
  });

  it.each<[string, Model, Input, IntegratedOptions, ExportOptions]>([
    ["of tokens", text!, tokens(3), {}, { wrt: ["embedded"] }],
    ["from the embedding of a token", text!, tokens(3), { baseline: { ids: 1 } }, { wrt: ["embedded"] }],
    ["of two inputs from two baselines", two!, pairs(3), { baseline: [0, 0.5] }, {}],
    ["not multiplied", two!, pairs(3), { multiplyByInputs: false }, {}],
    ["of the highest of some entries, another in each row", spread!, pictures(3), {}, { target: { max: [null, 3, null] } }],
    [
      "of a difference of two classes",
      text!,
      tokens(3),
      {},
      {
        wrt: ["embedded"],
        target: {
          terms: [
            { index: 0, weight: 1 },
            { index: 1, weight: -1 },
          ],
        },
      },
    ],
  ])("%s it agrees with the API within the tolerance", async (_, model, input, given, options) => {
    const explainer = toTolerance(model, { ...given, relativeTolerance: 1e-3 });
    const found = await run(model, explainer, input, options);
    const { values, convergenceDelta } = await explainer.explain(input, { wrt: options.wrt, target: options.target });
    const named =
      "data" in values ? { attribution: values } : Object.fromEntries(Object.entries(values).map(([name, value]) => [`attribution_${name}`, value]));
    for (const [name, { data }] of Object.entries(named as Readonly<Record<string, FloatTensor>>)) {
      const own = found.values[name] ?? found.values["attribution"]!;
      expect(relativeError(own, data)).toBeLessThan(2e-3);
    }
    expect(found.delta.length).toBe(convergenceDelta === undefined ? 0 : 3);
  });

  it("with a target for each row, and inside SmoothGrad", async () => {
    const wanted: Tensor = { type: "int64", dims: [3], data: BigInt64Array.of(1n, -1n, 2n) };
    const explainer = toTolerance(two!, { relativeTolerance: 1e-3 });
    const found = await run(two!, explainer, pairs(3), { targetInput: true }, { target_entry: wanted });
    const { values } = await explainer.explain(pairs(3), { target: [1, null, 2] });
    expect(relativeError(found.values["attribution_a"]!, (values as Readonly<Record<string, FloatTensor>>)["a"]!.data)).toBeLessThan(2e-3);
    const noisy = smooth(explainer, { n: 3 });
    const smoothed = await run(two!, noisy, pairs(3));
    expect(smoothed.points).toEqual([]);
    const expected = (await noisy.explain(pairs(3))).values as Readonly<Record<string, FloatTensor>>;
    expect(relativeError(smoothed.values["attribution_b"]!, expected["b"]!.data)).toBeLessThan(2e-3);
  });
});

describe("a row takes what it needs, whatever lies beside it", () => {
  // A cubic, a kink, a row at the baseline, a closed way, one that jumps, and no number.
  const ROWS = [
    [1.5, 0],
    [0.2, 0.24],
    [0, 0],
    [1, 0],
    [0.5, 0.9],
    [Number.NaN, 0],
  ];
  const rows = float32([6, 2], Float32Array.from(ROWS.flat()));
  const explainer = toTolerance(jumps!, { relativeTolerance: 0.01, maxSteps: 63 });
  const kinked = float32([1, 2], Float32Array.of(0.2, 0.9));

  it("easy ones 7 points, those that never get there all that are allowed, and none that are no numbers", async () => {
    const { points, delta, values } = await run(jumps!, explainer, rows);
    expect(points).toEqual([7, 7, 7, 7, 63, 7]);
    // 2 ⌊4 · 0.9⌋ has no gradient, and the delta says so.
    expect(delta[4]).toBeCloseTo(-6, 1);
    expect(delta[5]).toBeNaN();
    expect(delta.slice(0, 4).every((value) => Math.abs(value) < 1e-6)).toBe(true);
    // At the baseline, and where F(x) = F(x′) all that goes up comes down again.
    expect([...values["attribution"]!.subarray(4, 8)].every((value) => Math.abs(value) < 1e-6)).toBe(true);
    expect(values["attribution"]![0]).toBeCloseTo(1.5 ** 3 - 1.5, 5);
    expect(values["attribution"]![10]).toBeNaN();
  });

  it("the same alone as in a batch, and with one point at a time as with sixteen", async () => {
    const all = await run(jumps!, explainer, rows);
    const single = await run(jumps!, explainer, rows, { maxPoints: 1 });
    expect(single.points).toEqual(all.points);
    expect(relativeError(single.values["attribution"]!.subarray(0, 10), all.values["attribution"]!.subarray(0, 10))).toBeLessThan(1e-6);
    const apart = ROWS.slice(0, 5).map((entries) => ({ x: float32([1, 2], Float32Array.from(entries)) }));
    const alone = await runEach(await exportExplainer(jumps!, explainer.method, { profile: "server" }), apart);
    for (const [row, { points, attribution }] of alone.entries()) {
      expect([...(points!.data as BigInt64Array)].map(Number)).toEqual([all.points[row]]);
      expect(relativeError(attribution!.data as Float32Array, rowOf(all.values["attribution"]!, row, 6))).toBeLessThan(1e-6);
    }
  });

  it("as many as a tolerance in units of the score asks for, or fewer where both are given and the share is larger", async () => {
    const pointsOf = async (options: IntegratedOptions): Promise<number> =>
      (await run(jumps!, toTolerance(jumps!, { maxSteps: 255, ...options }), kinked)).points[0]!;
    const [tight, loose] = [await pointsOf({ tolerance: 6.0002 }), await pointsOf({ tolerance: 6.5 })];
    expect(loose).toBeLessThan(tight);
    expect(await pointsOf({ tolerance: 1e-3, relativeTolerance: 0.9 })).toBe(loose);
  });
});

it("the description in the file names its rule, and the portable profile says what to do instead", async () => {
  const { method } = smooth(toTolerance(two!, { relativeTolerance: 0.05, maxSteps: 40 }), { n: 2 });
  const { metadataProps, graph } = readModel(await exportExplainer(two!, method, { profile: "server" }));
  const described = JSON.parse(metadataProps.find(({ key }) => key === "xdeep.method")!.value) as typeof method;
  expect(described.of!.parameters).toEqual({ ...method.of!.parameters, quadrature: "nested-fejer", levels: [3, 7, 15, 31] });
  expect(graph!.node.filter(({ opType }) => opType === "Loop")).toHaveLength(1);
  await expect(exportExplainer(two!, method)).rejects.toMatchObject({
    code: "OPTION_INVALID",
    message: expect.stringMatching(/a tolerance.*Loop.*no control flow.*n: 8.*profile: "server"/) as string,
  });
});
