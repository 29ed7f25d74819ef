import type { Tensor } from "@xdeep/core";
import { takeRows } from "@xdeep/core/backend";

import { type Network, REFERENCE_CAPABILITIES } from "../../src/index.ts";
import { type Fault, beforeVjp, inForward, inVjp, mapValues, scaled } from "../broken-model.ts";

const { preferredBatch: _, ...honest } = REFERENCE_CAPABILITIES;

/** Faults in what a model says of itself and in what its results hold, inner values among them. */
export const contractFaults: readonly Fault[] = [
  {
    name: "the model claims inner values",
    breaks: ({ capabilities }) => ({ capabilities: { ...capabilities, innerValues: true } }),
    manifest: { capabilities: { ...honest, innerValues: false } },
    fails: ["contract/capabilities", "inner/*", "rules/*/inner-value", "layers/*"],
  },
  {
    name: "logits are declared missing, but there",
    breaks: ({ capabilities }) => ({ capabilities: { ...capabilities, logits: false } }),
    manifest: { capabilities: { ...honest, logits: false } },
    fails: ["targets/softmax/logit", "targets/sigmoid/logit", "targets/log-softmax/logit"],
  },
  { name: "wrt is ignored", breaks: beforeVjp(({ wrt, ...request }) => (wrt?.includes("facts") ? request : { ...request, wrt })), fails: ["contract/wrt"] },
  {
    name: "images state another layout",
    breaks: ({ inputs }) => ({ inputs: inputs.map((info) => (info.layout === null ? info : { ...info, layout: "NHWC" })) }),
    fails: ["contract/layout", "methods/smooth/image", "layers/guided-grad-cam"],
  },
  {
    name: "outputs do not say in which activation they end",
    breaks: ({ outputs }) => ({ outputs: outputs.map(({ activation: _activation, ...info }) => info) }),
    fails: ["contract/activation"],
  },
  {
    name: "an output says that it ends in a softmax where it ends in none",
    breaks: ({ outputs }, { id }) => ({ outputs: outputs.map((info) => (id === "sigmoid-head" ? { ...info, activation: "softmax" as const } : info)) }),
    fails: ["contract/activation"],
  },
  {
    name: "vjp returns the explained output alone",
    breaks: inVjp(async (vjp, request) => {
      const result = await vjp(request);
      return request.outputs === undefined ? { ...result, outputs: { [result.output]: result.outputs[result.output]! } } : result;
    }),
    fails: ["contract/every-output", "rules/*/second-output", "inner/explained", "errors/random-requests/two-outputs"],
  },
  {
    name: "forward returns the first output alone",
    breaks: inForward(async (forward, request) => {
      const result = await forward(request);
      const [name, output] = Object.entries(result.outputs)[0] ?? [];
      return request.outputs === undefined ? { ...result, outputs: { [name!]: output! } } : result;
    }),
    fails: ["contract/every-output", "forward/two-outputs", "errors/random-requests/two-outputs"],
  },
  {
    name: "vjp returns every output, whichever are asked for",
    breaks: beforeVjp(({ outputs: _outputs, ...request }) => request),
    fails: ["vjp/named-outputs", "inner/beside-gradients", "errors/outputs-unknown", "errors/random-requests/*", "layers/*"],
  },
  {
    name: "vjp returns outputs under each other's names where they are asked for in another order",
    breaks: inVjp(async (vjp, request, { network }) => {
      const result = await vjp(request);
      if (request.outputs === undefined) return result;
      const given = network.outputs.filter((name) => request.outputs!.includes(name));
      const asked = request.outputs.filter((name) => network.outputs.includes(name));
      const swapped = Object.fromEntries(asked.map((name, i): [string, Tensor] => [name, result.outputs[given[i]!]!]));
      return { ...result, outputs: { ...result.outputs, ...swapped } };
    }),
    fails: ["vjp/named-outputs"],
  },
  {
    name: "of several inner values only the first has its gradient",
    breaks: inVjp(async (vjp, request, { network }) => {
      const result = await vjp(request);
      const inner = (request.wrt ?? []).filter((name) => !network.inputs.some((input) => input.name === name));
      return {
        ...result,
        gradients: mapValues(result.gradients, (gradient, name) =>
          inner.slice(1).includes(name) ? { ...gradient, data: gradient.data.map(() => 0) } : gradient,
        ),
      };
    }),
    fails: ["inner/several", "inner/fed", "layers/gradient-attention"],
  },
  {
    name: "an inner value that is to be explained is left for the first output",
    breaks: beforeVjp((request, { network }) => {
      const { output, ...rest } = request;
      return isInner(network, output) && request.cotangent === undefined ? rest : request;
    }),
    fails: ["inner/explained"],
  },
  {
    name: "forward scores the first output for an inner value",
    breaks: inForward(async (forward, { output, ...request }, { network }) => {
      return isInner(network, output) ? { ...(await forward(request)), output } : forward({ output, ...request });
    }),
    fails: ["inner/explained"],
  },
  {
    name: "inner values beside gradients are zeros",
    breaks: inVjp(async (vjp, request, { network }) => {
      const result = await vjp(request);
      const zeros = (tensor: Tensor): Tensor => ({ ...tensor, data: (tensor.data as Float32Array).map(() => 0) }) as Tensor;
      return { ...result, outputs: mapValues(result.outputs, (tensor, name) => (network.outputs.includes(name) ? tensor : zeros(tensor))) };
    }),
    fails: ["inner/beside-gradients", "layers/*"],
  },
  {
    name: "inputs without a batch axis do not say so",
    breaks: ({ inputs }) => ({ inputs: inputs.map(({ batched: _batched, ...info }) => info) }),
    fails: ["contract/shared-inputs", "contract/state-input", "contract/fixed-batch-shared-inputs", "methods/shared-inputs", "methods/state-input"],
  },
  {
    name: "a state does not say along which axis its rows lie",
    breaks: ({ inputs }) => ({ inputs: inputs.map(({ batchAxis: _axis, ...info }) => info) }),
    fails: ["contract/state-input", "methods/state-input"],
  },
  {
    name: "every row gets the state of the first",
    breaks: inVjp((vjp, { feeds, ...request }) => {
      const { state } = feeds;
      return vjp({ ...request, feeds: state === undefined ? feeds : { ...feeds, state: takeRows(state, 0, 1, 1) } });
    }),
    fails: ["batch/state-input", "methods/state-input"],
  },
  {
    name: "rows that only fill a fixed batch add to the gradient of an input that belongs to all",
    breaks: inVjp(async (vjp, request, { network }) => {
      const result = await vjp(request);
      const rows = request.feeds["x"]?.dims[0] ?? 1;
      if (network.batch === undefined || rows % network.batch === 0) return result;
      return { ...result, gradients: mapValues(result.gradients, (gradient, name) => (["gain", "table"].includes(name) ? scaled(gradient, 2) : gradient)) };
    }),
    fails: ["batch/fixed/gradient-of-shared-inputs", "vjp/fixed-batch-shared-inputs"],
  },
  {
    name: "the batch size of the file is said to be the only one",
    breaks: ({ inputs }, { network }) => ({
      inputs: inputs.map((info) => (info.batched === false ? info : { ...info, dims: [network.batch ?? null, ...info.dims.slice(1)] })),
    }),
    fails: ["contract/fixed-batch", "contract/fixed-batch-shared-inputs", "methods/fixed-batch"],
  },
  {
    name: "rows that only fill a fixed batch are weighed as the last one",
    breaks: inVjp(async (vjp, request, { network }) => {
      const rows = request.feeds["x"]?.dims[0] ?? 1;
      if (network.batch === undefined || request.weights === undefined || rows % network.batch === 0) return vjp(request);
      const weights = request.weights.map((weight, row) => (row === rows - 1 ? 2 * weight : weight));
      return vjp({ ...request, weights });
    }),
    fails: ["batch/fixed/weights", "batch/fixed/gradient-of-shared-inputs"],
  },
  {
    name: "rows beyond the last full batch of a fixed batch are zeros",
    breaks: inVjp(async (vjp, request, { network }) => {
      const result = await vjp(request);
      const rows = request.feeds["x"]?.dims[0] ?? 1;
      if (network.batch === undefined || request.weights !== undefined || rows < network.batch) return result;
      const kept = rows - (rows % network.batch);
      const cut = mapValues(result.gradients, (gradient) =>
        gradient.dims[0] === rows && gradient.dims.length > 1
          ? { ...gradient, data: gradient.data.map((value, i) => (i < (kept * gradient.data.length) / rows ? value : 0)) }
          : gradient,
      );
      return { ...result, gradients: cut };
    }),
    fails: ["batch/fixed/rows", "batch/fixed/*", "methods/fixed-batch"],
  },
];

function isInner({ nodes, outputs }: Network, name: string | undefined): name is string {
  return name !== undefined && nodes.some((node) => node.name === name) && !outputs.includes(name);
}
