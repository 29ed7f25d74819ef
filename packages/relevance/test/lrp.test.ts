import { type FloatTensor, float32 } from "@xdeep/core";
import { Backprop, inputXGradient } from "@xdeep/guided";
import { type NodeProto, nodeProto, tensorProto } from "@xdeep/onnx";
import { describe, expect, it } from "vitest";
import { type CompositeEntry, attnLrp, cpLrp, lrp } from "../src/index.ts";
import { load, network, numbers, pictures, weight } from "./networks.ts";

const image = numbers(11, [2, 2, 8, 8]);

function sums({ dims, data }: FloatTensor): readonly number[] {
  const size = data.length / dims[0]!;
  return Array.from({ length: dims[0]! }, (_, row) => data.subarray(row * size, (row + 1) * size).reduce((a, b) => a + b, 0));
}

function expectClose(a: FloatTensor, b: FloatTensor, tolerance = 1e-5): void {
  expect(a.dims).toEqual(b.dims);
  const scale = b.data.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const worst = a.data.reduce((most, value, i) => Math.max(most, Math.abs(value - b.data[i]!)), 0);
  expect(worst / scale).toBeLessThan(tolerance);
}

const stabilizer = 1e-12;
const CONSERVING: readonly (readonly [string, readonly CompositeEntry[]])[] = [
  ["0", [{ rule: "zero" }]],
  ["γ", [{ rule: { rule: "gamma", gamma: 0.25 } }]],
  ["z-box", [{ first: true, rule: { rule: "z-box", low: -4, high: [4, 5] } }]],
  ["flat", [{ first: true, rule: "flat" }]],
  ["w²", [{ first: true, rule: "w-square" }]],
];

describe("lrp", () => {
  it.each(CONSERVING)("conserves the score without biases under rule %s", async (_, composite) => {
    const model = await load(pictures(0));
    const { values, scores } = await lrp(model, { composite, stabilizer }).explain(image);
    sums(values).forEach((sum, row) => expect(Math.abs(sum - scores[row]!)).toBeLessThan(1e-5 * Math.abs(scores[row]!)));
    await model.dispose();
  });

  it("by rule 0 is input × gradient in a network of ReLUs, biases or not", async () => {
    const model = await load(pictures());
    const { values } = await lrp(model, { composite: "epsilon", epsilon: 0 }).explain(image, { target: 1 });
    expectClose(values, (await inputXGradient(new Backprop(model)).explain(image, { target: 1 })).values);
    await model.dispose();
  });

  it("names rules by layer, name pattern and position, the first that fits", async () => {
    const model = await load(pictures());
    const by = (composite: readonly CompositeEntry[]): Promise<{ readonly values: FloatTensor }> => lrp(model, { composite }).explain(image, { target: 1 });
    const byName = await by([{ name: "features/*", rule: "z-plus" }, { rule: "epsilon" }]);
    const byLayer = await by([
      { layer: "convolution", rule: "z-plus" },
      { layer: "dense", rule: "epsilon" },
    ]);
    expectClose(byName.values, byLayer.values, 1e-7);
    expectClose((await lrp(model, { composite: "epsilon-plus" }).explain(image, { target: 1 })).values, byLayer.values, 1e-7);
    const byPosition = await by([{ first: true, rule: "z-plus" }, { name: "*/second", rule: "z-plus" }, { rule: "epsilon" }]);
    expectClose(byPosition.values, byLayer.values, 1e-7);
    await model.dispose();
  });

  it.each([
    [{ composite: "nonsense" as never }, /no composite "nonsense"/],
    [{ composite: [{ rule: "nonsense" as never }] }, /no layer rule "nonsense"/],
    [{ composite: [{ rule: { rule: "alpha-beta" as const, alpha: 2, beta: 2 } }] }, /alpha − beta/],
    [{ composite: [{ rule: { rule: "gamma" as const, gamma: -1 } }] }, /gamma/],
    [{ composite: "epsilon-gamma-box" as const }, /needs low/],
    [{ composite: [{ layers: "dense", rule: "zero" as const }] as never }, /"layers"/],
  ])("refuses %j", async (options, message) => {
    const model = await load(pictures());
    const refusal = lrp(model, options).explain(image);
    await expect(refusal).rejects.toMatchObject({ code: "RULE_INVALID", message: expect.stringMatching(message) as string });
    await model.dispose();
  });

  it("folds BatchNormalization into the layer before it, or behind it, first", async () => {
    const statistics = ["s", "t", "m", "v"];
    const initializers = [weight("w", 1, [4, 3]), weight("b", 2, [3])];
    const folded = (nodes: readonly NodeProto[], size: number): ReturnType<typeof network> => network([4], nodes, [...initializers, ...normalization(size)]);
    const normalization = (size: number): readonly ReturnType<typeof weight>[] =>
      statistics.map((name, i) =>
        name === "v"
          ? tensorProto(
              name,
              float32(
                [size],
                numbers(9, [size]).data.map((value) => value * value + 1),
              ),
            )
          : weight(name, 5 + i, [size]),
      );
    const before = folded([nodeProto("Gemm", ["x", "w", "b"], ["z"]), nodeProto("BatchNormalization", ["z", ...statistics], ["y"])], 3);
    const behind = folded([nodeProto("BatchNormalization", ["x", ...statistics], ["z"]), nodeProto("Gemm", ["z", "w", "b"], ["y"])], 4);
    const x = numbers(3, [2, 4]);
    for (const model of await Promise.all([before, behind].map(load))) {
      const { values, scores } = await lrp(model, { composite: [{ rule: { rule: "epsilon", epsilon: 0.5 } }] }).explain(x, { target: 2 });
      const { values: slopes } = await new Backprop(model).explain(x, { target: 2 });
      const expected = slopes.data.map(
        (slope, i) => (slope * x.data[i]! * scores[Math.floor(i / 4)]!) / (scores[Math.floor(i / 4)]! + 0.5 * (scores[Math.floor(i / 4)]! < 0 ? -1 : 1)),
      );
      expectClose(values, float32(x.dims, expected));
      await model.dispose();
    }
  });

  it("counts a function in small operators as one", async () => {
    const head = [nodeProto("Gemm", ["x", "w", "b"], ["z"])];
    const tail = [nodeProto("Gemm", ["h", "v"], ["y"])];
    const weights = [weight("w", 1, [4, 6]), weight("b", 2, [6]), weight("v", 3, [6, 3])];
    const silu = [nodeProto("Sigmoid", ["z"], ["s"]), nodeProto("Mul", ["z", "s"], ["h"])];
    const model = await load(network([4], [...head, ...silu, ...tail], weights));
    const x = numbers(4, [1, 4]);
    const { values } = await attnLrp(model).explain(x, { target: 0 });
    const [w, b, v] = [numbers(1, [4, 6]).data, numbers(2, [6]).data, numbers(3, [6, 3]).data];
    const z = Array.from(b, (bias, j) => bias + x.data.reduce((sum, value, i) => sum + value * w[i * 6 + j]!, 0));
    const expected = x.data.map((value, i) => z.reduce((sum, zj, j) => sum + (value * w[i * 6 + j]! * v[j * 3]!) / (1 + Math.exp(-zj)), 0));
    expectClose(values, float32([1, 4], expected));
    await model.dispose();
  });
});

