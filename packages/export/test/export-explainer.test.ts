import { type Attribution, type Explainer, type FloatTensor, type Input, type Model, type Target, type Tensor, isTensor } from "@xdeep/core";
import { Backprop, inputXGradient } from "@xdeep/guided";
import { integrated } from "@xdeep/integrated";
import { gradCam, gradCamPlusPlus, guidedGradCam, hiResCam, layerCam, layerGradientXActivation } from "@xdeep/layers";
import { readModel, valueInfoProto } from "@xdeep/onnx";
import { loadModel } from "@xdeep/onnxruntime";
import { attnLrp, cpLrp, deepLift, deepShap, lrp } from "@xdeep/relevance";
import { smooth } from "@xdeep/smooth";
import { afterAll, describe, expect, it } from "vitest";

import { type ExportOptions, type MethodWriter, checkPortable, exportExplainer } from "../src/index.ts";
import { convNet, feedsOf, numbers, pairs, pictures, placesNet, stepsFirst, tokenNet, tokens, twoInputs } from "./networks.ts";
import { relativeError, runEach, runFile } from "./run-file.ts";

const [conv, fixed, text, two, spread] = await Promise.all([convNet(), convNet(1), tokenNet(), twoInputs(), placesNet()].map((proto) => loadModel(proto)));
afterAll(() => Promise.all([conv!, fixed!, text!, two!, spread!].map((model) => model.dispose())));

const gradient = (model: Model): Explainer => new Backprop(model);

/** Every method that a file can hold, and some that hold each other. */
const METHODS: Readonly<Record<string, (model: Model) => Explainer>> = {
  vanilla: gradient,
  guided: (model) => new Backprop(model, { guided: true }),
  deconvnet: (model) => new Backprop(model, { rule: "deconvnet", rectifiers: ["Relu"] }),
  "input x gradient": (model) => inputXGradient(gradient(model)),
  integrated: (model) => integrated(gradient(model), { n: 8 }),
  "integrated by Gauss and Legendre from 0.5": (model) => integrated(gradient(model), { n: 5, quadrature: "gausslegendre", baseline: 0.5 }),
  "expected gradients from three baselines": (model) => integrated(gradient(model), { n: 4, baseline: [0, 1, -0.5] }),
  "integrated, not multiplied": (model) => integrated(gradient(model), { n: 4, quadrature: "right", multiplyByInputs: false }),
  smooth: (model) => smooth(gradient(model), { n: 8, seed: 3 }),
  "smooth with a standard deviation": (model) => smooth(gradient(model), { n: 3, std: 0.2, mean: 0.1 }),
  "smooth by the original's parameter": (model) => smooth(gradient(model), { n: 3, sigmaMultiplier: 2 }),
  "SmoothGrad squared": (model) => smooth(gradient(model), { n: 5, aggregate: "meanSquare" }),
  VarGrad: (model) => smooth(gradient(model), { n: 5, aggregate: "variance" }),
  "smooth of integrated of guided": (model) => smooth(integrated(new Backprop(model, { guided: true }), { n: 3 }), { n: 4 }),
  "integrated of smooth": (model) => integrated(smooth(gradient(model), { n: 3 }), { n: 4 }),
};

const RELEVANCE: typeof METHODS = {
  DeepLIFT: (model) => deepLift(model),
  DeepSHAP: (model) => deepShap(model, { baselines: [0, 0.5] }),
  LRP: (model) => lrp(model),
  "LRP by epsilon": (model) => lrp(model, { composite: "epsilon", epsilon: 1e-3 }),
  "smooth of LRP": (model) => smooth(lrp(model), { n: 3 }),
};

const MAPS: typeof METHODS = {
  "Grad-CAM": (model) => gradCam(model),
  "Grad-CAM at the input's size": (model) => gradCam(model, { size: "input" }),
  "signed Grad-CAM of an earlier layer": (model) => gradCam(model, { relu: false, layer: "h1" }),
  "Grad-CAM++": (model) => gradCamPlusPlus(model),
  HiResCAM: (model) => hiResCam(model),
  LayerCAM: (model) => layerCam(model),
  "guided Grad-CAM": (model) => guidedGradCam(model),
  "gradient × activation": (model) => layerGradientXActivation(model),
  "smooth of Grad-CAM": (model) => smooth(gradCam(model), { n: 4 }),
};

