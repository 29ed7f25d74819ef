import { type Fault, inVjp, mapValues, scaled } from "../broken-model.ts";

const AT_ONE_LAYER = ["grad-cam", "grad-cam/earlier-layer", "grad-cam-plus-plus", "hi-res-cam", "layer-cam", "guided-grad-cam", "gradient-x-activation"];
const ON_PATHS = ["conductance", "conductance/left", "internal-influence"];

/** Faults that only methods at layers meet. */
export const layerFaults: readonly Fault[] = [
  {
    name: "the gradient of an inner value is a hundredth too large where its value is asked for beside it",
    breaks: inVjp(async (vjp, request) => {
      const result = await vjp(request);
      const { wrt = [], outputs = [] } = request;
      const isLayer = wrt.length === 1 && outputs.includes(wrt[0]!);
      return isLayer ? { ...result, gradients: mapValues(result.gradients, (gradient) => scaled(gradient, 1.01)) } : result;
    }),
    fails: [...AT_ONE_LAYER, ...ON_PATHS, "known/class-activation-map", "known/flatten", "known/conductance"]
      .map((id) => `layers/${id}`)
      .concat("inner/beside-gradients"),
  },
  {
    name: "the gradient of a value that is fed is a hundredth too large",
    breaks: inVjp(async (vjp, request, { network }) => {
      const result = await vjp(request);
      const isFed = request.wrt?.length === 1 && request.wrt.every((name) => network.nodes.some((node) => node.name === name) && name in request.feeds);
      return isFed ? { ...result, gradients: mapValues(result.gradients, (gradient) => scaled(gradient, 1.01)) } : result;
    }),
    fails: ["layers/integrated", "inner/fed"],
  },
  {
    name: "the last layer is not offered",
    breaks: (model) => ({ layers: async (request) => (await model.layers!(request)).slice(0, -1) }),
    fails: ["layers/chosen"],
  },
  {
    name: "channels are said to come last",
    breaks: (model) => ({ layers: async (request) => (await model.layers!(request)).map((info) => ({ ...info, channelAxis: info.dims.length - 1 })) }),
    fails: ["layers/chosen"],
  },
  {
    name: "attention is found from the last layer on",
    breaks: (model) => ({ attention: async () => (await model.attention!()).toReversed() }),
    fails: ["layers/attention-rollout", "layers/gradient-attention"],
  },
  {
    name: "the gradient at an input is a hundredth too large where its target is 3 and its input is named",
    breaks: inVjp(async (vjp, request) => {
      const result = await vjp(request);
      const isNamed = String(request.wrt) === "x" && String(request.target) === "3";
      return isNamed ? { ...result, gradients: mapValues(result.gradients, (gradient) => scaled(gradient, 1.01)) } : result;
    }),
    fails: ["layers/known/at-the-input"],
  },
];