describe("attnLrp and cpLrp", () => {
  it.each([attnLrp, cpLrp])("name themselves where a parameter is refused", async (method) => {
    const model = await load(pictures());
    const explainer = method(model, { epsilon: -1 });
    const message = `Rule "${explainer.method.name}" takes a number of at least 0 as epsilon, got -1.`;
    await expect(explainer.explain(numbers(1, [1, 2, 8, 8]))).rejects.toMatchObject({ code: "RULE_INVALID", message });
    await model.dispose();
  });

  /** One head of attention over four tokens of four numbers each: y = mean softmax(q kᵀ) v. */
  const attention = network(
    [4, 4],
    [
      ...["q", "k", "v"].map((name) => nodeProto("MatMul", ["x", `w${name}`], [name])),
      nodeProto("Transpose", ["k"], ["kt"], { perm: [0, 2, 1] }),
      nodeProto("MatMul", ["q", "kt"], ["scores"]),
      nodeProto("Softmax", ["scores"], ["p"], { axis: -1 }),
      nodeProto("MatMul", ["p", "v"], ["o"]),
      nodeProto("GlobalAveragePool", ["ot"], ["m"]),
      nodeProto("Flatten", ["m"], ["y"]),
    ].flatMap((node) => (node.opType === "GlobalAveragePool" ? [nodeProto("Transpose", ["o"], ["ot"], { perm: [0, 2, 1] }), node] : [node])),
    ["q", "k", "v"].map((name, i) => weight(`w${name}`, i + 1, [4, name === "v" ? 3 : 4])),
  );
  const x = numbers(8, [1, 4, 4]);

  it("cpLrp passes all through the values: the probabilities are constants", async () => {
    const model = await load(attention);
    const { values, scores } = await cpLrp(model).explain(x, { target: 0 });
    expect(Math.abs(sums(values)[0]! - scores[0]!)).toBeLessThan(1e-5);
    await model.dispose();
  });

  it("cpLrp explains a probability: the last softmax is no gate", async () => {
    const model = await load(network([4], [nodeProto("Gemm", ["x", "w"], ["z"]), nodeProto("Softmax", ["z"], ["y"])], [weight("w", 1, [4, 3])]));
    const row = numbers(2, [1, 4]);
    const { values } = await cpLrp(model).explain(row, { target: 0, score: "probability" });
    expectClose(values, (await inputXGradient(new Backprop(model)).explain(row, { target: 0, score: "probability" })).values);
    await model.dispose();
  });

  it("attnLrp gives half to the values, and as much as softmax passes to queries and keys", async () => {
    const model = await load(attention);
    const [attn, cp] = await Promise.all([attnLrp, cpLrp].map((method) => method(model).explain(x, { target: 0 })));
    const { values: whole } = await inputXGradient(new Backprop(model)).explain(x, { target: 0 });
    // input × gradient = values + queries + keys; AttnLRP = half the values + a quarter of queries and keys each.
    const expected = float32(
      x.dims,
      x.data.map((_, i) => cp!.values.data[i]! / 2 + (whole.data[i]! - cp!.values.data[i]!) / 4),
    );
    expectClose(attn!.values, expected);
    await model.dispose();
  });
});
