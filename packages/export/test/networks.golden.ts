import { fileURLToPath } from "node:url";

import type { Attribution, Explainer, FloatTensor, Input, Model, Tensor } from "@xdeep/core";
import { float32, isTensor } from "@xdeep/core";
import { createNoise } from "@xdeep/core/method";
import { Backprop } from "@xdeep/guided";
import { integrated } from "@xdeep/integrated";
import { gradCam } from "@xdeep/layers";
import { loadModel } from "@xdeep/onnxruntime";
import { smooth } from "@xdeep/smooth";
import * as node from "onnxruntime-node";
import * as web from "onnxruntime-web";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { GoldenCase } from "../../onnxruntime/test/golden-case.ts";
import { exportExplainer } from "../src/index.ts";
import { feedsOf } from "./networks.ts";
import { relativeError } from "./run-file.ts";

/** Networks of others beside the project, and those with known numbers. */
const SHARED = fileURLToPath(new URL("../../../../shared/", import.meta.url));
const GOLDEN = ["activations", "conv_misc", "densenet", "googlenet", "mobilenet_v2", "resnet_basic_bn", "resnet_bottleneck", "squeezenet", "two_input", "vit"];
const NETWORKS: readonly (readonly [string, string])[] = [
  ...GOLDEN.map((name) => [name, `${SHARED}golden/${name}/model.onnx`] as const),
  ["SqueezeNet of ImageNet", `${SHARED}models/squeezenet/squeezenet.onnx`],
];

const METHODS: Readonly<Record<string, (model: Model) => Explainer>> = {
  vanilla: (model) => new Backprop(model),
  guided: (model) => new Backprop(model, { guided: true }),
  "integrated, 8 points": (model) => integrated(new Backprop(model), { n: 8 }),
  "smooth, 8 draws": (model) => smooth(new Backprop(model), { n: 8 }),
  "Grad-CAM": (model) => gradCam(model),
};

const ENGINES = { "onnxruntime-node": node, "onnxruntime-web": web } as const;

describe.each(NETWORKS)("%s", (name, path) => {
  const isLarge = name.includes("ImageNet");
  const input = isLarge ? null : new GoldenCase(name).input(3);
  // 7 rows of 8 points each, 224 pixels wide, take a minute in WebAssembly.
  const batches = isLarge ? [1, 3] : [1, 3, 7];

  describe.each(Object.keys(ENGINES) as (keyof typeof ENGINES)[])("in %s", (engineName) => {
    const engine = ENGINES[engineName];
    let model: Model;
    beforeAll(async () => {
      model = await loadModel(path, { engine: engineName });
    });
    afterAll(() => model.dispose());

    it.each(Object.entries(METHODS))("%s equals the API, row by row and in batches", async (_, method) => {
      const explainer = method(model);
      const session = await engine.InferenceSession.create(await exportExplainer(model, explainer.method), { logSeverityLevel: 3 });
      const three = input ?? seeded(model, 3);
      const expected: Attribution<Input> = await explainer.explain(three);
      const names = model.inputs.map((info) => info.name);
      for (const rows of batches) {
        const feeds = Object.entries(feedsOf(names, three)).map(([feed, tensor]) => [
          feed,
          new engine.Tensor("float32", rowsOf(tensor, rows), [rows, ...tensor.dims.slice(1)]),
        ]);
        const found = await session.run(Object.fromEntries(feeds) as node.InferenceSession.FeedsType);
        for (const [output, values] of outputsOf(expected)) {
          expect(relativeError(found[output]!.data as Float32Array, rowsOf(values, rows)), `${output} of ${rows} rows`).toBeLessThan(1e-5);
        }
      }
      await session.release();
    });
  });
});

/** Normal numbers for the picture of ImageNet. */
function seeded({ inputs }: Model, rows: number): Input {
  const tensors = inputs.map(({ name, dims }, stream) => {
    const sizes = [rows, ...dims.slice(1).map((dim) => dim ?? 1)];
    const scale = sizes[2] === 224 ? 60 : 1;
    return [
      name,
      float32(
        sizes,
        Float32Array.from(createNoise(7, stream).next(sizes.reduce((a, b) => a * b)), (value) => scale * value),
      ),
    ] as const;
  });
  return tensors.length === 1 ? tensors[0]![1] : Object.fromEntries(tensors);
}

/** So many rows, the three that there are again and again. */
function rowsOf({ dims, data }: Tensor, rows: number): Float32Array {
  const size = data.length / dims[0]!;
  return Float32Array.from({ length: rows * size }, (_, i) => (data as Float32Array)[i % (3 * size)]!);
}

function outputsOf({ values }: Attribution<Input>): readonly (readonly [string, FloatTensor])[] {
  if (isTensor(values)) return [["attribution", values as FloatTensor]];
  const entries = Object.entries(values as Readonly<Record<string, FloatTensor>>);
  return entries.map(([name, tensor]) => [entries.length === 1 ? "attribution" : `attribution_${name}`, tensor]);
}