const BATCHES = [1, 3, 7];

/** The file's attribution, target, score and delta are those of the API, for each number of rows. */
async function expectEqual(model: Model, explainer: Explainer, input: (rows: number) => Input, options: ExportOptions = {}): Promise<void> {
  const bytes = await exportExplainer(model, explainer.method, options);
  expect(checkPortable(bytes).filter(({ severity }) => severity === "error")).toEqual([]);
  const { target = null, output, score, wrt } = options;
  const names = model.inputs.map(({ name }) => name);
  const results = await runEach(
    bytes,
    BATCHES.map((rows) => feedsOf(names, input(rows))),
  );
  for (const [i, rows] of BATCHES.entries()) {
    const found = results[i]!;
    const expected: Attribution<Input> = await explainer.explain(input(rows), { target, output, score, wrt });
    for (const [name, values] of valuesOf(expected)) {
      expect(found[name]!.dims).toEqual(values.dims);
      expect(relativeError(found[name]!.data as Float32Array, values.data), name).toBeLessThan(1e-5);
    }
    expect(relativeError(found["score"]!.data as Float32Array, expected.scores)).toBeLessThan(1e-5);
    expect([...(found["target"]!.data as BigInt64Array)].map(Number)).toEqual(expected.target.map((entry) => flatIndex(model, entry)));
    const delta = found["convergence_delta"]?.data as Float32Array | undefined;
    expect(delta === undefined).toBe(expected.convergenceDelta === undefined);
    const scale = Math.max(...expected.scores.map(Math.abs));
    expected.convergenceDelta?.forEach((value, row) => expect(Math.abs(value - delta![row]!) / scale).toBeLessThan(1e-5));
  }
}

/** The row-major index of an entry that the API found. */
function flatIndex({ outputs }: Model, target: Target): Target {
  if (typeof target === "number" || !("index" in target)) return target;
  return target.index.reduce((flat, index, axis) => flat * (outputs[0]!.dims[axis + 1] ?? 1) + index, 0);
}

function valuesOf({ values }: Attribution<Input>): readonly (readonly [string, FloatTensor])[] {
  if (isTensor(values)) return [["attribution", values as FloatTensor]];
  const entries = Object.entries(values as Readonly<Record<string, FloatTensor>>);
  return entries.map(([name, tensor]) => [entries.length === 1 ? "attribution" : `attribution_${name}`, tensor]);
}

const of = (...names: readonly string[]): readonly (readonly [string, (model: Model) => Explainer])[] => names.map((name) => [name, METHODS[name]!]);

describe("an exported explainer gives what the API gives, at 1, 3 and 7 rows", () => {
  it.each(Object.entries({ ...METHODS, ...RELEVANCE, ...MAPS }))("%s of pictures", (_, method) => expectEqual(conv!, method(conv!), pictures));
  it.each(of("vanilla", "integrated", "expected gradients from three baselines", "smooth", "smooth of integrated of guided", "integrated of smooth"))(
    "%s of tokens",
    (_, method) => expectEqual(text!, method(text!), tokens, { wrt: ["embedded"] }),
  );
  it.each<[string, (model: Model) => Explainer]>([
    ["AttnLRP", (model) => attnLrp(model)],
    ["CP-LRP", (model) => cpLrp(model)],
    ["DeepLIFT", (model) => deepLift(model)],
  ])("%s of tokens", (_, method) => expectEqual(text!, method(text!), tokens, { wrt: ["embedded"] }));
  it("DeepLIFT of two inputs", () => expectEqual(two!, deepLift(two!, { baseline: 0.25 }), pairs));
  it.each(of("input x gradient", "integrated", "smooth", "integrated of smooth"))("%s of two inputs", (_, method) => expectEqual(two!, method(two!), pairs));

  it("of a model whose batch is fixed at 1", () => expectEqual(fixed!, integrated(gradient(fixed!), { n: 4 }), pictures));
  it("of a frozen class", () => expectEqual(conv!, integrated(gradient(conv!), { n: 4 }), pictures, { target: 2 }));
  it("of probabilities", () => expectEqual(conv!, gradient(conv!), pictures, { score: "probability" }));
  it("at a value inside", () => expectEqual(conv!, gradient(conv!), pictures, { wrt: ["h1"] }));
  it("from a baseline and with noise that are tensors", async () => {
    const baseline: Tensor = { type: "float32", dims: [3, 8, 8], data: numbers(40, 192) };
    const noise: Tensor = { type: "float32", dims: [4, 3, 8, 8], data: numbers(41, 768) };
    await expectEqual(conv!, integrated(gradient(conv!), { n: 4, baseline }), pictures, { tensors: { baseline } });
    await expectEqual(conv!, smooth(gradient(conv!), { noise }), pictures, { tensors: { noise } });
  });
  it("from the embedding of a token", () => expectEqual(text!, integrated(gradient(text!), { n: 6, baseline: { ids: 1 } }), tokens, { wrt: ["embedded"] }));
});

