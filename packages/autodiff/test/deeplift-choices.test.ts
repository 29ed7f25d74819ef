import { createNoise } from "@xdeep/core/method";
import { type GraphProto, type ModelProto, type NodeProto, float, graphProto, modelProto, nodeProto, tensorProto, valueInfoProto } from "@xdeep/onnx";
import { describe, expect, it } from "vitest";
import { floats, total, twoRunModel, twoRuns } from "./two-runs.ts";

const random = createNoise(8).next(48);

describe("DeepLIFT of TopK", () => {
  const topK = (k: number, dims: readonly number[], attributes: Readonly<Record<string, number>> = {}): ModelProto =>
    twoRunModel([nodeProto("TopK", ["x", "k"], ["y", "places"], attributes)], { x: dims }, { k: [k] });

  it.each([
    ["the largest", 3, {}],
    ["the smallest", 4, { largest: 0 }],
    ["another axis", 2, { axis: 0 }],
    ["all of them, sorted", 6, { axis: 1 }],
  ] as const)("adds up: %s", (_, k, attributes) => {
    const [x, reference] = [random.subarray(0, 18), random.subarray(18, 36)];
    for (const baseline of [reference, x.map(() => 0), x.map((value, i) => (i % 2 === 0 ? value : -value))]) {
      const count = (18 / ("axis" in attributes && attributes.axis === 0 ? 3 : 6)) * k;
      const runs = twoRuns(topK(k, [3, 6], attributes), { x: floats([3, 6], x) }, { x: floats([3, 6], baseline) }, [...random.subarray(12, 12 + count)]);
      const size = runs.relevance["x"]!.reduce((sum, value) => sum + Math.abs(value), 0);
      expect(size).toBeGreaterThan(0);
      expect(Math.abs(total(runs) - runs.change)).toBeLessThan(1e-9 * size);
    }
  });

  it("is ReduceMax for one value, and ReduceMin for the smallest", () => {
    const [x, reference] = [floats([6], random.subarray(0, 6)), floats([6], random.subarray(6, 12))];
    for (const [largest, op] of [
      [1, "ReduceMax"],
      [0, "ReduceMin"],
    ] as const)
      for (const [a, b] of [
        [x, reference],
        [reference, x],
      ] as const) {
        const expected = twoRuns(twoRunModel([nodeProto(op, ["x"], ["y"], { keepdims: 1 })], { x: [6] }), { x: a }, { x: b }).relevance["x"]!;
        const found = twoRuns(topK(1, [6], { largest }), { x: a }, { x: b }).relevance["x"]!;
        expected.forEach((value, i) => expect(found[i]).toBeCloseTo(value, 12));
      }
  });

  it("gives the sum of the two largest to the entries that make it, where a third overtakes them at x′", () => {
    // y = [3, 2], y′ = [4, 3]: the sum falls from 7 to 5, and the set of x′, entries 2 and 0, takes that by its own changes: −3 and 0.
    const runs = twoRuns(topK(2, [3]), { x: floats([3], [3, 2, 1]) }, { x: floats([3], [3, 2, 4]) });
    expect(runs.relevance["x"]).toEqual([0, 0, -2]);
  });

  it("is no larger than the changes themselves, whatever cancels among them", () => {
    const { relevance } = twoRuns(topK(2, [4]), { x: floats([4], [2, 1, 0, 0]) }, { x: floats([4], [1, 2, 1e-9, 0]) });
    expect(Math.max(...relevance["x"]!.map(Math.abs))).toBeLessThanOrEqual(1);
  });

  it("of equal entries is finite, and zero where both runs are the same", () => {
    expect(twoRuns(topK(2, [3]), { x: floats([3], [5, 5, 5]) }, { x: floats([3], [5, 5, 5]) }).relevance["x"]).toEqual([0, 0, 0]);
    expect(twoRuns(topK(2, [3]), { x: floats([3], [5, 5, 5]) }, { x: floats([3], [0, 0, 0]) }).relevance["x"]).toEqual([5, 5, 0]);
  });

  it("is refused where values are not sorted", () => {
    expect(() => twoRuns(topK(2, [3], { sorted: 0 }), {}, {}, undefined, ["x"])).toThrow(/not sorted/);
  });
});

describe("DeepLIFT of a division without NaN", () => {
  const model = modelProto({
    nodes: [nodeProto("Equal", ["b", "zero"], ["none"]), nodeProto("Div", ["a", "b"], ["q"]), nodeProto("Where", ["none", "zero", "q"], ["y"])],
    inputs: ["a", "b"].map((name) => valueInfoProto(name, "float32", [4])),
    outputs: [valueInfoProto("y", "float32", [4])],
    initializers: [tensorProto("zero", { type: "float32", dims: [], data: Float32Array.of(0) })],
  });
  const quotients = { a: floats([4], [3, 0, 2, 5]), b: floats([4], [2, 0, 0, 4]) };
  const others = { a: floats([4], [0, 0, 3, 1]), b: floats([4], [0, 0, 5, 2]) };

  it.each([
    ["from", quotients, others, [0.75, 0, -0.1, 1.5], [0.75, 0, -0.5, -0.75]],
    ["to", others, quotients, [-0.75, 0, 0.1, -1.5], [-0.75, 0, 0.5, 0.75]],
  ])("adds up %s quotients by 0, which are 0 there", (_, x, reference, a, b) => {
    const runs = twoRuns(model, x, reference);
    a.forEach((value, i) => expect(runs.relevance["a"]![i]).toBeCloseTo(value, 12));
    b.forEach((value, i) => expect(runs.relevance["b"]![i]).toBeCloseTo(value, 12));
    expect(total(runs)).toBeCloseTo(runs.change, 12);
  });
});

