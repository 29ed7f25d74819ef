import type { Network } from "../networks/network.ts";
import { evaluate } from "./evaluate.ts";

/** Dims of every value of the network for one row, by name. */
export function shapesOf(network: Network): ReadonlyMap<string, readonly number[]> {
  const zeros = network.inputs.map(({ name, dims }) => [name, { dims, data: new Float64Array(dims.reduce((size, dim) => size * dim, 1)) }] as const);
  return new Map([...evaluate(network, Object.fromEntries(zeros))].map(([name, { dims }]) => [name, dims]));
}
