import { float32, isTensor } from "@xdeep/core";
import type { FloatTensor, Model, Tensor } from "@xdeep/core";
import { Backprop } from "@xdeep/guided";
import { integrated } from "@xdeep/integrated";
import { conductance, gradCam, hiResCam, internalInfluence, layerGradientXActivation, layerIntegrated } from "@xdeep/layers";

import type { Case } from "../run/case.ts";
import type { CaseContext, Subject } from "../run/case-context.ts";
import { demand, demandEqual } from "../run/failure.ts";
import type { LayerOf } from "../networks/layer.ts";
import { lastLayer } from "./layers.ts";

/** What methods at layers must give because mathematics says so. */
export function knownLayerCases(): readonly Case[] {
  const known = (id: string, proves: string, fixture: string, run: Case["run"]): Case => ({
    id: `layers/known/${id}`,
    proves,
    fixtures: [fixture],
    requires: { kind: "innerValues" },
    refusals: ["OUTPUT_UNKNOWN"],
    run,
  });
  return [
    known("class-activation-map", "Before a mean over positions, Grad-CAM and HiResCAM are the class activation map.", "residual", checkActivationMap),
    known("flatten", "Before a flatten, HiResCAM sums to F minus the bias.", "cnn", checkFlatten),
    known("conductance", "Conductance sums to F(x) − F(x′) at any layer.", "smooth-mlp", checkConductance),
    known("at-the-input", "At the input, methods of layers are the methods of inputs.", "smooth-mlp", checkAtInput),
  ];
}

/** Σₖ wₖ hₖ / positions, from the network's own weights. */
async function checkActivationMap(context: CaseContext): Promise<void> {
  const { fixture, model, reference } = await context.load();
  const at = await lastLayer(reference);
  const feeds = fixture.sample(1);
  const h = (await reference.forward({ feeds, outputs: [at.layer] })).outputs[at.layer] as FloatTensor;
  const { kernel } = lastDense({ fixture });
  const [, channels = 0, height = 0, width = 0] = h.dims;
  const positions = height * width;
  const weight = (k: number): number => kernel.data[k * kernel.dims[1]! + 2]!;
  const map = Float32Array.from(
    { length: positions },
    (_, u) => Array.from({ length: channels }, (__, k) => weight(k) * h.data[k * positions + u]!).reduce((sum, value) => sum + value, 0) / positions,
  );
  for (const method of [gradCam(model, { ...at, relu: false }), hiResCam(model, at)]) {
    const { values } = await method.explain(feeds, { target: 2 });
    context.closeTo(values[at.layer]!, float32([1, 1, height, width], map), method.method.name);
  }
}

async function checkFlatten(context: CaseContext): Promise<void> {
  const { fixture, model, reference } = await context.load();
  const at = await lastLayer(reference);
  const { values, scores } = await hiResCam(model, at).explain(fixture.sample(1), { target: 3 });
  const expected = scores[0]! - lastDense({ fixture }).bias.data[3]!;
  context.closeTo(float32([1], [sumOf(values[at.layer]!)]), float32([1], [expected]), "Σ HiResCAM against F − bias");
}

async function checkConductance(context: CaseContext): Promise<void> {
  const { fixture, model } = await context.load();
  const feeds = fixture.sample(1);
  for (const layer of ["tanh2", "tanh4"]) {
    const { values } = await conductance(model, { layer, n: 64 }).explain(feeds, { target: 2 });
    const difference = await differenceFromZero(model, feeds["x"] as FloatTensor);
    const sum = sumOf(values[layer]!);
    // 64 steps are right to about 1e-5 on this network, in any precision.
    demand(
      Math.abs(sum - difference) <= Math.max(1e-4, 10 * context.tolerance) * Math.max(1, Math.abs(difference)),
      `conductance at "${layer}" sums to ${sum}; F(x) − F(x′) is ${difference}.`,
    );
  }
}

async function checkAtInput(context: CaseContext): Promise<void> {
  const { fixture, model } = await context.load();
  const x = fixture.sample(1)["x"] as FloatTensor;
  const call = { target: 3 };
  const gradient = (await model.vjp({ feeds: { x }, ...call })).gradients["x"]!;
  const product = await layerGradientXActivation(model, { layer: "x" }).explain(x, call);
  demandEqual(
    [...product.values.data],
    [...x.data].map((value, i) => Math.fround(value * gradient.data[i]!)),
    "gradient × activation at the input",
  );
  const base = new Backprop(model);
  const path = { n: 7, baseline: 0.25 };
  const pairs = [
    [layerIntegrated(model, { layer: "x", ...path }), integrated(base, path)],
    [internalInfluence(model, { layer: "x", ...path }), integrated(base, { ...path, multiplyByInputs: false })],
  ] as const;
  for (const [atLayer, atInput] of pairs)
    context.closeTo((await atLayer.explain(x, call)).values, (await atInput.explain(x, call)).values, `${atLayer.method.name} at the input`);
}

function lastDense({ fixture }: Pick<Subject, "fixture">): LayerOf<"dense"> {
  return fixture.network.nodes.at(-1)!.layer as LayerOf<"dense">;
}

async function differenceFromZero(model: Model, x: FloatTensor): Promise<number> {
  const scores = await Promise.all([x, float32(x.dims)].map(async (at) => (await model.forward({ feeds: { x: at }, target: 2 })).scores[0]!));
  return scores[0]! - scores[1]!;
}

function sumOf(tensor: Tensor): number {
  demand(isTensor(tensor), "An attribution must be a tensor.");
  return (tensor.data as Float32Array).reduce((sum, value) => sum + value, 0);
}