describe("DeepLIFT of Max and Min", () => {
  it.each([
    ["Max", -Infinity],
    ["Min", Infinity],
  ] as const)("of %s with %d alone leaves everything to the other operand, as where reductions of JAX begin", (op, bound) => {
    const nodes = (operands: readonly string[]): ModelProto =>
      twoRunModel([nodeProto("Constant", [], ["bound"], { value_float: float(bound) }), nodeProto(op, operands, ["y"])], { x: [3], z: [3] });
    const feeds = (values: readonly number[]): Parameters<typeof twoRuns>[1] => ({ x: floats([3], values), z: floats([3], [1, 0, -1]) });
    const [x, reference] = [feeds([2, -1, 0.5]), feeds([0, 0, 0.5])];
    expect(twoRuns(nodes(["x", "bound"]), x, reference).relevance["x"]).toEqual([2, -1, 0]);
    expect(twoRuns(nodes(["bound", "x", "z"]), x, reference).relevance["x"]).toEqual(twoRuns(nodes(["x", "z"]), x, reference).relevance["x"]);
  });
});

describe("DeepLIFT of If", () => {
  const branch = (nodes: readonly NodeProto[], output: string): GraphProto =>
    graphProto({ nodes, inputs: [], outputs: [valueInfoProto(output, "float32", null)] });
  const branches = {
    then_branch: branch(
      [
        nodeProto("Mul", ["x", "z"], ["p"]),
        nodeProto("Relu", ["p"], ["r"]),
        nodeProto("ReduceProd", ["r", "last"], ["q"], { keepdims: 1 }),
        nodeProto("Add", ["q", "r"], ["a"]),
      ],
      "a",
    ),
    else_branch: branch([nodeProto("Sigmoid", ["z"], ["s"]), nodeProto("Mul", ["s", "x"], ["b"])], "b"),
  };
  /** Takes the first branch where the batch has two rows, which is known at run time only. */
  const byRows = (taken: typeof branches = branches): ModelProto =>
    twoRunModel(
      [
        nodeProto("Tanh", ["x"], ["z"]),
        nodeProto("Shape", ["x"], ["shape"], { end: 1 }),
        nodeProto("Equal", ["shape", "two"], ["c"]),
        nodeProto("If", ["c"], ["y"], taken),
      ],
      { x: [null, 3] },
      { two: [2], last: [1] },
    );

  it.each([1, 2])("adds up through the branch that both runs take: %s rows", (rows) => {
    const dims = [rows, 3];
    const runs = twoRuns(byRows(), { x: floats(dims, random.subarray(0, 3 * rows)) }, { x: floats(dims, random.subarray(6, 6 + 3 * rows)) }, [
      ...random.subarray(30, 30 + 3 * rows),
    ]);
    const size = runs.relevance["x"]!.reduce((sum, value) => sum + Math.abs(value), 0);
    expect(Math.abs(total(runs) - runs.change)).toBeLessThan(1e-6 * size);
    expect(runs.notes).toEqual([]);
  });

  it("says so where a branch jumps, and refuses there what it refuses elsewhere", () => {
    const x = { x: floats([1, 3], [1, 2, 3]) };
    const picked = branch([nodeProto("ArgMax", ["z"], ["i"], { axis: 1 }), nodeProto("GatherElements", ["x", "i"], ["g"], { axis: 1 })], "g");
    expect(twoRuns(byRows({ ...branches, else_branch: picked }), x, x).notes.join()).toMatch(/jumps[^]*before .*g is in/);
    const unsorted = branch([nodeProto("TopK", ["z", "two"], ["t", ""], { sorted: 0 })], "t");
    expect(() => twoRuns(byRows({ ...branches, else_branch: unsorted }), x, x)).toThrow(/not sorted/);
  });

  it("is refused where the condition depends on the input", () => {
    const model = twoRunModel(
      [
        nodeProto("Tanh", ["x"], ["z"]),
        nodeProto("ReduceSum", ["x"], ["sum"], { keepdims: 0 }),
        nodeProto("Cast", ["sum"], ["c"], { to: 9 }),
        nodeProto("If", ["c"], ["y"], branches),
      ],
      { x: [2, 3] },
      { last: [1] },
    );
    expect(() => twoRuns(model, {}, {}, undefined, ["x"])).toThrow(/condition depends on what is explained/);
  });
});
