import { type Explainer, type FloatTensor, type Model, type Tensor, float32 } from "@xdeep/core";
import { Backprop } from "@xdeep/guided";
import { integrated } from "@xdeep/integrated";
import { type Dim, type ModelProto, graphProto, modelProto, nodeProto, tensorProto, valueInfoProto } from "@xdeep/onnx";
import { loadModel } from "@xdeep/onnxruntime";
import { deepLift } from "@xdeep/relevance";
import { smooth } from "@xdeep/smooth";
import { afterAll, describe, expect, it } from "vitest";

import { type ExportOptions, exportExplainer } from "../src/index.ts";
import { numbers } from "./networks.ts";
import { relativeError, runFile } from "./run-file.ts";

const HIDDEN = 4;
const weight = (name: string, seed: number, dims: readonly number[]): ReturnType<typeof tensorProto> =>
  tensorProto(name, {
    type: "float32",
    dims,
    data: numbers(
      seed,
      dims.reduce((a, b) => a * b, 1),
    ).map((value) => value / 3),
  });
const ints = (name: string, ...values: number[]): ReturnType<typeof tensorProto> =>
  tensorProto(name, { type: "int64", dims: [values.length], data: BigInt64Array.from(values, BigInt) });

/** Sound [N, 6] and the state [2, N, hidden] of a recurrent layer, as voice detectors are published. */
function detector(rows: Dim, beside: Dim): ModelProto {
  return modelProto({
    inputs: [valueInfoProto("state", "float32", [2, beside, HIDDEN]), valueInfoProto("sound", "float32", [rows, 6])],
    outputs: [valueInfoProto("speech", "float32", null), valueInfoProto("state_after", "float32", null)],
    initializers: [
      weight("w", 1, [1, 4 * HIDDEN, 3]),
      weight("r", 2, [1, 4 * HIDDEN, HIDDEN]),
      weight("v", 3, [HIDDEN, 1]),
      ints("frames", 0, -1, 3),
      ints("zero", 0),
      ints("one", 1),
      ints("two", 2),
    ],
    nodes: [
      nodeProto("Reshape", ["sound", "frames"], ["rows"]),
      nodeProto("Transpose", ["rows"], ["steps"], { perm: [1, 0, 2] }),
      nodeProto("Slice", ["state", "zero", "one", "zero"], ["h"]),
      nodeProto("Slice", ["state", "one", "two", "zero"], ["c"]),
      nodeProto("LSTM", ["steps", "w", "r", "", "", "h", "c"], ["", "h_n", "c_n"], { hidden_size: HIDDEN }),
      nodeProto("Concat", ["h_n", "c_n"], ["state_after"], { axis: 0 }),
      nodeProto("Squeeze", ["h_n", "zero"], ["last"]),
      nodeProto("MatMul", ["last", "v"], ["logit"]),
      nodeProto("Sigmoid", ["logit"], ["speech"]),
    ],
  });
}

const open = await loadModel(detector("batch", "batch"));
const nameless = await loadModel(detector(null, null));
const fixed = await loadModel(detector(1, 1));
afterAll(() => Promise.all([open, nameless, fixed].map((model) => model.dispose())));

const sound = (rows: number): FloatTensor => float32([rows, 6], numbers(60 + rows, 6 * rows));
const state = (rows: number): FloatTensor => float32([2, rows, HIDDEN], numbers(70 + rows, 2 * HIDDEN * rows));
/** One row of [2, N, hidden]. */
const stateOf = ({ data, dims }: FloatTensor, row: number): Tensor =>
  float32(
    [2, 1, HIDDEN],
    data.filter((_, i) => Math.floor(i / HIDDEN) % (dims[1] ?? 1) === row),
  );

