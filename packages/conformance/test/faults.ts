import { XDeepError, isXDeepError, sliceRows } from "@xdeep/core";
import { concatRows } from "@xdeep/core/backend";
import type { Rule } from "@xdeep/core";

import { REFERENCE_CAPABILITIES } from "../src/index.ts";
import { type Fault, afterRule, fedAs, inGradients, inVjp, scaled } from "./broken-model.ts";

const { preferredBatch: _, ...honest } = REFERENCE_CAPABILITIES;

/** Backends that lie, each in one way. */
export const FAULTS: readonly Fault[] = [
  {
    name: "gradients are a hundredth too large",
    breaks: inGradients((gradient) => scaled(gradient, 1.01)),
    fails: ["vjp/conv2d", "vjp/*", "rules/guided/*", "rules/deconvnet/*", "targets/softmax/*", "targets/sigmoid/*", "inner/gradient", "inner/fed", "methods/*"],
  },
  {
    name: "gradients of batches of three come in reverse order",
    breaks: inGradients((gradient) => (gradient.dims[0] === 3 ? concatRows([2, 1, 0].map((row) => sliceRows(gradient, row, row + 1))) : gradient)),
    fails: ["batch/rows-alone/cnn", "batch/rows-alone/*", "batch/weights"],
  },
  {
    name: "guided gives the plain gradient",
    breaks: inVjp(async (vjp, request) => ({
      ...(await vjp(request.rule === "guided" ? { ...request, rule: "standard" } : request)),
      rectifiers: (await vjp(request)).rectifiers,
    })),
    fails: ["rules/guided/cnn", "rules/guided/*", "methods/guided", "methods/integrated/guided", "methods/smooth/guided"],
  },
  {
    name: "targets in a list are off by one",
    breaks: inVjp(async (vjp, request) => {
      const { target } = request;
      if (!Array.isArray(target)) return vjp(request);
      const other = target.map((entry: unknown) => (typeof entry === "number" ? (entry + 1) % 4 : entry)) as typeof target;
      return { ...(await vjp({ ...request, target: other })), target: (await vjp(request)).target };
    }),
    fails: ["targets/per-row", "methods/*"],
  },
  {
    name: "the guided rule is gone after the first guided call",
    breaks: afterRule("guided", (request) => ({ ...request, rule: "standard" })),
    fails: ["isolation/guided-again", "isolation/concurrent-rules", "rules/guided/narrowed", "methods/integrated/guided", "methods/smooth/guided"],
  },
  {
    name: "a guided call leaves its rule behind",
    breaks: afterRule("guided", (request) => ({ ...request, rule: "guided" })),
    fails: ["isolation/rule-is-scoped", "isolation/concurrent-rules"],
  },
  {
    name: "an aborted call leaves NaN behind",
    breaks: ({ vjp, forward }) => {
      let aborted = false;
      const watch = async <T>(call: Promise<T>): Promise<T> => {
        try {
          return await call;
        } catch (error) {
          aborted ||= !isXDeepError(error);
          throw error;
        }
      };
      return {
        forward: (request) => watch(forward(request)),
        async vjp(request) {
          const result = await watch(vjp(request));
          return aborted
            ? { ...result, gradients: Object.fromEntries(Object.entries(result.gradients).map(([name, gradient]) => [name, scaled(gradient, Number.NaN)])) }
            : result;
        },
      };
    },
    fails: ["abort/before-vjp", "abort/before-forward"],
  },
  {
    name: "aborts are not heard",
    breaks: ({ vjp, forward }) => ({ vjp: ({ signal: _signal, ...rest }) => vjp(rest), forward: ({ signal: _signal, ...rest }) => forward(rest) }),
    fails: ["abort/before-vjp", "abort/before-forward", "abort/default-reason"],
  },
  {
    name: "aborts reject with an error of the backend's own",
    breaks: ({ vjp }) => ({
      async vjp({ signal, ...rest }) {
        if (signal?.aborted === true) throw new Error("aborted");
        return vjp(rest);
      },
    }),
    fails: ["abort/before-vjp", "abort/default-reason"],
  },
  {
    name: "the model claims inner values",
    breaks: ({ capabilities }) => ({ capabilities: { ...capabilities, innerValues: true } }),
    manifest: { capabilities: { ...honest, innerValues: false } },
    fails: ["contract/capabilities", "inner/*"],
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
      "methods/guided",
      "methods/*/guided",
      "methods/provenance",
    ],
  },
  {
    name: "logits are declared missing, but there",
    breaks: ({ capabilities }) => ({ capabilities: { ...capabilities, logits: false } }),
    manifest: { capabilities: { ...honest, logits: false } },
    fails: ["targets/softmax/logit", "targets/sigmoid/logit"],
  },
  {
    name: "a call writes into its input",
    breaks: inVjp(async (vjp, request) => {
      const result = await vjp(request);
      (request.feeds["facts"]?.data as Float32Array | undefined)?.fill(0);
      return result;
    }),
    fails: ["isolation/inputs-unchanged"],
  },
  {
    name: "results share one buffer",
    breaks: ({ vjp }) => {
      let buffer = new Float32Array();
      return {
        async vjp(request) {
          const result = await vjp(request);
          const x = result.gradients["x"];
          if (x === undefined) return result;
          if (buffer.length !== x.data.length) buffer = new Float32Array(x.data.length);
          buffer.set(x.data);
          return { ...result, gradients: { ...result.gradients, x: { ...x, data: buffer } } };
        },
      };
    },
    fails: ["isolation/results-kept"],
  },
  {
    name: "the derivative of ReLU at 0 is 1",
    breaks: fedAs((x) => x.map((value) => (value === 0 ? 1e-30 : value))),
    fails: ["vjp/relu/at-zero", "vjp/relu6/at-bounds", "rules/guided/kinks"],
  },
  {
    name: "the last of equal maxima takes the gradient",
    breaks: fedAs((x) => (new Set(x).size < x.length / 2 ? x.map((value, i) => value + i * 1e-6) : x)),
    fails: ["vjp/max-pool/ties", "vjp/max-pool-overlap/ties"],
  },
  {
    name: "weights average instead of summing",
    breaks: inGradients((gradient, { weights }) => (weights === undefined ? gradient : scaled(gradient, 1 / weights.length))),
    fails: ["batch/weights", "methods/*"],
  },
  {
    name: "rectifiers are counted one too many",
    breaks: inVjp(async (vjp, request) => {
      const result = await vjp(request);
      return { ...result, rectifiers: result.rectifiers === 0 ? 0 : result.rectifiers + 1 };
    }),
    fails: ["rules/guided/count", "rules/*/count", "rules/*/narrowed", "methods/provenance"],
  },
  {
    name: "rectifiers cannot be narrowed",
    breaks: inVjp((vjp, { rectifiers: _rectifiers, ...request }) => vjp(request)),
    fails: ["rules/guided/narrowed", "rules/deconvnet/narrowed"],
  },
  {
    name: "dispose fails the second time",
    breaks: ({ dispose }) => {
      let calls = 0;
      return {
        async dispose() {
          if (calls++ > 0) throw new Error("already disposed");
          await dispose();
        },
      };
    },
    fails: ["contract/dispose-twice"],
  },
  { name: "NaN is taken as 0", breaks: fedAs((x) => x.map((value) => (Number.isNaN(value) ? 0 : value))), fails: ["errors/not-a-number"] },
  {
    name: "probability is always explained",
    breaks: inVjp(async (vjp, request) => ({ ...(await vjp({ ...request, score: "probability" })), score: request.score ?? "logit" })),
    fails: ["targets/softmax/logit", "targets/sigmoid/logit", "errors/score-unknown"],
  },
  {
    name: "concurrent calls take each other's rule",
    breaks: ({ vjp }) => {
      let rule: Rule | undefined;
      return {
        async vjp(request) {
          rule = request.rule;
          await Promise.resolve();
          return vjp({ ...request, rule });
        },
      };
    },
    fails: ["isolation/concurrent-rules"],
  },
  {
    name: "a call on its way gives zeros when the model is disposed",
    breaks: ({ vjp, dispose }) => {
      let gone = false;
      return {
        async vjp(request) {
          const result = await vjp(request);
          return gone
            ? { ...result, gradients: Object.fromEntries(Object.entries(result.gradients).map(([name, gradient]) => [name, scaled(gradient, 0)])) }
            : result;
        },
        async dispose() {
          gone = true;
          await dispose();
        },
      };
    },
    fails: ["isolation/dispose-during-call"],
  },
  {
    name: "more than eight rows are refused, though any number is declared",
    breaks: inVjp((vjp, request) => {
      if ((request.feeds["x"]?.dims[0] ?? 1) > 8) throw new XDeepError("BATCH_INVALID", "Eight rows at most.");
      return vjp(request);
    }),
    fails: ["batch/large"],
  },
  {
    name: "a cotangent is scored as if it were a target",
    breaks: inVjp(async (vjp, request) => {
      const result = await vjp(request);
      return request.cotangent === undefined ? result : { ...result, scores: new Float32Array(1) };
    }),
    fails: ["contract/no-target"],
  },
  { name: "wrt is ignored", breaks: inVjp((vjp, { wrt, ...request }) => vjp(wrt?.includes("facts") ? request : { ...request, wrt })), fails: ["contract/wrt"] },
  {
    name: "images state another layout",
    breaks: ({ inputs }) => ({ inputs: inputs.map((info) => (info.layout === null ? info : { ...info, layout: "NHWC" })) }),
    fails: ["contract/layout", "methods/smooth/image"],
  },
  {
    name: "the first output is explained, whichever is asked for",
    breaks: inVjp((vjp, { output: _output, ...request }, { id }) =>
      vjp(id === "two-outputs" ? { ...request, target: 0, cotangent: undefined } : { ...request, output: _output }),
    ),
    fails: ["vjp/two-outputs", "targets/output"],
  },
];
