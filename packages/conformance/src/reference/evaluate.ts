import type { Layer } from "../networks/layer.ts";
import type { Network, NetworkNode } from "../networks/network.ts";
import { activationMath, logSoftmaxMath, softmaxMath } from "./activation.ts";
import { convolutionMath } from "./convolution.ts";
import { denseMath } from "./dense.ts";
import { addMath, concatMath, embeddingMath, flattenMath, multiplyMath, productMath } from "./join.ts";
import type { LayerMath } from "./layer-math.ts";
import { batchNormMath, layerNormMath } from "./normalization.ts";
import { globalAveragePoolMath, poolMath } from "./pooling.ts";
import type { Value } from "./value.ts";

const LAYER_MATH: { readonly [O in Layer["op"]]: LayerMath<Extract<Layer, { readonly op: O }>> } = {
  activation: activationMath,
  add: addMath,
  averagePool: poolMath,
  batchNorm: batchNormMath,
  concat: concatMath,
  conv2d: convolutionMath,
  dense: denseMath,
  depthwiseConv2d: convolutionMath,
  embedding: embeddingMath,
  flatten: flattenMath,
  globalAveragePool: globalAveragePoolMath,
  layerNorm: layerNormMath,
  logSoftmax: logSoftmaxMath,
  maxPool: poolMath,
  multiply: multiplyMath,
  product: productMath,
  softmax: softmaxMath,
};

/** The mathematics of a layer. */
export function mathOf(layer: Layer): LayerMath<Layer> {
  return LAYER_MATH[layer.op] as LayerMath<Layer>;
}

/** Every value of the network for one row, by name. A value that is fed is not computed, so that a run can start inside. */
export function evaluate({ nodes }: Network, feeds: Readonly<Record<string, Value>>): ReadonlyMap<string, Value> {
  const values = new Map(Object.entries(feeds));
  for (const node of nodes) if (!values.has(node.name)) values.set(node.name, mathOf(node.layer).primal(node.layer, inputsOf(node, values)));
  return values;
}

/** The values that a node takes. */
export function inputsOf({ name, from }: NetworkNode, values: ReadonlyMap<string, Value>): readonly Value[] {
  return from.map((source) => {
    const value = values.get(source);
    if (value === undefined) throw new RangeError(`Layer "${name}" takes "${source}", which no earlier layer makes.`);
    return value;
  });
}
