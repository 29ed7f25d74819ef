import type { KernelCall } from "../../tape/recording.ts";

/** The attention probabilities of one layer: [N, heads, queries, keys], or [N, queries, keys] where there are no heads. */
export interface AttentionMap {
  readonly id: number;
  readonly headsAxis: number | null;
}

/** What may stand between the probabilities and the product with the values. */
const PASSING: ReadonlySet<string> = new Set(["Cast", "Identity"]);

/** The attention probabilities of a run, in order: a Softmax whose result is multiplied with another value that depends on the input. */
export function attentionMaps(calls: readonly KernelCall[]): readonly AttentionMap[] {
  const reads = (call: KernelCall, id: number): boolean => Object.values(call.inputs).some((input) => input.id === id);
  const isProduct = ({ kernel, inputs }: KernelCall, id: number): boolean =>
    (kernel === "BatchMatMul" && inputs["a"]!.id === id && inputs["b"]!.live) ||
    (kernel === "Einsum" && Object.values(inputs).filter(({ live }) => live).length === 2);
  const leadsToProduct = (id: number): boolean =>
    calls.some((call) => reads(call, id) && (isProduct(call, id) || (PASSING.has(call.kernel) && leadsToProduct(call.outputs[0]!.id))));
  return calls.flatMap(({ kernel, outputs: [output] }) => {
    const { id, shape } = output!;
    const isAttention = kernel === "Softmax" && (shape.length === 3 || shape.length === 4) && leadsToProduct(id);
    return isAttention ? [{ id, headsAxis: shape.length === 4 ? 1 : null }] : [];
  });
}
