import type { Layer } from "../networks/layer.ts";
import type { Network } from "../networks/network.ts";

/** Layers whose result is what they read, moved or thinned out. */
const MOVING: readonly Layer["op"][] = ["averagePool", "concat", "flatten", "globalAveragePool", "maxPool"];

/**
 * The layers at which class activation maps are taken, tried one by one: without one of them nothing of the input reaches the score, it has more than one
 * position, it is no pool and no arrangement, and behind it something brings positions together.
 */
export function camLayersOf({ nodes }: Network, shapes: ReadonlyMap<string, readonly number[]>, input: string, scored: string): readonly string[] {
  const reaches = (from: string, to: string, without?: string): boolean => {
    const reached = new Set([from]);
    for (const node of nodes) if (node.name !== without && node.from.some((name) => reached.has(name))) reached.add(node.name);
    return reached.has(to);
  };
  const mixers = nodes.filter((node) => mixes(node.layer) && reaches(node.name, scored));
  return nodes
    .filter(({ name, layer }) => {
      const isOnEveryPath = reaches(input, name) && reaches(name, scored) && !reaches(input, scored, name);
      const isMixed = mixers.some((mixer) => mixer.name !== name && reaches(name, mixer.name));
      return isOnEveryPath && !MOVING.includes(layer.op) && hasPositions(shapes.get(name)!) && isMixed;
    })
    .map(({ name }) => name);
}

/** The axis of the channels of a value [N, …]: the first of pictures, the last of tokens. */
export function channelAxisOf({ length }: readonly number[]): number {
  return length === 3 ? 1 : length;
}

function hasPositions(dims: readonly number[]): boolean {
  const channel = channelAxisOf(dims) - 1;
  return dims[channel] !== 1 && dims.some((size, axis) => axis !== channel && size !== 1);
}

function mixes(layer: Layer): boolean {
  if (layer.op === "conv2d" || layer.op === "depthwiseConv2d") return layer.window.size.some((size) => size !== 1);
  return ["averagePool", "flatten", "globalAveragePool", "maxPool", "product"].includes(layer.op);
}
