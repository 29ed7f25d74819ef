import { XDeepError } from "@xdeep/core";

import { type Fault, fedAs, inGradients, inVjp, scaled } from "../broken-model.ts";

/** Faults in the numbers, and bad input that is let through. */
export const numberFaults: readonly Fault[] = [
  {
    name: "gradients are a hundredth too large",
    breaks: inGradients((gradient) => scaled(gradient, 1.01)),
    fails: ["vjp/conv2d", "contract/every-output", "vjp/*", "batch/*", "rules/*", "targets/*", "inner/*", "methods/*", "layers/*"],
  },
  {
    name: "the derivative of ReLU at 0 is 1",
    breaks: fedAs((x) => x.map((value) => (value === 0 ? 1e-30 : value))),
    fails: ["vjp/relu/at-zero", "vjp/relu6/at-bounds", "rules/guided/kinks"],
  },
  {
    name: "the last of equal maxima takes the gradient",
    breaks: fedAs((x) => (x.length === 70 && new Set(x).size < x.length / 2 ? x.map((value, i) => value + i * 1e-6) : x)),
    fails: ["vjp/max-pool/ties", "vjp/max-pool-overlap/ties", "targets/tuple-argmax-ties"],
  },
  { name: "NaN is taken as 0", breaks: fedAs((x) => x.map((value) => (Number.isNaN(value) ? 0 : value))), fails: ["errors/not-a-number"] },
  {
    name: "numbers that are not finite are answered as 0",
    breaks: ({ vjp, forward }) => {
      const finite = (values: Float32Array): Float32Array => values.map((value) => (Number.isFinite(value) ? value : 0));
      const inAll = <T extends object>(tensors: T): T =>
        Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name, { ...tensor, data: finite(tensor.data as Float32Array) }])) as T;
      return {
        async vjp(request) {
          const result = await vjp(request);
          return { ...result, outputs: inAll(result.outputs), gradients: inAll(result.gradients), scores: finite(result.scores) };
        },
        async forward(request) {
          const result = await forward(request);
          return { ...result, outputs: inAll(result.outputs), scores: finite(result.scores) };
        },
      };
    },
    fails: ["errors/overflow", "errors/overflow-of-gradients"],
  },
  {
    name: "gradients that are not finite are answered as 0",
    breaks: inGradients((gradient) => ({ ...gradient, data: gradient.data.map((value) => (Number.isFinite(value) ? value : 0)) })),
    fails: ["errors/overflow-of-gradients"],
  },
  {
    name: "more than eight rows are refused, though any number is declared",
    breaks: inVjp((vjp, request) => {
      if ((request.feeds["x"]?.dims[0] ?? 1) > 8) throw new XDeepError("BATCH_INVALID", "Eight rows at most.");
      return vjp(request);
    }),
    fails: ["batch/large", "batch/*-preferred"],
  },
  {
    name: "a scalar feed fails with an error of the engine's own",
    breaks: inVjp((vjp, request) => {
      if (Object.values(request.feeds).some((feed) => feed.dims?.length === 0)) throw new RangeError("offset is out of bounds");
      return vjp(request);
    }),
    fails: ["errors/random-requests/spatial", "errors/random-requests/*", "*/shared-inputs", "*-of-shared-inputs", "vjp/fixed-batch-shared-inputs"],
  },
];
