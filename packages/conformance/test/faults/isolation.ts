import { isXDeepError } from "@xdeep/core";
import type { FloatTensor, Rule, TensorOf, VjpResult } from "@xdeep/core";

import { type Fault, inForward, inVjp, mapValues, scaled } from "../broken-model.ts";

/** Faults that one call leaves to another, or to what belongs to the caller; and calls that are aborted. */
export const isolationFaults: readonly Fault[] = [
  {
    name: "a call writes into its input",
    breaks: inVjp(async (vjp, request) => {
      const result = await vjp(request);
      (request.feeds["facts"]?.data as Float32Array | undefined)?.fill(0);
      return result;
    }),
    fails: ["isolation/inputs-unchanged", "isolation/own-buffers"],
  },
  {
    name: "a call writes into its indices",
    breaks: inVjp(async (vjp, request) => {
      const result = await vjp(request);
      (request.feeds["words"] as TensorOf<"int32"> | undefined)?.data.fill(0);
      return result;
    }),
    fails: ["isolation/inputs-unchanged"],
  },
  {
    name: "a call writes into its cotangent",
    breaks: inVjp(async (vjp, request) => {
      const result = await vjp(request);
      request.cotangent?.data.fill(0);
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
    fails: ["isolation/results-kept", "methods/terms"],
  },
  {
    name: "gradients of one call lie in one buffer",
    breaks: inVjp(async (vjp, request) => {
      const result = await vjp(request);
      const buffer = new Float32Array(Object.values(result.gradients).reduce((sum, { data }) => sum + data.length, 0));
      let offset = 0;
      const packed = (tensor: FloatTensor): FloatTensor => {
        const data = buffer.subarray(offset, (offset += tensor.data.length));
        data.set(tensor.data);
        return { ...tensor, data };
      };
      return { ...result, gradients: mapValues(result.gradients, packed) };
    }),
    fails: ["isolation/own-buffers"],
  },
  {
    name: "outputs of forward come from the last of the calls at the same time",
    breaks: ({ forward }) => {
      let last: Awaited<ReturnType<typeof forward>>["outputs"] = {};
      return {
        async forward(request) {
          const result = await forward(request);
          last = result.outputs;
          await new Promise((resolve) => setTimeout(resolve, 1));
          return { ...result, outputs: last };
        },
      };
    },
    fails: ["isolation/concurrent-forward"],
  },
  {
    name: "outputs of vjp come from the last of the calls at the same time",
    breaks: ({ vjp }) => {
      let last: VjpResult["outputs"] = {};
      return {
        async vjp(request) {
          const result = await vjp(request);
          last = result.outputs;
          await Promise.resolve();
          return { ...result, outputs: last };
        },
      };
    },
    fails: ["isolation/concurrent"],
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
          return gone ? { ...result, gradients: mapValues(result.gradients, (gradient) => scaled(gradient, 0)) } : result;
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
          return aborted ? { ...result, gradients: mapValues(result.gradients, (gradient) => scaled(gradient, Number.NaN)) } : result;
        },
      };
    },
    fails: ["abort/before-vjp", "abort/before-forward", "errors/random-requests/*"],
  },
  {
    name: "aborts are not heard",
    breaks: ({ vjp, forward }) => ({ vjp: ({ signal: _signal, ...rest }) => vjp(rest), forward: ({ signal: _signal, ...rest }) => forward(rest) }),
    fails: ["abort/before-vjp", "abort/before-forward", "abort/default-reason"],
  },
  {
    name: "aborts reject with an error of the backend's own",
    breaks: inVjp(async (vjp, { signal, ...rest }) => {
      if (signal?.aborted === true) throw new Error("aborted");
      return vjp(rest);
    }),
    fails: ["abort/before-vjp", "abort/default-reason"],
  },
  {
    name: "an aborted call never settles",
    breaks: inForward((forward, request) => (request.signal?.aborted === true ? new Promise(() => undefined) : forward(request))),
    manifest: { timeout: 1500 },
    fails: ["abort/before-forward"],
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
];
