import { type Explainer, type FloatTensor, type Model, float32 } from "@xdeep/core";
import { Backprop, inputXGradient } from "@xdeep/guided";
import { type NodeProto, graphProto, nodeProto, tensorProto, valueInfoProto } from "@xdeep/onnx";
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

describe("lrp through branches and loops", () => {
  const body = (nodes: readonly NodeProto[], inputs: readonly ReturnType<typeof valueInfoProto>[], outputs: readonly string[]): ReturnType<typeof graphProto> =>
    graphProto({ nodes, inputs, outputs: outputs.map((name) => valueInfoProto(name, name === "on" ? "bool" : "float32", null)) });
  /** What a step makes of h: a layer with a bias, a GELU that an exporter took apart, a layer whose weights belong to the step, a gate from outside. */
  const step = (from: string, to: string, weights: string, named: (name: string) => string = (name) => name): readonly NodeProto[] => [
    nodeProto("Gemm", [from, "w", "b"], [named("z")], {}, { name: named("dense") }),
    nodeProto("Div", [named("z"), "root2"], [named("d")]),
    nodeProto("Erf", [named("d")], [named("e")]),
    nodeProto("Add", [named("e"), "one"], [named("a")]),
    nodeProto("Mul", [named("z"), named("a")], [named("p")]),
    nodeProto("Mul", [named("p"), "half"], [named("q")]),
    nodeProto("MatMul", [named("q"), weights], [named("v")], {}, { name: named("own") }),
    nodeProto("Mul", [named("v"), "gate"], [to]),
  ];
  const scalar = (name: string, value: number): ReturnType<typeof tensorProto> => tensorProto(name, float32([], [value]));
  const initializers = [
    weight("w", 1, [4, 6]),
    weight("b", 2, [6]),
    weight("steps", 3, [3, 6, 4]),
    weight("out", 4, [4, 3]),
    weight("stem", 5, [4, 4]),
    scalar("root2", Math.SQRT2),
    scalar("one", 1),
    scalar("half", 0.5),
    tensorProto("count", { type: "int64", dims: [], data: BigInt64Array.of(3n) }),
  ];
  const around = (nodes: readonly NodeProto[]): ReturnType<typeof network> =>
    network(
      [4],
      [nodeProto("Sigmoid", ["x"], ["gate"]), nodeProto("MatMul", ["x", "stem"], ["h0"]), ...nodes, nodeProto("MatMul", ["h3", "out"], ["y"])],
      initializers,
    );
  const state = valueInfoProto("h", "float32", [null, 4]);
  const looped = around([
    nodeProto("Loop", ["count", "", "h0"], ["h3"], {
      body: body(
        [nodeProto("Identity", ["go"], ["on"]), nodeProto("Gather", ["steps", "i"], ["ws"]), ...step("h", "next", "ws")],
        [valueInfoProto("i", "int64", []), valueInfoProto("go", "bool", []), state],
        ["on", "next"],
      ),
    }),
  ]);
  const scanned = around([
    nodeProto("Scan", ["h0", "steps"], ["h3"], {
      body: body(step("h", "next", "ws"), [state, valueInfoProto("ws", "float32", [6, 4])], ["next"]),
      num_scan_inputs: 1,
    }),
  ]);
  const chosen = around([
    nodeProto("ReduceSum", ["x"], ["total"], { keepdims: 0 }),
    nodeProto("Greater", ["total", "limit"], ["is_high"]),
    nodeProto("Gather", ["steps", "first"], ["w0"]),
    nodeProto("If", ["is_high"], ["h3"], {
      then_branch: body(
        step("h0", "then", "w0", (name) => `${name}_then`),
        [],
        ["then"],
      ),
      else_branch: body([nodeProto("Mul", ["h0", "gate"], ["else"])], [], ["else"]),
    }),
  ]);
  const unrolled = around(
    [0, 1, 2].flatMap((n) => [nodeProto("Gather", ["steps", `at${n}`], [`ws${n}`]), ...step(`h${n}`, `h${n + 1}`, `ws${n}`, (name) => `${name}_${n}`)]),
  );
  const straight = around([nodeProto("Gather", ["steps", "at0"], ["w0"]), ...step("h0", "h3", "w0")]);
  const indexed = (model: ReturnType<typeof network>): ReturnType<typeof network> => ({
    ...model,
    graph: {
      ...model.graph!,
      initializer: [
        ...model.graph!.initializer,
        ...["first", "at0", "at1", "at2"].map((name, n) => tensorProto(name, { type: "int64", dims: [], data: BigInt64Array.of(BigInt(Math.max(0, n - 1))) })),
        scalar("limit", -1e9),
      ],
    },
  });
  const x = numbers(6, [2, 4]);
  const METHODS: readonly (readonly [string, (model: Model) => Explainer])[] = [
    ["AttnLRP", (model) => attnLrp(model)],
    ["CP-LRP", (model) => cpLrp(model)],
    ["ε", (model) => lrp(model, { composite: "epsilon", epsilon: 0.5 })],
    ["γ", (model) => lrp(model, { composite: [{ rule: { rule: "gamma", gamma: 0.25 } }] })],
    ["αβ by name", (model) => lrp(model, { composite: [{ name: "*dense*", rule: { rule: "alpha-beta", alpha: 2, beta: 1 } }] })],
  ];

  it.each(METHODS)("by %s is that of the network written out", async (_, method) => {
    for (const [holding, plain] of [
      [looped, unrolled],
      [scanned, unrolled],
      [chosen, straight],
    ] as const) {
      const models = await Promise.all([holding, plain].map((each) => load(indexed(each))));
      const [found, expected] = await Promise.all(models.map((model) => method(model).explain(x, { target: 1 })));
      expect(found!.scores[0]).toBeCloseTo(expected!.scores[0]!, 5);
      expectClose(found!.values, expected!.values);
      for (const model of models) await model.dispose();
    }
  });

  it("refuses, by name, rules for a first layer where the layer stands in a loop", async () => {
    const model = await load(indexed(looped));
    const refusal = lrp(model, { composite: "epsilon-plus-flat" }).explain(x, { target: 1 });
    await expect(refusal).rejects.toMatchObject({ code: "MODEL_UNSUPPORTED", message: expect.stringMatching(/in a branch or a loop.*first layer/) as string });
    const flat = lrp(model, { composite: [{ name: "*own", rule: "flat" }] }).explain(x, { target: 1 });
    await expect(flat).rejects.toMatchObject({ code: "MODEL_UNSUPPORTED", message: expect.stringMatching(/rule "flat" does not lead/) as string });
    await model.dispose();
  });
});
