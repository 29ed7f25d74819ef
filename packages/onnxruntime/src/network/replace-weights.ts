import type { FloatTensor } from "@xdeep/core";
import { type WeightsHook, checkReplacement, fromFloat64, toFloat64 } from "@xdeep/core/backend";
import {
  type ConstantTensor,
  type GraphProto,
  type ModelProto,
  type NodeProto,
  type TensorProto,
  dataTypeName,
  isFloatType,
  subgraphsOf,
  tensorData,
  tensorProto,
  withFields,
} from "@xdeep/onnx";

/**
 * A model with its weights replaced: every float initializer with an axis, and every Constant of more than one number, by their names in the
 * file and in the order in which nodes use them, those of branches and loops included. The scales of a resize are no weights: they choose dims. The
 * weights are handed over as float32 and written back in their own type.
 *
 * @throws {XDeepError} OPTION_INVALID for a replacement of another type or other dims
 */
export function replaceWeights(model: ModelProto, hook: WeightsHook): ModelProto {
  const { graph } = model;
  if (graph === undefined) return model;
  const scales = namesOfScales(graph);
  const replacements = new Map<TensorProto, TensorProto>();
  for (const { name, tensor } of weightsOf(graph)) {
    if (!replacements.has(tensor) && !scales.has(name)) replacements.set(tensor, replaced(name, tensor, hook));
  }
  return withFields(model, { graph: rewritten(graph, replacements) });
}

interface Weight {
  readonly name: string;
  readonly tensor: TensorProto;
}

/** What a graph's nodes read, node by node, then what none reads. `outer`: what the graphs around it hold. */
function* weightsOf(graph: GraphProto, outer: ReadonlyMap<string, TensorProto> = new Map()): Generator<Weight> {
  const own = [
    ...graph.initializer.map((tensor) => ({ name: tensor.name, tensor })),
    ...graph.node.flatMap((node) => constantsOf(node).map((tensor) => ({ name: node.output[0] ?? "", tensor }))),
  ];
  const known = new Map([...outer, ...own.map(({ name, tensor }) => [name, tensor] as const)]);
  for (const node of graph.node) {
    for (const name of node.input) if (known.has(name)) yield { name, tensor: known.get(name)! };
    for (const inner of subgraphsOf(node)) yield* weightsOf(inner, known);
  }
  yield* own;
}

/** A Constant of one number is none that anybody trained. */
function constantsOf({ opType, attribute }: NodeProto): readonly TensorProto[] {
  if (opType !== "Constant") return [];
  return attribute.flatMap(({ name, t }) => (name === "value" && t !== undefined && t.dims.some((dim) => dim > 1) ? [t] : []));
}

/** Places of float operands that say dims. */
const SCALES: ReadonlyMap<string, readonly number[]> = new Map([
  ["Resize", [1, 2]],
  ["Upsample", [1]],
]);

function namesOfScales({ node: nodes }: GraphProto, names: Set<string> = new Set()): ReadonlySet<string> {
  for (const node of nodes) {
    for (const place of SCALES.get(node.opType) ?? []) if (node.input[place] !== undefined) names.add(node.input[place]);
    for (const inner of subgraphsOf(node)) namesOfScales(inner, names);
  }
  return names;
}

function rewritten(graph: GraphProto, replacements: ReadonlyMap<TensorProto, TensorProto>): GraphProto {
  return withFields(graph, {
    initializer: graph.initializer.map((tensor) => replacements.get(tensor) ?? tensor),
    node: graph.node.map((node) =>
      withFields(node, {
        attribute: node.attribute.map((each) =>
          withFields(each, {
            ...(each.t === undefined ? {} : { t: replacements.get(each.t) ?? each.t }),
            ...(each.g === undefined ? {} : { g: rewritten(each.g, replacements) }),
            graphs: each.graphs.map((inner) => rewritten(inner, replacements)),
          }),
        ),
      }),
    ),
  });
}

function replaced(name: string, tensor: TensorProto, hook: WeightsHook): TensorProto {
  const type = dataTypeName(tensor.dataType);
  if (tensor.dims.length === 0 || type === null || !isFloatType(type)) return tensor;
  const before = tensorData(tensor);
  // A copy: the hook may write into it, and the bytes of the file stay as they are.
  const given: FloatTensor = {
    type: "float32",
    dims: [...before.dims],
    data: before.type === "float32" ? before.data.slice() : Float32Array.from(toFloat64(before)),
  };
  const after = hook(name, given);
  checkReplacement(name, given, after);
  const weights = after.data === given.data ? after.data : after.data.slice();
  return tensorProto(
    tensor.name,
    before.type === "float32"
      ? { type: "float32", dims: before.dims, data: weights }
      : (fromFloat64(before.type, before.dims, Float64Array.from(weights)) as ConstantTensor),
  );
}