describe("{ max } is looked for in every row", () => {
  it.each<[string, Target]>([
    ["among all entries", { max: [null, null, null] }],
    ["along the axes in front of a fixed one", { max: [null, null, 1] }],
    ["along the axes behind a fixed one", { max: [2, null, null] }],
    ["around a fixed axis, and the first of equal ones is taken", { max: [null, 3, null] }],
    ["along one axis, where two entries tie", { max: [null, 1, 0] }],
    ["where no axis is free", { max: [2, 1, 0] }],
  ])("%s", (_, target) => expectEqual(spread!, integrated(gradient(spread!), { n: 3 }), pictures, { target }));
  it("of probabilities, which rank otherwise than logits", () =>
    expectEqual(spread!, gradient(spread!), pictures, { target: { max: [null, null, 1] }, score: "probability" }));
  it("inside a Scan of the server profile", async () => {
    const [explainer, target] = [integrated(gradient(spread!), { n: 20 }), { max: [null, 3, null] }];
    const found = await runFile(await exportExplainer(spread!, explainer.method, { profile: "server", target }), { image: pictures(7) });
    const expected = await explainer.explain(pictures(7), { target });
    expect(relativeError(found["attribution"]!.data as Float32Array, expected.values.data)).toBeLessThan(1e-5);
    expect(new Set(found["target"]!.data as BigInt64Array).size).toBeGreaterThan(1);
  });
});

it("explains a difference of two classes, which has no one entry", async () => {
  const target = {
    terms: [
      { index: 1, weight: 1 },
      { index: 4, weight: -1 },
    ],
  };
  const found = await runFile(await exportExplainer(conv!, gradient(conv!).method, { target }), { image: pictures(3) });
  const expected = await gradient(conv!).explain(pictures(3), { target });
  expect(relativeError(found["attribution"]!.data as Float32Array, expected.values.data)).toBeLessThan(1e-5);
  expect(relativeError(found["score"]!.data as Float32Array, expected.scores)).toBeLessThan(1e-5);
  expect([...(found["target"]!.data as BigInt64Array)]).toEqual([-1n, -1n, -1n]);
});

it("takes a target for each row where asked, and its argmax for -1", async () => {
  const bytes = await exportExplainer(conv!, gradient(conv!).method, { targetInput: true });
  const wanted: Tensor = { type: "int64", dims: [3], data: BigInt64Array.of(4n, -1n, 0n) };
  const found = await runFile(bytes, { image: pictures(3), target_entry: wanted });
  const expected = await gradient(conv!).explain(pictures(3), { target: [4, null, 0] });
  expect([...(found["target"]!.data as BigInt64Array)].map(Number)).toEqual(expected.target);
  expect(relativeError(found["attribution"]!.data as Float32Array, expected.values.data)).toBeLessThan(1e-5);
});

