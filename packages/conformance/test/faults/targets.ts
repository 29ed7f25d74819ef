import type { FloatTensor, Target, TargetGradients, TargetOption, VjpRequest } from "@xdeep/core";

import { type Fault, beforeCalls, inVjp, mapValues } from "../broken-model.ts";

type Terms = Extract<Target, { readonly terms: unknown }>;

/** Faults in what is explained: targets, scores, cotangents. */
export const targetFaults: readonly Fault[] = [
  {
    name: "targets in a list are off by one",
    breaks: inVjp(async (vjp, request) => {
      const { target } = request;
      if (!Array.isArray(target)) return vjp(request);
      const other = target.map((entry: unknown) => (typeof entry === "number" ? (entry + 1) % 4 : entry)) as typeof target;
      return { ...(await vjp({ ...request, target: other })), target: (await vjp(request)).target };
    }),
    fails: ["targets/per-row", "targets/*", "batch/*", "methods/*", "layers/*"],
  },
  {
    name: "of equal maxima the last is the argmax",
    breaks: beforeCalls(async (request, { forward, outputs }) => {
      if (request.target !== null) return request;
      const name = request.output ?? outputs[0]!.name;
      const { [name]: output } = (await forward({ feeds: request.feeds, outputs: [name] })).outputs;
      return { ...request, target: lastLargest(output as FloatTensor) };
    }),
    fails: ["targets/argmax-ties", "targets/tuple-argmax-ties", "errors/random-requests/*"],
  },
  {
    name: "the argmax of a map is that of row 0",
    breaks: beforeCalls(async (request, { forward, outputs }) => {
      if (request.target !== null || outputs[0]!.dims.length < 3) return request;
      return { ...request, target: (await forward({ ...request, target: null })).target[0]! };
    }),
    fails: ["targets/tuple-argmax-per-row"],
  },
  {
    name: "several targets come in reverse order",
    breaks: inSeveral((results) => results.toReversed()),
    fails: ["targets/several", "targets/several/*"],
  },
  {
    name: "of several targets each has the gradient of the first",
    breaks: inSeveral((results) => results.map((result) => ({ ...result, gradients: copied(results[0]!.gradients) }))),
    fails: ["targets/several", "targets/several/*"],
  },
  {
    name: "of several targets each has the scores of the last",
    breaks: inSeveral((results) => results.map((result) => ({ ...result, scores: results.at(-1)!.scores.slice() }))),
    fails: ["targets/several", "targets/several/*"],
  },
  {
    name: "of several targets only the first two are explained",
    breaks: inSeveral((results) => results.slice(0, 2)),
    fails: ["targets/several", "targets/several/*"],
  },
  {
    name: "several targets share the memory of equal gradients",
    breaks: inSeveral((results) =>
      results.map((result, k) => (k > 0 && JSON.stringify(result.target) === JSON.stringify(results[k - 1]!.target) ? results[k - 1]! : result)),
    ),
    fails: ["targets/several/apart"],
  },
  {
    name: "weights count for the first of several targets alone",
    breaks: inVjp(async (vjp, request) => {
      const { weights, targets } = request;
      const result = await vjp(request);
      if (weights === undefined || targets === undefined) return result;
      const evenly = await vjp({ ...request, weights: weights.map(() => 1) });
      return { ...result, perTarget: [result.perTarget![0]!, ...evenly.perTarget!.slice(1)] };
    }),
    fails: ["targets/several/weights"],
  },
  {
    name: "one of several targets is not checked",
    breaks: inVjp((vjp, request) => {
      const valid = request.targets?.map((target) => (typeof target === "number" && target > 4 ? 4 : target));
      return vjp(valid === undefined ? request : { ...request, targets: valid });
    }),
    fails: ["targets/several/refused"],
  },
  {
    name: "of a sum of terms only the first counts",
    breaks: inTerms(({ terms: [first] }) => ({ terms: [first!] })),
    fails: ["targets/terms", "targets/terms-*", "targets/mixed", "batch/fixed/terms", "inner/explained", "methods/terms", "methods/mixed-targets"],
  },
  {
    name: "the weights of terms are taken as 1",
    breaks: inTerms(({ terms }) => ({ terms: terms.map((term) => ({ ...term, weight: 1 })) })),
    fails: ["targets/terms", "targets/term*", "targets/mixed", "batch/fixed/terms", "inner/explained", "methods/terms", "methods/mixed-targets"],
  },
  {
    name: "a term that is named twice counts once",
    breaks: inTerms(({ terms }) => ({ terms: [...new Map(terms.map((term) => [JSON.stringify(term.index), term])).values()] })),
    fails: ["targets/terms-repeated"],
  },
  {
    name: "weights of rows are left out where a row has terms",
    breaks: inVjp((vjp, request) =>
      vjp(
        request.weights !== undefined && JSON.stringify(request.target ?? null).includes("terms")
          ? { ...request, weights: request.weights.map(() => 1) }
          : request,
      ),
    ),
    fails: ["targets/terms-weights", "methods/terms"],
  },
  {
    name: "null beside other targets is class 0",
    breaks: beforeCalls(async (request) => ({
      ...request,
      ...(Array.isArray(request.target) ? { target: (request.target as readonly (Target | null)[]).map((entry) => entry ?? 0) } : {}),
    })),
    fails: ["targets/mixed", "targets/terms-weights", "methods/mixed-targets"],
  },
  {
    name: "the largest entry is looked for in the whole row",
    breaks: inEntries((entry) => (typeof entry === "object" && "max" in entry ? { max: entry.max.map(() => null) } : entry)),
    fails: ["targets/max", "targets/max-*", "methods/max"],
  },
  {
    name: "every row takes the largest entry of row 0",
    breaks: beforeCalls(async (request, { forward }) => {
      if (typeof request.target !== "object" || request.target === null || !("max" in request.target)) return request;
      return { ...request, target: (await forward({ ...request, outputs: [] })).target[0]! };
    }),
    fails: ["targets/max", "targets/max-of-vector", "targets/max-of-one-axis"],
  },
  {
    name: "a largest entry is reported as it was asked for",
    breaks: inVjp(async (vjp, request) => {
      const result = await vjp(request);
      const { target } = request;
      return target != null && typeof target === "object" && "max" in target ? { ...result, target: result.target.map(() => target) } : result;
    }),
    fails: ["targets/max", "targets/max-of-*"],
  },
  {
    name: "a cotangent of a softmax is taken for that of its argument",
    breaks: inVjp((vjp, request, { id }) =>
      vjp(request.cotangent !== undefined && request.score !== "probability" && id.endsWith("-head") ? { ...request, output: "logits" } : request),
    ),
    fails: ["vjp/cotangent-of-softmax", "vjp/cotangent-of-*", "vjp/*-head"],
  },
  {
    name: "null beside a cotangent is let through",
    breaks: inVjp((vjp, { target, ...request }) => vjp(request.cotangent !== undefined && target === null ? request : { ...request, target })),
    fails: ["errors/cotangent-and-null-target"],
  },
  {
    name: "weights beside a cotangent are left out",
    breaks: inVjp((vjp, { weights, ...request }) => vjp(request.cotangent === undefined ? { ...request, weights } : request)),
    fails: ["errors/cotangent-and-weights"],
  },
  {
    name: "probability is always explained",
    breaks: inVjp(async (vjp, request) => ({ ...(await vjp({ ...request, score: "probability" })), score: request.score ?? "logit" })),
    fails: ["targets/softmax/logit", "targets/sigmoid/logit", "targets/log-softmax/logit", "errors/score-unknown"],
  },
  {
    name: "a cotangent is scored as if it were a target",
    breaks: inVjp(async (vjp, request) => {
      const result = await vjp(request);
      return request.cotangent === undefined ? result : { ...result, scores: new Float32Array(1) };
    }),
    fails: [
      "contract/no-target",
      "vjp/cotangent-of-*",
      "batch/*cotangent",
      "batch/*gradient-of-shared-inputs",
      "rules/*/every-rectifier",
      "inner/explained",
      "errors/random-requests/*",
    ],
  },
  {
    name: "the first output is explained, whichever is asked for",
    breaks: inVjp((vjp, { output: _output, ...request }, { id }) =>
      vjp(id === "two-outputs" ? { ...request, target: 0, cotangent: undefined } : { ...request, output: _output }),
    ),
    fails: ["targets/output", "vjp/two-outputs", "contract/every-output", "vjp/named-outputs", "rules/*/second-output", "errors/random-requests/two-outputs"],
  },
];