/** Row n of the file is what the API gives for that row and its own state. */
async function expectEachRow(model: Model, explainer: Explainer, options: ExportOptions): Promise<void> {
  const bytes = await exportExplainer(model, explainer.method, { profile: "server", ...options });
  for (const rows of [1, 3]) {
    const [x, s] = [sound(rows), state(rows)];
    const found = await runFile(bytes, { sound: x, state: s });
    for (let row = 0; row < rows; row++) {
      const one = { sound: float32([1, 6], x.data.slice(6 * row, 6 * row + 6)), state: stateOf(s, row) };
      const { values, convergenceDelta } = await explainer.explain(one);
      const expected = (values as Readonly<Record<string, FloatTensor>>)["sound"]!;
      const actual = (found["attribution"] ?? found["attribution_sound"])!.data as Float32Array;
      expect(relativeError(actual.slice(6 * row, 6 * row + 6), expected.data)).toBeLessThan(1e-5);
      if (convergenceDelta !== undefined) expect((found["convergence_delta"]!.data as Float32Array)[row]).toBeCloseTo(convergenceDelta[0]!, 5);
    }
  }
}

const METHODS: Readonly<Record<string, (model: Model) => Explainer>> = {
  integrated: (model) => integrated(new Backprop(model), { n: 3 }),
  smooth: (model) => smooth(new Backprop(model), { n: 3, seed: 1 }),
  "smooth of integrated": (model) => smooth(integrated(new Backprop(model), { n: 2 }), { n: 2 }),
  DeepLIFT: (model) => deepLift(model),
};

describe("a state of a recurrent network is left alone, as by the API, and each row's points get its own", () => {
  it.each(Object.entries(METHODS))("by %s", (_, method) => expectEachRow(open, method(open), {}));
  it.each(["integrated", "smooth"])("by %s one point after the other", (name) => expectEachRow(open, METHODS[name]!(open), { maxPoints: 1 }));
  it("where the file has no name for the batch", () => expectEachRow(nameless, METHODS["integrated"]!(nameless), {}));
  it("where the file fixes it at 1, which the file that explains opens", () => expectEachRow(fixed, METHODS["integrated"]!(fixed), {}));

  it("and named, it is refused in the API's words", async () => {
    const { method } = METHODS["integrated"]!(open);
    await expect(exportExplainer(open, method, { profile: "server", wrt: ["state"] })).rejects.toMatchObject({
      code: "WRT_UNKNOWN",
      message: expect.stringContaining('Input "state" has no batch axis') as string,
    });
  });

  it("while a gradient of one point is of the state too", async () => {
    const found = await runFile(await exportExplainer(open, new Backprop(open).method, { profile: "server" }), { sound: sound(3), state: state(3) });
    expect(found["attribution_state"]!.dims).toEqual([2, 3, HIDDEN]);
  });
});

it("a file whose branch for other sizes contradicts those given is refused, not written", async () => {
  const branch = (nodes: Parameters<typeof graphProto>[0]["nodes"]): ReturnType<typeof graphProto> =>
    graphProto({ name: "branch", nodes, inputs: [], outputs: [valueInfoProto("chosen", "float32", null)] });
  const proto = modelProto({
    inputs: [valueInfoProto("sound", "float32", ["batch", "samples"]), valueInfoProto("is_long", "bool", [])],
    outputs: [valueInfoProto("y", "float32", null)],
    initializers: [ints("axis", 1), ints("pairs", 0, 2, -1)],
    nodes: [
      nodeProto("If", ["is_long"], ["halved"], {
        then_branch: branch([nodeProto("Reshape", ["sound", "pairs"], ["split"]), nodeProto("ReduceMean", ["split", "axis"], ["chosen"], { keepdims: 0 })]),
        else_branch: branch([nodeProto("Squeeze", ["sound", "axis"], ["single"]), nodeProto("Unsqueeze", ["single", "axis"], ["chosen"])]),
      }),
      nodeProto("ReduceSum", ["halved", "axis"], ["y"]),
    ],
  });
  const model = await loadModel(proto, { inputDims: { sound: ["N", 6] } });
  await expect(exportExplainer(model, new Backprop(model).method, { profile: "server" })).rejects.toMatchObject({
    code: "MODEL_UNSUPPORTED",
    message: expect.stringMatching(/branches \(If\).*never taken/) as string,
  });
  await model.dispose();
});