it("holds several methods beside one forward pass, in the order of the profile", async () => {
  const methods = { gradient: gradient(conv!).method, path: integrated(gradient(conv!), { n: 4 }).method, cam: gradCam(conv!).method };
  const bytes = await exportExplainer(conv!, methods);
  const { graph } = readModel(bytes);
  const outputs = ["attribution_gradient", "attribution_path", "attribution_cam", "target", "score", "convergence_delta_path", "probabilities"];
  expect(graph!.output.map(({ name }) => name)).toEqual(outputs);
  // The map and the gradient share the forward pass at the input; the path has its own, and so has its start.
  expect(graph!.node.filter(({ opType, output }) => opType === "Conv" && output[0]!.endsWith("c1"))).toHaveLength(3);
  const found = await runFile(bytes, { image: pictures(3) });
  const cam = await gradCam(conv!).explain(pictures(3));
  expect(relativeError(found["attribution_cam"]!.data as Float32Array, cam.values.data)).toBeLessThan(1e-5);
});

it("leaves the model's outputs out where none is asked for, and says where it comes from", async () => {
  const explainer = integrated(gradient(conv!), { n: 4 });
  const model = readModel(await exportExplainer(conv!, explainer.method, { outputs: [], target: 3, metadata: { "xdeep.source_sha256": "abc" } }));
  expect(model.graph!.output.map(({ name }) => name)).toEqual(["attribution", "target", "score", "convergence_delta"]);
  const texts = Object.fromEntries(model.metadataProps.map(({ key, value }) => [key, value]));
  expect(JSON.parse(texts["xdeep.method"]!)).toEqual(explainer.method);
  expect(texts).toMatchObject({ "xdeep.target": "3", "xdeep.score": "logit", "xdeep.rule": "standard", "xdeep.baseline": "0", "xdeep.source_sha256": "abc" });
  expect(texts["xdeep.batch_proof"]).toContain("open in the source");
});

it("writes the same bytes each time", async () => {
  const { method } = smooth(gradient(conv!), { n: 4 });
  expect(await exportExplainer(conv!, method)).toEqual(await exportExplainer(conv!, method));
});

describe("beyond maxPoints the server profile takes points one after the other, and gives what the API gives", () => {
  it.each<[string, (model: Model) => Explainer]>([
    ["integrated", (model) => integrated(gradient(model), { n: 20 })],
    ["expected gradients", (model) => integrated(gradient(model), { n: 12, baseline: [0, 0.5] })],
    ["smooth", (model) => smooth(gradient(model), { n: 20 })],
    ["smooth with a standard deviation", (model) => smooth(gradient(model), { n: 20, std: 0.1, mean: 0.05 })],
    ["smooth of Grad-CAM", (model) => smooth(gradCam(model), { n: 20 })],
    ["integrated of smooth", (model) => integrated(smooth(gradient(model), { n: 18 }), { n: 17 })],
  ])("%s", async (_, method) => {
    const explainer = method(conv!);
    const bytes = await exportExplainer(conv!, explainer.method, { profile: "server" });
    expect(readModel(bytes).graph!.node.filter(({ opType }) => opType === "Scan").length).toBeGreaterThan(0);
    const found = await runFile(bytes, { image: pictures(3) });
    const expected = await explainer.explain(pictures(3));
    expect(relativeError(found["attribution"]!.data as Float32Array, expected.values.data)).toBeLessThan(1e-5);
    expected.convergenceDelta?.forEach((value, row) => expect(found["convergence_delta"]!.data[row]).toBeCloseTo(value, 5));
  });
});

it("written for WebGPU a file has no float64, no indices of max pools and no convolution of six channels to eight, and gives the same", async () => {
  const explainer = integrated(gradient(conv!), { n: 4 });
  const bytes = await exportExplainer(conv!, explainer.method, { webgpu: true });
  expect(checkPortable(bytes).filter(({ rule }) => rule === "float64")).toEqual([]);
  expect(checkPortable(bytes).map(({ message }) => message)).toEqual([expect.stringContaining("Col2Im")]);
  const found = await runFile(bytes, { image: pictures(3) });
  expect(relativeError(found["attribution"]!.data as Float32Array, (await explainer.explain(pictures(3))).values.data)).toBeLessThan(1e-5);
});

