import { type MethodDescription, XDeepError } from "@xdeep/core";

/**
 * What the entries of an attribution are: a sensitivity says how the score changes with an entry, as the gradient; a contribution how much of
 * F(x) − F(x′) is the entry's share, as x ⊙ gradient, integrated gradients, DeepLIFT, relevance, and maps of what a layer saw.
 */
export type AttributionForm = "sensitivity" | "contribution";

const SENSITIVITIES: ReadonlySet<string> = new Set(["vanilla", "guided", "deconvnet", "guided-grad-cam", "internal-influence"]);
const CONTRIBUTIONS: ReadonlySet<string> = new Set([
  "input-x-gradient",
  "grad-cam",
  "grad-cam-plus-plus",
  "hi-res-cam",
  "layer-cam",
  "layer-gradient-x-activation",
  "layer-integrated",
  "conductance",
  "deeplift",
  "deepshap",
  "lrp",
  "lrp-epsilon",
  "attn-lrp",
  "cp-lrp",
]);

/**
 * The form of what a method gives: of methods that are known by name, and of means over them.
 *
 * @throws {XDeepError} OPTION_INVALID for a method of others, which its user has to say
 */
export function formOf(metric: string, method: MethodDescription, given?: AttributionForm): AttributionForm {
  if (given === "sensitivity" || given === "contribution") return given;
  if (given !== undefined) throw unknown(metric, `form must be "sensitivity" or "contribution", got ${String(given)}`, method);
  if (method.name === "smooth" && method.of !== undefined) return formOf(metric, method.of);
  if (method.name === "integrated") return method.parameters["multiplyByInputs"] === false ? "sensitivity" : "contribution";
  if (SENSITIVITIES.has(method.name)) return "sensitivity";
  if (CONTRIBUTIONS.has(method.name)) return "contribution";
  throw unknown(
    metric,
    `it is not known whether "${method.name}" gives sensitivities, as the gradient, or contributions, as input × gradient. Pass \`form\`: "sensitivity" or "contribution"`,
    method,
  );
}

function unknown(metric: string, what: string, { name }: MethodDescription): XDeepError {
  return new XDeepError("OPTION_INVALID", `${metric}: ${what}.`, { details: { metric, option: "form", method: name } });
}
