import { readFileSync, readdirSync } from "node:fs";

import { type Explainer, type FloatTensor, type Model, float32 } from "@xdeep/core";
import { conductance, gradCam, gradCamPlusPlus, guidedGradCam, hiResCam, internalInfluence, layerCam, layerIntegrated } from "@xdeep/layers";
import { expect, it } from "vitest";

import { loadModel } from "../../src/index.ts";

interface Numbers {
  readonly dims: readonly number[];
  readonly data: string;
}

/** What scripts/oracles/layers.py wrote. */
interface Oracles {
  readonly layer: string;
  readonly steps: number;
  readonly baseline: number;
  readonly input: Numbers;
  readonly target: readonly number[];
  readonly cases: readonly { readonly oracle: string; readonly method: keyof typeof METHODS; readonly values: Numbers }[];
}

interface Options {
  readonly layer: string;
  readonly n: number;
  readonly baseline: number;
}

/** Captum's Grad-CAM keeps the sign, and its conductance takes the left end of each step. */
const METHODS = {
  "grad-cam": (model: Model, { layer }: Options) => gradCam(model, { layer, relu: false }),
  "guided-grad-cam": (model: Model, { layer }: Options) => guidedGradCam(model, { layer }),
  conductance: (model: Model, options: Options) => conductance(model, { ...options, left: true }),
  "internal-influence": internalInfluence,
  "layer-integrated": layerIntegrated,
  "hi-res-cam": (model: Model, { layer }: Options) => hiResCam(model, { layer }),
  "layer-cam": (model: Model, { layer }: Options) => layerCam(model, { layer }),
  "grad-cam-plus-plus": (model: Model, { layer }: Options) => gradCamPlusPlus(model, { layer }),
} satisfies Readonly<Record<string, (model: Model, options: Options) => Explainer>>;

/** Of the largest value. */
const TOLERANCE = 1e-5;

const folder = new URL("oracles/", import.meta.url);
const networks = readdirSync(folder)
  .filter((file) => file.endsWith(".json"))
  .map((file) => ({ name: file.replace(".json", ""), oracles: JSON.parse(readFileSync(new URL(file, folder), "utf8")) as Oracles }));

it.each(networks.flatMap(({ name, oracles }) => oracles.cases.map((each) => [each.method, each.oracle, name, each, oracles] as const)))(
  "%s is that of %s on the network %s",
  async (method, _oracle, name, { values }, { layer, steps, baseline, input, target }) => {
    await using model = await loadModel(new URL(`${name}.onnx`, folder));
    const actual = (await METHODS[method](model, { layer, n: steps, baseline }).explain(tensor(input), { target })).values;
    const expected = tensor(values);
    // pytorch-grad-cam cuts its maps later, to draw them.
    const isCut = ["grad-cam-plus-plus", "layer-cam"].includes(method);
    const wanted = isCut ? expected.data.map((value) => Math.max(0, value)) : expected.data;
    expect(actual.dims).toEqual(expected.dims);
    const scale = Math.max(...wanted.map(Math.abs));
    const difference = Math.max(...actual.data.map((value, i) => Math.abs(value - wanted[i]!)));
    expect(difference / scale).toBeLessThan(TOLERANCE);
  },
);

function tensor({ dims, data }: Numbers): FloatTensor {
  const bytes = Buffer.from(data, "base64");
  return float32(dims, new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length)));
}
