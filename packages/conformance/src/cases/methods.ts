import { float32, isTensor } from "@xdeep/core";
import type { Attribution, Explainer, FloatTensor, Model, RectifierRule } from "@xdeep/core";
import { Backprop, inputXGradient } from "@xdeep/guided";
import { generateIntegratedGrad, integrated } from "@xdeep/integrated";
import type { QuadratureName } from "@xdeep/integrated";
import { generateSmoothGrad, smooth } from "@xdeep/smooth";

import type { Case } from "../run/case.ts";
import type { CaseContext } from "../run/case-context.ts";
import { demand, demandEqual } from "../run/failure.ts";

const PATHS: readonly QuadratureName[] = ["midpoint", "trapezoid", "left", "right", "gausslegendre"];

/** The methods over the backend, against the same methods over the float64 reference: every backend gives the same attributions. */
export function methodCases(): readonly Case[] {
  const guided = { kind: "rule", rule: "guided" } as const;
  const agreeing = (id: string, proves: string, fixture: string, method: (base: Explainer) => Explainer, rule: RectifierRule = "standard"): Case => ({
    id: `methods/${id}`,
    proves,
    fixtures: [fixture],
    ...(rule === "standard" ? {} : { requires: { kind: "rule", rule } as const }),
    run: (context) => checkMethod(context, (model) => method(new Backprop(model, { rule }))),
  });
  return [
    agreeing("vanilla", "Plain gradients are the reference's.", "cnn", (base) => base),
    agreeing("input-x-gradient", "Input × gradient is the reference's.", "cnn", (base) => inputXGradient(base)),
    agreeing("guided", "Guided gradients are the reference's.", "cnn", (base) => base, "guided"),
    agreeing("deconvnet", "DeconvNet gradients are the reference's.", "cnn", (base) => base, "deconvnet"),
    ...PATHS.map((quadrature) =>
      agreeing(`integrated/${quadrature}`, `Integrated gradients of 25 points by "${quadrature}" are the reference's.`, "mlp", (base) =>
        integrated(base, { n: 25, quadrature }),
      ),
    ),
    agreeing("integrated/image", "Integrated gradients of an image are the reference's.", "cnn", (base) => integrated(base, { n: 5 })),
    agreeing("integrated/guided", "Integrated guided gradients are the reference's.", "mlp", (base) => integrated(base, { n: 25 }), "guided"),
    agreeing("integrated/two-inputs", "Integrated gradients of two inputs move both together.", "two-inputs", (base) => integrated(base, { n: 5 })),
    agreeing("integrated/mean", "multiplyByInputs: false gives the bare mean gradient.", "mlp", (base) => integrated(base, { n: 25, multiplyByInputs: false })),
    {
      id: "methods/integrated/definition",
      proves: "Integrated gradients are (x − x′) times the mean gradient on the path.",
      fixtures: ["smooth-mlp"],
      run: checkDefinition,
    },
    { id: "methods/integrated/completeness", proves: "Integrated gradients sum to F(x) − F(x′).", fixtures: ["smooth-mlp"], run: checkCompleteness },
    agreeing("smooth/seeded", "SmoothGrad of one seed is the same as the reference's.", "mlp", (base) => smooth(base, { n: 10, seed: 7 })),
    agreeing("smooth/image", "SmoothGrad of an image is the reference's.", "cnn", (base) => smooth(base, { n: 5, seed: 7 })),
    agreeing("smooth/guided", "SmoothGrad of guided gradients is the reference's.", "mlp", (base) => smooth(base, { n: 10, seed: 7 }), "guided"),
    agreeing("smooth/variance", "The variance over the draws is the reference's.", "smooth-mlp", (base) =>
      smooth(base, { n: 10, seed: 7, aggregate: "variance" }),
    ),
    agreeing("smooth/integrated", "SmoothGrad of integrated gradients is the reference's.", "mlp", (base) =>
      smooth(integrated(base, { n: 5 }), { n: 4, seed: 7 }),
    ),
    { id: "methods/smooth/no-noise", proves: "SmoothGrad with noise level 0 is the plain gradient.", fixtures: ["cnn"], run: checkNoNoise },
    {
      id: "methods/by-name",
      proves: "calculateGradients, generateIntegratedGrad and generateSmoothGrad drop the batch axis of one sample.",
      fixtures: ["mlp"],
      run: checkByName,
    },
    { id: "methods/provenance", proves: "Attributions name rule, rectifiers, backend and engine.", fixtures: ["cnn"], requires: guided, run: checkProvenance },
  ];
}