it("takes the writer of a method of others", async () => {
  const half: MethodWriter = ({ g, write }, { of }, rows) => {
    const { values } = write(of!, rows);
    return { values: new Map([...values].map(([name, value]) => [name, g.scale(value, 0.5)])) };
  };
  const method = { name: "half", parameters: {}, of: gradient(conv!).method };
  const found = await runFile(await exportExplainer(conv!, method, { writers: { half } }), { image: pictures(2) });
  const { values } = await gradient(conv!).explain(pictures(2));
  expect(
    relativeError(
      found["attribution"]!.data as Float32Array,
      values.data.map((value) => value / 2),
    ),
  ).toBeLessThan(1e-5);
});

describe("what no file can hold is refused", () => {
  it.each<[string, (model: Model) => Explainer, ExportOptions, string, RegExp]>([
    ["a path to a tolerance", (model) => integrated(gradient(model), { tolerance: 1e-3 }), {}, "OPTION_INVALID", /Fix it.*n: 8/],
    ["more points than the profile holds", (model) => integrated(gradient(model), { n: 25 }), {}, "OPTION_INVALID", /25 points.*16.*maxPoints/],
    [
      "a baseline whose numbers are not there",
      (model) => integrated(gradient(model), { n: 2, baseline: pictures(1) }),
      {},
      "OPTION_INVALID",
      /tensors: \{ baseline \}/,
    ],
    ["a list of targets", gradient, { target: [1, 2] as never }, "TARGET_INVALID", /targetInput/],
    ["a maximum of other axes than the output has", gradient, { target: { max: [null, 1] } }, "TARGET_INVALID", /rows have dims \[5\]/],
    ["a class that is not there", gradient, { target: 5 }, "TARGET_OUT_OF_RANGE", /5/],
    ["a guided map of a value that is no picture", (model) => guidedGradCam(model), { wrt: ["logits"] }, "OPTION_INVALID", /attribute to the picture/],
    ["an unknown output", gradient, { outputs: ["nothing"] }, "OUTPUT_UNKNOWN", /nothing/],
    ["a misspelt option", gradient, { targets: 3 } as ExportOptions, "OPTION_INVALID", /Did you mean "target"/],
  ])("%s", async (_, explainer, options, code, message) => {
    await expect(exportExplainer(conv!, explainer(conv!).method, options)).rejects.toMatchObject({ code, message: expect.stringMatching(message) as string });
  });

  it("a method without a writer, with the nearest that has one", async () => {
    await expect(exportExplainer(conv!, { name: "gradcam", parameters: {} })).rejects.toMatchObject({
      code: "OPTION_INVALID",
      message: expect.stringContaining('"grad-cam"') as string,
    });
  });

  it("an output that has the steps of a sequence in front of its batch, which a Transpose brings to the front, as the refusal says", async () => {
    const steps = await loadModel(stepsFirst(false));
    const words = '"steps" has dims [2, N, 5], whose first axis is not the batch';
    const expected = { code: "BATCH_INVALID", message: expect.stringMatching(/Transpose of it with perm \[1, 0, 2\]/) as string };
    await expect(exportExplainer(steps, gradient(steps).method)).rejects.toMatchObject(expected);
    await expect(gradient(steps).explain(pictures(1))).rejects.toMatchObject({ code: "BATCH_INVALID", message: expect.stringContaining(words) as string });
    await steps.dispose();
    const turned = await loadModel(stepsFirst(true));
    await expectEqual(turned, integrated(gradient(turned), { n: 3 }), pictures, { target: { max: [null, 3] } });
    await turned.dispose();
  });

  it("a model whose other sizes are open: portable files fix them, an ONNX Runtime of one's own need not", async () => {
    const proto = convNet();
    proto.graph!.input[0]!.type!.value = valueInfoProto("image", "float32", ["N", 3, "H", 8]).type!.value;
    const open = await loadModel(proto);
    await expect(exportExplainer(open, gradient(open).method)).rejects.toMatchObject({
      code: "MODEL_UNSUPPORTED",
      message: expect.stringMatching(/\ndims: Input .* leaves more than its batch open.*\n/) as string,
    });
    const found = await runFile(await exportExplainer(open, gradient(open).method, { profile: "server" }), { image: pictures(2) });
    expect(relativeError(found["attribution"]!.data as Float32Array, (await gradient(open).explain(pictures(2))).values.data)).toBeLessThan(1e-5);
    await open.dispose();
  });
});
