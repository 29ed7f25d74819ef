import type { AttributeProto, NodeProto } from "@xdeep/onnx";
import { randomOperators } from "../graph/operator-traits.ts";
import type { TypedGraph } from "../graph/typed-graph.ts";

/** Nodes deep that two values are compared. */
const MAX_DEPTH = 8;

/** Whether two names stand for one value: the same name, or the same operator applied to the same values, as exporters that compute a term twice write it. */
export function isSameValue(graph: TypedGraph, a: string, b: string, depth: number = MAX_DEPTH): boolean {
  if (a === b) return true;
  const [one, other] = [graph.producers.get(a), graph.producers.get(b)];
  if (one === undefined || other === undefined) return isSameConstant(graph, a, b);
  return (
    depth > 0 &&
    isSameCall(one, other) &&
    one.output.indexOf(a) === other.output.indexOf(b) &&
    one.input.every((name, i) => isSameValue(graph, name, other.input[i] ?? "", depth - 1))
  );
}

function isSameCall(a: NodeProto, b: NodeProto): boolean {
  const isPlain = a.opType === b.opType && a.domain === b.domain && a.input.length === b.input.length && !randomOperators.has(a.opType);
  return (
    isPlain && a.attribute.length === b.attribute.length && a.attribute.every((attribute) => b.attribute.some((other) => isSameAttribute(attribute, other)))
  );
}

/** Numbers and texts are compared; graphs and tensors count as different. */
function isSameAttribute(a: AttributeProto, b: AttributeProto): boolean {
  if (
    [a, b].some(
      ({ g, t, graphs, tensors, sparseTensor }) => g !== undefined || t !== undefined || sparseTensor !== undefined || graphs.length + tensors.length > 0,
    )
  )
    return false;
  const parts = ({ name, i, f, s, ints, floats, strings }: AttributeProto): string => [name, i, f, s, ints, floats, ...strings].join(";");
  return parts(a) === parts(b);
}

function isSameConstant(graph: TypedGraph, a: string, b: string): boolean {
  const [one, other] = [graph.facts.get(a)?.constant, graph.facts.get(b)?.constant];
  if (one === undefined || other === undefined || one.type !== other.type || String(one.dims) !== String(other.dims)) return false;
  return one.data.every((value: unknown, i: number) => Object.is(value, other.data[i]));
}
