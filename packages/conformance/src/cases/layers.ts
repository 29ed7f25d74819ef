import { float32, isXDeepError } from "@xdeep/core";
import type { Explainer, Model } from "@xdeep/core";
import {
  attentionRollout,
  conductance,
  gradCam,
  gradCamPlusPlus,
  gradientAttention,
  guidedGradCam,
  hiResCam,
  internalInfluence,
  layerCam,
  layerGradientXActivation,
  layerIntegrated,
} from "@xdeep/layers";

import type { Case } from "../run/case.ts";
import type { CaseContext } from "../run/case-context.ts";
import { demand, demandEqual } from "../run/failure.ts";
import type { FixtureFeeds } from "../networks/fixture.ts";

const requires = { kind: "innerValues" } as const;

/** A layer by name, and where its channels are. */
export interface NamedLayer {
  readonly layer: string;
  readonly channelAxis: number;
}

/** The methods at layers over the backend, against the same methods over the float64 reference. */
export function layerCases(): readonly Case[] {
  const agreeing = (id: string, proves: string, fixture: string, method: (model: Model, at: NamedLayer) => Explainer): Case => ({
    id: `layers/${id}`,
    proves,
    fixtures: [fixture],
    requires: id.startsWith("guided") ? [requires, { kind: "rule", rule: "guided" }] : requires,
    refusals: ["OUTPUT_UNKNOWN"],
    run: (context) => checkAtLayer(context, method),
  });
  return [
    {
      id: "layers/chosen",
      proves: "Layers are offered that every path passes and behind which positions meet, or none can be chosen.",
      fixtures: ["residual", "cnn", "mobile", "spatial", "two-inputs", "self-attention", "mlp"],
      requires,
      run: checkChosen,
    },
    agreeing("grad-cam", "Grad-CAM is the reference's.", "residual", gradCam),
    agreeing("grad-cam/earlier-layer", "Grad-CAM at an earlier layer is the reference's.", "cnn", (model) =>
      gradCam(model, { layer: "relu3", channelAxis: 1 }),
    ),
    agreeing("grad-cam-plus-plus", "Grad-CAM++ is the reference's.", "cnn", gradCamPlusPlus),
    agreeing("hi-res-cam", "HiResCAM is the reference's.", "cnn", hiResCam),
    agreeing("layer-cam", "LayerCAM is the reference's.", "cnn", layerCam),
    agreeing("guided-grad-cam", "Guided Grad-CAM is the reference's.", "residual", guidedGradCam),
    agreeing("gradient-x-activation", "Gradient × activation is the reference's.", "cnn", (model, { layer }) => layerGradientXActivation(model, { layer })),
    agreeing("integrated", "Integrated gradients of a layer are the reference's.", "smooth-mlp", (model) => layerIntegrated(model, { layer: "tanh2", n: 5 })),
    agreeing("conductance", "Conductance is the reference's.", "smooth-mlp", (model) => conductance(model, { layer: "tanh2", n: 5 })),
    agreeing("conductance/left", "Conductance with left ends is the reference's.", "smooth-mlp", (model) =>
      conductance(model, { layer: "tanh2", n: 5, left: true }),
    ),
    agreeing("internal-influence", "Internal influence is the reference's.", "smooth-mlp", (model) => internalInfluence(model, { layer: "tanh2", n: 5 })),
    attending("attention-rollout", "Attention rollout is the reference's, or there is no attention to be found.", attentionRollout),
    attending("gradient-attention", "Gradient × attention is the reference's, or there is no attention to be found.", gradientAttention),
  ];
}

function attending(id: string, proves: string, method: (model: Model) => Explainer): Case {
  return { id: `layers/${id}`, proves, fixtures: ["self-attention"], requires, run: (context) => checkAttention(context, method) };
}

/** The last layer of a fixture that maps are taken at, as the reference says. */
export async function lastLayer(reference: Model): Promise<NamedLayer> {
  const { name, channelAxis } = (await reference.layers!()).at(-1) ?? { name: "", channelAxis: 1 };
  return { layer: name, channelAxis };
}

async function checkAtLayer(context: CaseContext, method: (model: Model, at: NamedLayer) => Explainer): Promise<void> {
  const { fixture, model, reference } = await context.load();
  const feeds = fixture.sample(context.rows(2));
  const at = await lastLayer(reference);
  await agree(context, method(model, at), method(reference, at), feeds);
}

async function agree(context: CaseContext, actual: Explainer, expected: Explainer, feeds: FixtureFeeds): Promise<void> {
  const [one, other] = [await actual.explain(feeds, { target: 1 }), await expected.explain(feeds, { target: 1 })];
  demandEqual(one.layer, other.layer, "layer of the attribution");
  for (const [name, values] of Object.entries(other.values)) context.closeTo(one.values[name]!, values, `attribution to "${name}"`);
  context.closeTo(float32([one.scores.length], one.scores), float32([other.scores.length], other.scores), "scores of the attribution");
}

async function checkChosen(context: CaseContext): Promise<void> {
  for (const { fixture, model, reference } of await context.loadAll()) {
    const expected = (await reference.layers!()).map(({ name, channelAxis, dims }) => ({ name, channelAxis, dims }));
    const chosen = await gradCam(model)
      .explain(fixture.sample(1))
      .then(
        ({ layer }) => layer,
        (error: unknown) => {
          if (isXDeepError(error, "WRT_UNKNOWN")) return undefined;
          throw error;
        },
      );
    if (model.layers === undefined) {
      demandEqual(chosen, undefined, `layer chosen in fixture "${fixture.id}" by a backend that offers none`);
      continue;
    }
    const offered = (await model.layers()).map(({ name, channelAxis, dims }) => ({ name, channelAxis, dims }));
    demandEqual(offered, expected, `layers of fixture "${fixture.id}"`);
    demandEqual(chosen, expected.at(-1)?.name, `layer chosen in fixture "${fixture.id}"`);
  }
}

async function checkAttention(context: CaseContext, method: (model: Model) => Explainer): Promise<void> {
  const { fixture, model, reference } = await context.load();
  const feeds = fixture.sample(context.rows(2));
  if (model.attention === undefined && model.capabilities.innerValues) {
    const error: unknown = await method(model)
      .explain(feeds, { target: 1 })
      .catch((reason: unknown) => reason);
    demand(isXDeepError(error, "CAPABILITY_MISSING"), "A backend that finds no attention must be refused with CAPABILITY_MISSING.");
    return;
  }
  await agree(context, method(model), method(reference), feeds);
  const named = async (of: Model): Promise<readonly unknown[]> => (await of.attention!()).map(({ name, headsAxis }) => ({ name, headsAxis }));
  demandEqual(await named(model), await named(reference), "attention probabilities");
}