async function checkMethod(context: CaseContext, method: (model: Model) => Explainer): Promise<void> {
  const { fixture, model, reference } = await context.load();
  const feeds = fixture.sample(1);
  const names = Object.keys(feeds);
  const [actual, expected] = [await method(model).explain(feeds, { target: 1 }), await method(reference).explain(feeds, { target: 1 })];
  for (const name of names) context.closeTo(actual.values[name]!, expected.values[name]!, `attribution to "${name}"`);
  demandEqual(actual.target, expected.target, "targets of the attribution");
  context.closeTo(float32([1], actual.scores), float32([1], expected.scores), "scores of the attribution");
}

/** The formula written out, midpoints of 20 equal steps from x′ = 0.5, against the method. */
async function checkDefinition(context: CaseContext): Promise<void> {
  const { fixture, model, reference } = await context.load();
  const x = fixture.sample(1)["x"] as FloatTensor;
  const baseline = 0.5;
  const sum = new Float64Array(x.data.length);
  for (let k = 0; k < 20; k++) {
    const point = float32(
      x.dims,
      x.data.map((value) => baseline + ((k + 0.5) / 20) * (value - baseline)),
    );
    const gradient = (await reference.vjp({ feeds: { x: point }, target: 3 })).gradients["x"]!;
    gradient.data.forEach((value, i) => (sum[i]! += value / 20));
  }
  const expected = float32(
    x.dims,
    x.data.map((value, i) => (value - baseline) * sum[i]!),
  );
  const { values } = await integrated(new Backprop(model), { n: 20, baseline }).explain(x, { target: 3 });
  context.closeTo(values, expected, 'integrated gradients of "x"');
}

async function checkCompleteness(context: CaseContext): Promise<void> {
  const { fixture, model } = await context.load();
  const x = fixture.sample(1)["x"] as FloatTensor;
  const attribution: Attribution<FloatTensor> = await integrated(new Backprop(model), { n: 64 }).explain(x, { target: 2 });
  const [atInput, atBaseline] = [await model.forward({ feeds: { x }, target: 2 }), await model.forward({ feeds: { x: float32(x.dims) }, target: 2 })];
  const difference = atInput.scores[0]! - atBaseline.scores[0]!;
  const sum = attribution.values.data.reduce((total, value) => total + value, 0);
  // The midpoint rule of 64 steps is right to about 1e-4 on this network, in any precision.
  const allowed = Math.max(1e-3, 10 * context.tolerance) * Math.max(1, Math.abs(difference));
  demand(Math.abs(sum - difference) <= allowed, `Σ A = ${sum} must be F(x) − F(x′) = ${difference}.`);
  const [delta] = attribution.convergenceDelta ?? [];
  demand(
    delta !== undefined && Math.abs(delta - (sum - difference)) <= allowed,
    `convergenceDelta must be Σ A − (F(x) − F(x′)) = ${sum - difference}, got ${delta}.`,
  );
}

async function checkNoNoise(context: CaseContext): Promise<void> {
  const { fixture, model } = await context.load();
  const feeds = fixture.sample(1);
  const base = new Backprop(model);
  const still = await smooth(base, { n: 3, noiseLevel: 0, seed: 1 }).explain(feeds, { target: 1 });
  context.closeTo(still.values["image"]!, (await base.explain(feeds, { target: 1 })).values["image"]!, "SmoothGrad without noise against the plain gradient");
}

async function checkByName(context: CaseContext): Promise<void> {
  const { fixture, model, reference } = await context.load();
  const x = fixture.sample(1)["x"] as FloatTensor;
  const calls = {
    calculateGradients: (explainer: Backprop) => explainer.calculateGradients(x, { targetClass: 1 }),
    generateIntegratedGrad: (explainer: Backprop) => generateIntegratedGrad(explainer, x, { targetClass: 1 }),
    generateSmoothGrad: (explainer: Backprop) => generateSmoothGrad(explainer, x, { targetClass: 1, n: 5, noiseLevel: 0.1, seed: 3 }),
  };
  for (const [name, call] of Object.entries(calls)) {
    const [actual, expected] = [await call(new Backprop(model)), await call(new Backprop(reference))];
    demand(isTensor(actual), `${name} must give a tensor for a tensor.`);
    demandEqual(actual.dims, [8], `dims of ${name}`);
    context.closeTo(actual, expected, name);
  }
}

async function checkProvenance(context: CaseContext): Promise<void> {
  const { fixture, model } = await context.load();
  const { provenance } = await new Backprop(model, { guided: true }).explain(fixture.sample(1), { target: 1 });
  const { rule, rectifiers, backend, engine } = provenance;
  demandEqual({ rule, rectifiers, backend, engine }, { rule: "guided", rectifiers: 2, backend: model.backend, engine: model.engine }, "provenance");
}
