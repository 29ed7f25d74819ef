import { type Attribution, type FloatTensor, type Tensor, float32, sliceRows } from "@xdeep/core";
import { graphProto, nodeProto, tensorProto, valueInfoProto } from "@xdeep/onnx";
import { afterAll, describe, expect, it, vi } from "vitest";
import { deepLift, deepShap } from "../src/index.ts";
import { linear, load, network, numbers, pictures, scaled, tokens, weight } from "./networks.ts";

const [line, picture, words] = await Promise.all([load(linear), load(pictures()), load(tokens)]);
afterAll(() => Promise.all([line, picture, words].map((model) => model.dispose())));

const image = numbers(11, [2, 2, 8, 8]);

function largest({ data }: FloatTensor): number {
  return data.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}

function difference(a: FloatTensor, b: FloatTensor): number {
  expect(a.dims).toEqual(b.dims);
  return a.data.reduce((most, value, i) => Math.max(most, Math.abs(value - b.data[i]!)), 0) / largest(b);
}

describe("deepLift", () => {
  it("of a linear network is w ⊙ (x − x′)", async () => {
    const [x, baseline] = [float32([1, 4], [1, 2, 3, 4]), float32([4], [0, 1, 0, -1])];
    const { values } = await deepLift(line, { baseline }).explain(x, { target: 1 });
    const w = numbers(1, [4, 3]).data;
    const expected = Float32Array.from([1, 1, 3, 5], (change, i) => change * w[i * 3 + 1]!);
    expect(difference(values, float32([1, 4], expected))).toBeLessThan(1e-6);
  });

  it("adds up to F(x) − F(x′) through convolutions and pools, row by row", async () => {
    const { values, scores, convergenceDelta, provenance } = await deepLift(picture, { baseline: numbers(12, [2, 8, 8]) }).explain(image);
    expect(values.dims).toEqual(image.dims);
    convergenceDelta!.forEach((delta, row) => expect(Math.abs(delta)).toBeLessThan(2e-5 * Math.max(1, Math.abs(scores[row]!))));
    expect(provenance).toMatchObject({ rule: "deeplift", method: { name: "deeplift", parameters: { baseline: { dims: [2, 8, 8] } } } });
  });

  it("finds F(x′) in the run that explains", async () => {
    const forward = vi.spyOn(picture, "forward");
    const baseline = numbers(12, [2, 8, 8]);
    const found = await deepLift(picture, { baseline }).explain(image);
    expect(forward).not.toHaveBeenCalled();
    forward.mockRestore();
    const reference = float32(image.dims, [...baseline.data, ...baseline.data]);
    const { scores } = await picture.forward({ feeds: { x: reference }, target: found.target });
    found.convergenceDelta!.forEach((delta, row) => {
      const sum = sliceRows(found.values, row, row + 1).data.reduce((total, value) => total + value, 0);
      expect(delta).toBeCloseTo(sum - (found.scores[row]! - scores[row]!), 5);
    });
  });

  it("of a row does not depend on the others, and weights sum rows", async () => {
    const explainer = deepLift(picture, { baseline: 0.3 });
    const both = await explainer.explain(image, { target: [0, 2] });
    const second = await explainer.explain(sliceRows(image, 1, 2), { target: 2 });
    expect(difference(sliceRows(both.values, 1, 2), second.values)).toBeLessThan(1e-6);
    const { values } = await explainer.explain(image, { target: [0, 2], weights: Float32Array.of(0, 2) });
    expect(
      difference(
        values,
        float32(
          second.values.dims,
          second.values.data.map((value) => 2 * value),
        ),
      ),
    ).toBeLessThan(1e-6);
  });

  it("of several targets in one run is that of each", async () => {
    const reference = { x: numbers(12, [2, 2, 8, 8]) };
    const request = { feeds: { x: image }, reference, rule: "deeplift", outputs: [] };
    const { perTarget } = await picture.vjp({ ...request, targets: [0, 2] });
    for (const [k, target] of [0, 2].entries()) {
      const { gradients } = await picture.vjp({ ...request, target });
      expect(difference(perTarget![k]!.gradients["x"]!, gradients["x"]!)).toBeLessThan(1e-6);
    }
  });

  it.each([1e-7, 1e7])("does not depend on how a function is scaled inside: %s", async (factor) => {
    const [plain, other] = await Promise.all([load(scaled(1)), load(scaled(factor))]);
    const x = numbers(7, [3, 6]);
    const [expected, found] = await Promise.all([plain, other].map((model) => deepLift(model).explain(x, { target: 0 })));
    expect(difference(found!.values, expected!.values)).toBeLessThan(1e-5);
    await Promise.all([plain.dispose(), other.dispose()]);
  });

  it("of a model of tokens goes to the embeddings, from other tokens or from a number", async () => {
    const ids: Tensor = { type: "int64", dims: [1, 5], data: BigInt64Array.of(1n, 2n, 3n, 4n, 0n) };
    for (const baseline of [{ ids: 0 }, 0]) {
      const attribution = (await deepLift(words, { baseline }).explain(ids, { target: 1, wrt: ["embedded"] })) as unknown as Attribution<{ embedded: Tensor }>;
      const { embedded } = attribution.values;
      expect(embedded!.dims).toEqual([1, 5, 3]);
      expect(Math.abs(attribution.convergenceDelta![0]!)).toBeLessThan(1e-5);
      // The last token is the baseline's own.
      if (typeof baseline === "object") expect([...embedded!.data.subarray(12)]).toEqual([0, 0, 0]);
    }
  });

  it("adds up through products of many entries, products of three and sorted values, with zeros among them", async () => {
    const list = (name: string, value: bigint): ReturnType<typeof tensorProto> =>
      tensorProto(name, { type: "int64", dims: [1], data: BigInt64Array.of(value) });
    const model = await load(
      network(
        [20],
        [
          nodeProto("Gemm", ["x", "w", "b"], ["z"]),
          nodeProto("ReduceProd", ["z", "axis"], ["p"]),
          nodeProto("Relu", ["z"], ["r"]),
          nodeProto("Einsum", ["z", "r", "z"], ["e"], { equation: "ni,ni,ni->n" }),
          nodeProto("Unsqueeze", ["e", "axis"], ["f"]),
          nodeProto("TopK", ["r", "k"], ["t", "i"]),
          nodeProto("Sum", ["p", "f", "t"], ["y"]),
        ],
        [weight("w", 1, [20, 40], 0.2), weight("b", 2, [40], 1), list("axis", 1n), list("k", 3n)],
      ),
    );
    const x = numbers(3, [3, 20]);
    const { convergenceDelta, scores } = await deepLift(model).explain(x, { target: 1 });
    const atZero = await model.forward({ feeds: { x: float32([1, 20], new Float32Array(20)) }, target: 1 });
    convergenceDelta!.forEach((delta, row) => expect(Math.abs(delta)).toBeLessThan(1e-5 * Math.max(Math.abs(scores[row]!), Math.abs(atZero.scores[0]!))));
    await model.dispose();
  });

  it("adds up through the branch that the number of rows picks", async () => {
    const branch = (...nodes: ReturnType<typeof nodeProto>[]): ReturnType<typeof graphProto> =>
      graphProto({ nodes, inputs: [], outputs: [valueInfoProto(nodes.at(-1)!.output[0]!, "float32", null)] });
    const model = await load(
      network(
        [3],
        [
          nodeProto("Tanh", ["x"], ["z"]),
          nodeProto("Shape", ["x"], ["rows"], { end: 1 }),
          nodeProto("Squeeze", ["rows"], ["row_count"]),
          nodeProto("Equal", ["row_count", "two"], ["is_pair"]),
          nodeProto("If", ["is_pair"], ["y"], {
            then_branch: branch(nodeProto("Mul", ["x", "z"], ["p"]), nodeProto("Softmax", ["p"], ["s"])),
            else_branch: branch(nodeProto("Sigmoid", ["x"], ["q"])),
          }),
        ],
        [tensorProto("two", { type: "int64", dims: [], data: BigInt64Array.of(2n) })],
      ),
    );
    for (const rows of [1, 2]) {
      const { values, convergenceDelta, scores } = await deepLift(model, { baseline: 0.3 }).explain(numbers(3, [rows, 3]), { target: 1 });
      expect(largest(values)).toBeGreaterThan(0.01);
      convergenceDelta!.forEach((delta, row) => expect(Math.abs(delta)).toBeLessThan(1e-5 * Math.abs(scores[row]!)));
    }
    await model.dispose();
  });

  it("adds up through the branch that a mode of the network picks, which is the same in both runs", async () => {
    const branch = (op: string): ReturnType<typeof graphProto> =>
      graphProto({ nodes: [nodeProto(op, ["x"], [op])], inputs: [], outputs: [valueInfoProto(op, "float32", null)] });
    const picked = network(
      [3],
      [nodeProto("Equal", ["rate", "high"], ["is_high"]), nodeProto("If", ["is_high"], ["y"], { then_branch: branch("Tanh"), else_branch: branch("Sigmoid") })],
      [tensorProto("high", { type: "int64", dims: [], data: BigInt64Array.of(16000n) })],
    );
    const model = await load({ ...picked, graph: { ...picked.graph!, input: [...picked.graph!.input, valueInfoProto("rate", "int64", [])] } });
    const x = numbers(3, [2, 3]);
    for (const [value, f] of [
      [16000n, Math.tanh],
      [8000n, (v: number) => 1 / (1 + Math.exp(-v))],
    ] as const) {
      const rate: Tensor = { type: "int64", dims: [], data: BigInt64Array.of(value) };
      const { values, convergenceDelta } = await deepLift(model).explain({ x, rate }, { target: 1 });
      expect(values["x"]!.data[1]).toBeCloseTo(f(x.data[1]!) - f(0), 6);
      convergenceDelta!.forEach((delta) => expect(Math.abs(delta)).toBeLessThan(1e-6));
      const other = { x, rate: { ...rate, data: BigInt64Array.of(1n) } as Tensor };
      await expect(model.vjp({ feeds: { x, rate }, reference: other, rule: "deeplift", target: 0 })).rejects.toMatchObject({ code: "BASELINE_INVALID" });
    }
    await model.dispose();
  });

  it("adds up through loops of the model's own, whose steps read what lies around them", async () => {
    const info = (name: string, type: "bool" | "float32" | "int64" = "float32"): ReturnType<typeof valueInfoProto> =>
      valueInfoProto(name, type, type === "float32" ? [null, 4] : []);
    const column = (name: string): ReturnType<typeof valueInfoProto> => valueInfoProto(name, "float32", [null]);
    const scanned = graphProto({
      nodes: [nodeProto("Mul", ["s", "e"], ["m"]), nodeProto("Sigmoid", ["m"], ["n"]), nodeProto("Sub", ["n", "e"], ["o"])],
      inputs: [column("s"), column("e")],
      outputs: [column("n"), column("o")],
    });
    const repeated = graphProto({
      nodes: [nodeProto("Identity", ["go"], ["on"]), nodeProto("Mul", ["h", "gate"], ["p"]), nodeProto("Tanh", ["p"], ["next"])],
      inputs: [info("i", "int64"), info("go", "bool"), info("h")],
      outputs: [info("on", "bool"), info("next")],
    });
    const model = await load(
      network(
        [4],
        [
          nodeProto("Sigmoid", ["x"], ["gate"]),
          nodeProto("Loop", ["steps", "", "x"], ["last"], { body: repeated }),
          nodeProto("ReduceMean", ["last", "axis"], ["start"], { keepdims: 0 }),
          nodeProto("Scan", ["start", "last"], ["end", "y"], { body: scanned, num_scan_inputs: 1, scan_input_axes: [1], scan_output_axes: [1] }),
        ],
        [
          tensorProto("steps", { type: "int64", dims: [], data: BigInt64Array.of(3n) }),
          tensorProto("axis", { type: "int64", dims: [1], data: BigInt64Array.of(1n) }),
        ],
      ),
    );
    const { values, convergenceDelta, scores } = await deepLift(model, { baseline: 0.3 }).explain(numbers(3, [3, 4]), { target: 3 });
    expect(largest(values)).toBeGreaterThan(0.01);
    convergenceDelta!.forEach((delta, row) => expect(Math.abs(delta)).toBeLessThan(1e-5 * Math.abs(scores[row]!)));
    await model.dispose();
  });

  it("names every operator that has no multiplier, and where", async () => {
    const most = (from: string, to: string, name: string): ReturnType<typeof nodeProto> =>
      nodeProto("TopK", [from, "k"], [to, `${to}_places`], { sorted: 0 }, { name });
    const model = await load(
      network(
        [4],
        [nodeProto("Gemm", ["x", "w"], ["z"]), most("x", "p", "one"), most("z", "q", "other"), nodeProto("Sum", ["z", "p", "q"], ["y"])],
        [weight("w", 1, [4, 3]), tensorProto("k", { type: "int64", dims: [1], data: BigInt64Array.of(1n) })],
      ),
    );
    const refusal = deepLift(model).explain(float32([1, 4], [1, 2, 3, 4]));
    await expect(refusal).rejects.toMatchObject({ code: "MODEL_UNSUPPORTED", message: expect.stringMatching(/"one"[^]*"other"|"other"[^]*"one"/) as string });
    await model.dispose();
  });

  it.each([
    ["a baseline of other dims", { baseline: float32([3], [0, 0, 0]) }, "BASELINE_INVALID"],
    ["a baseline that is no number", { baseline: NaN }, "BASELINE_INVALID"],
    ["an option that does not exist", { baselines: [0] } as object, "OPTION_INVALID"],
  ])("refuses %s", async (_, options, code) => {
    await expect((async () => deepLift(line, options).explain(float32([1, 4], [1, 2, 3, 4])))()).rejects.toMatchObject({ code });
  });
});

describe("deepShap", () => {
  it("is the mean of DeepLIFT over its baselines", async () => {
    const baselines = [0, numbers(12, [2, 8, 8]), 1];
    const [found, ...each] = await Promise.all(
      [deepShap(picture, { baselines }), ...baselines.map((baseline) => deepLift(picture, { baseline }))].map((explainer) =>
        explainer.explain(image, { target: 1 }),
      ),
    );
    const mean = float32(
      image.dims,
      image.data.map((_, i) => each.reduce((sum, { values }) => sum + values.data[i]! / 3, 0)),
    );
    expect(difference(found!.values, mean)).toBeLessThan(1e-6);
    expect(Math.abs(found!.convergenceDelta![0]!)).toBeLessThan(1e-4);
  });

  it("asks for at least one", async () => {
    await expect(deepShap(picture, { baselines: [] }).explain(image)).rejects.toMatchObject({ code: "BASELINE_INVALID" });
  });
});
