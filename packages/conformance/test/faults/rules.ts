import { XDeepError } from "@xdeep/core";
import type { VjpRequest } from "@xdeep/core";

import { type Fixture, REFERENCE_CAPABILITIES } from "../../src/index.ts";
import { type Fault, afterRule, beforeVjp, inVjp } from "../broken-model.ts";

const { preferredBatch: _, ...honest } = REFERENCE_CAPABILITIES;

/** Faults in the rules of rectifiers. */
export const ruleFaults: readonly Fault[] = [
  {
    name: "guided gives the plain gradient",
    breaks: inVjp(async (vjp, request) => ({
      ...(await vjp(request.rule === "guided" ? { ...request, rule: "standard" } : request)),
      rectifiers: (await vjp(request)).rectifiers,
    })),
    fails: [
      "rules/guided/cnn",
      "rules/guided/*",
      "methods/guided",
      "methods/integrated/guided",
      "methods/smooth/guided",
      "layers/guided-grad-cam",
      "targets/several/guided",
    ],
  },
  {
    name: "guided is left out where the probability is explained",
    breaks: unguided(({ score }) => score === "probability"),
    fails: ["rules/guided/probability"],
  },
  {
    name: "guided is left out for every input but the first",
    breaks: unguided(({ wrt }, { network }) => wrt?.[0] !== undefined && wrt[0] === network.inputs[1]?.name),
    fails: ["rules/guided/second-input"],
  },
  {
    name: "guided is left out for every output but the first",
    breaks: unguided(({ output }, { network }) => output !== undefined && output === network.outputs[1]),
    fails: ["rules/guided/second-output"],
  },
  {
    name: "guided is left out for inner values",
    breaks: unguided(({ wrt }, { network }) => wrt !== undefined && !network.inputs.some(({ name }) => wrt.includes(name))),
    fails: ["rules/guided/inner-value"],
  },
  {
    name: "deconvnet is guided from the third row on",
    breaks: inVjp((vjp, request) =>
      vjp(request.rule === "deconvnet" && Object.values(request.feeds)[0]!.dims[0]! > 2 ? { ...request, rule: "guided" } : request),
    ),
    fails: ["rules/deconvnet/batch"],
  },
  {
    name: "rectifiers are counted per row",
    breaks: inVjp(async (vjp, request) => {
      const result = await vjp(request);
      return { ...result, rectifiers: result.rectifiers * (Object.values(request.feeds)[0]!.dims[0] ?? 1) };
    }),
    fails: ["rules/guided/batch", "rules/*"],
  },
  {
    name: "the guided rule is gone after the first guided call",
    breaks: afterRule("guided", (request) => ({ ...request, rule: "standard" })),
    fails: ["isolation/guided-again", "isolation/concurrent-rules", "rules/guided/*", "methods/*/guided"],
  },
  {
    name: "a guided call leaves its rule behind",
    breaks: afterRule("guided", (request) => ({ ...request, rule: "guided" })),
    fails: ["isolation/rule-is-scoped", "isolation/concurrent-rules"],
  },
  {
    name: "the guided rule is declared, but missing",
    breaks: inVjp((vjp, request) => {
      if (request.rule === "guided") throw new XDeepError("CAPABILITY_MISSING", "There is no rule guided.");
      return vjp(request);
    }),
    fails: [
      "rules/guided/cnn",
      "rules/guided/*",
      "isolation/guided-again",
      "isolation/rule-is-scoped",
      "isolation/concurrent-rules",
      "targets/several/guided",
      "methods/guided",
      "methods/*/guided",
      "methods/provenance",
      "layers/guided-grad-cam",
    ],
  },
  {
    name: "rectifiers are counted one too many",
    breaks: inVjp(async (vjp, request) => {
      const result = await vjp(request);
      return { ...result, rectifiers: result.rectifiers === 0 ? 0 : result.rectifiers + 1 };
    }),
    fails: ["rules/guided/count", "rules/*", "methods/provenance", "targets/several/guided"],
  },
  {
    name: "rectifiers cannot be narrowed",
    breaks: inVjp((vjp, { rectifiers: _rectifiers, ...request }) => vjp(request)),
    fails: ["rules/guided/narrowed", "rules/*/narrowed", "rules/*/every-rectifier", "errors/rectifier-unknown"],
  },
  {
    name: "rectifiers that do not exist are passed over",
    breaks: inVjp((vjp, { rectifiers, ...request }) => vjp({ ...request, rectifiers: rectifiers?.filter((name) => honest.rectifiers.includes(name)) })),
    fails: ["errors/rectifier-unknown"],
  },
  {
    name: "rectifiers beyond ReLU and ReLU6 do nothing",
    breaks: inVjp((vjp, { rectifiers, ...request }) => {
      const known = rectifiers?.every((name) => honest.rectifiers.includes(name));
      return vjp({ ...request, rectifiers: known ? rectifiers?.filter((name) => ["Relu", "Relu6"].includes(name)) : rectifiers });
    }),
    fails: ["rules/guided/every-rectifier", "rules/deconvnet/every-rectifier"],
  },
  {
    name: "a rectifier that is declared is refused",
    breaks: ({ capabilities }) => ({ capabilities: { ...capabilities, rectifiers: [...capabilities.rectifiers, "Gelu"] } }),
    manifest: { capabilities: { ...honest, rectifiers: [...honest.rectifiers, "Gelu"] } },
    fails: ["rules/guided/every-rectifier", "rules/deconvnet/every-rectifier"],
  },
];

/** Leaves the guided rule out of some requests. */
function unguided(when: (request: VjpRequest, fixture: Fixture) => boolean): Fault["breaks"] {
  return beforeVjp((request, fixture) => (request.rule === "guided" && when(request, fixture) ? { ...request, rule: "standard" } : request));
}
