import * as guided from "@xdeep/guided";
import { integrated } from "@xdeep/integrated";
import * as layers from "@xdeep/layers";
import * as relevance from "@xdeep/relevance";
import { smooth } from "@xdeep/smooth";
import { affine, analyticModel } from "@xdeep/test-models";
import { expect, it } from "vitest";

import { formOf } from "./attribution-form.ts";

const rules = ["standard", "guided", "deconvnet", "deeplift", "lrp", "lrp-epsilon", "attn-lrp", "cp-lrp"];
const model = analyticModel({ inputs: [{ name: "x", dims: [2] }], layers: [affine([[1, 2]])], capabilities: { rules } });
const gradient = new guided.Backprop(model);

it("is known of every method of ours, but of attention, which belongs to tokens", () => {
  const { attentionRollout: _, gradientAttention: __, ...attributed } = layers;
  const methods = Object.values(attributed).filter((method) => typeof method === "function");
  expect(methods.length).toBeGreaterThan(8);
  for (const method of methods) expect(["sensitivity", "contribution"]).toContain(formOf("test", method(model).method));
});

it("of relevance is a contribution", () => {
  const { deepLift, deepShap, lrp, attnLrp, cpLrp } = relevance;
  const methods = [deepLift(model), deepShap(model, { baselines: [0] }), lrp(model), lrp(model, { composite: "epsilon" }), attnLrp(model), cpLrp(model)];
  for (const { method } of methods) expect(formOf("test", method), method.name).toBe("contribution");
});

it("is that of the gradient, times the input or not, and of a mean that of what it averages", () => {
  const of = ({ method }: typeof gradient | ReturnType<typeof smooth>): string => formOf("test", method);
  expect(of(gradient)).toBe("sensitivity");
  expect(of(guided.inputXGradient(gradient))).toBe("contribution");
  expect(of(integrated(gradient))).toBe("contribution");
  expect(of(integrated(gradient, { multiplyByInputs: false, n: 3 }))).toBe("sensitivity");
  expect(of(smooth(gradient))).toBe("sensitivity");
  expect(of(smooth(integrated(gradient, { n: 2 }), { n: 2 }))).toBe("contribution");
});