/** Changes the entries of what is asked for, and reports what was asked for. */
function inEntries(change: (entry: Target) => Target): Fault["breaks"] {
  const changeAll = (target: TargetOption | undefined): TargetOption | undefined => {
    if (target == null) return target;
    return Array.isArray(target) ? target.map((entry: Target | null) => (entry === null ? null : change(entry)) as Target) : change(target as Target);
  };
  return beforeCalls(async <R extends Partial<VjpRequest>>(request: R) => ("target" in request ? { ...request, target: changeAll(request.target) } : request));
}

function inTerms(change: (target: Terms) => Terms): Fault["breaks"] {
  return inEntries((entry) => (typeof entry === "object" && "terms" in entry ? change(entry) : entry));
}

function lastLargest({ dims, data }: FloatTensor): readonly Target[] {
  const [rows = 1, ...axes] = dims;
  const size = data.length / rows;
  return Array.from({ length: rows }, (_, n) => {
    const row = data.subarray(n * size, (n + 1) * size);
    const flat = row.lastIndexOf(row.reduce((a, b) => Math.max(a, b)));
    if (axes.length === 1) return flat;
    let rest = flat;
    const index = axes.toReversed().map((dim) => {
      const entry = rest % dim;
      rest = Math.floor(rest / dim);
      return entry;
    });
    return { index: index.toReversed() };
  });
}

/** A fault in what comes of several targets. */
function inSeveral(change: (results: readonly TargetGradients[]) => readonly TargetGradients[]): Fault["breaks"] {
  return inVjp(async (vjp, request) => {
    const result = await vjp(request);
    return result.perTarget === undefined ? result : { ...result, perTarget: change(result.perTarget) };
  });
}

function copied(gradients: TargetGradients["gradients"]): TargetGradients["gradients"] {
  return mapValues(gradients, (tensor) => ({ ...tensor, data: tensor.data.slice() }));
}
