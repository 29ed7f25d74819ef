import { type TypedGraph, typedGraph } from "@xdeep/autodiff";
import { type Model, sizeOf } from "@xdeep/core";
import { isFloatType, stateAxis } from "@xdeep/core/method";
import {
  type Dim,
  type ModelProto,
  type NodeProto,
  type TensorProto,
  numbersOf,
  nodeProto,
  staticDims,
  substituteDim,
  takeName,
  tensorProto,
  unknownFacts,
  valueInfoProto,
  withFields,
} from "@xdeep/onnx";
import { networkOf } from "@xdeep/onnxruntime";

import { declaredValue } from "../declared-value.ts";
import { type BatchAxes, proveRowsApart } from "./prove-rows-apart.ts";

/** A network whose batch is open, under one name in all inputs. */
export interface OpenBatch {
  readonly graph: TypedGraph;
  /** The name of the batch size. */
  readonly symbol: string;
  /** How it is known that rows do not depend on each other. */
  readonly proof: string;
}

/**
 * The network of a model with an open batch. Where the file fixes it, the sizes that hold it are opened, and the result is run: three rows at once must
 * give what each gives alone in the file as it is.
 *
 * @throws {XDeepError} MODEL_UNSUPPORTED where they do not, or where the opened network does not run
 */
export async function openedBatch(model: Model): Promise<OpenBatch> {
  const { graph, fixedBatch } = networkOf(model);
  const leading = new Map(model.inputs.filter(({ batched }) => batched !== false).map(({ name }) => [name, 0]));
  const sizes = [...leading.keys()].map((name) => graph.facts.get(name)?.dims?.[0] ?? null);
  const symbol = sizes.find((dim): dim is string => typeof dim === "string") ?? unusedSymbol(graph);
  if (fixedBatch === null) {
    const axes = new Map([...leading, ...model.inputs.filter((info) => stateAxis(info) > 0).map((info) => [info.name, stateAxis(info)] as const)]);
    const isNamed = [...axes].every(([name, axis]) => graph.facts.get(name)?.dims?.[axis] === symbol);
    const named = isNamed ? graph : typedGraph(withInputs(graph.model, axes, symbol), graph.limits);
    return { graph: named, symbol, proof: "the batch is open in the source" };
  }
  const states = statesBeside(model, fixedBatch);
  const open = (axes: BatchAxes): Promise<OpenBatch> => provenOpen(model, { graph, symbol, fixedBatch, axes });
  if (states.size === 0) return open(leading);
  return open(new Map([...leading, ...states])).catch(() => open(leading));
}

/** States whose size beside the layers is that of the batch which the file fixes. Whether it is the batch, running it tells. */
function statesBeside({ inputs }: Model, fixed: number): BatchAxes {
  const states = inputs.filter(({ type, batched, dims }) => isFloatType(type) && batched === false && dims.indexOf(fixed, 1) > 0);
  return new Map(states.map(({ name, dims }) => [name, dims.indexOf(fixed, 1)]));
}

interface FixedBatch extends Pick<OpenBatch, "graph" | "symbol"> {
  readonly fixedBatch: number;
  readonly axes: BatchAxes;
}

async function provenOpen(model: Model, { graph, symbol, fixedBatch, axes }: FixedBatch): Promise<OpenBatch> {
  const opened = withOpenShapes(typedGraph(withInputs(graph.model, axes, symbol), graph.limits), symbol, fixedBatch);
  const error = await proveRowsApart(model, opened.model, axes);
  return {
    graph: opened,
    symbol,
    proof: `opened from ${fixedBatch}: 3 rows at once equal the same rows alone in the source, relative error ${error.toExponential(1)}`,
  };
}

function unusedSymbol({ graph, facts }: TypedGraph): string {
  const used = new Set(graph.input.flatMap(({ name }) => facts.get(name)?.dims ?? []));
  return ["N", "batch", "rows", "batch_size"].find((name) => !used.has(name)) ?? "rows_of_batch";
}

function withInputs(model: ModelProto, axes: BatchAxes, symbol: string): ModelProto {
  const graph = model.graph!;
  const input = graph.input.map((info) => {
    const { name, type, dims } = declaredValue(info);
    const place = axes.get(name);
    if (place === undefined || type === null) return info;
    return valueInfoProto(
      name,
      type,
      (dims ?? [""]).map((dim, axis): Dim => (axis === place ? symbol : dim === "" ? null : dim)),
    );
  });
  const output = graph.output.map((info) => valueInfoProto(info.name, declaredValue(info).type ?? "float32", null));
  return withFields(model, { graph: withFields(graph, { input, output, valueInfo: [] }) });
}

/** Opens the sizes that hold the batch, from the input on: what lies behind one shows its size only when that one is open. */
function withOpenShapes(graph: TypedGraph, symbol: string, fixed: number): TypedGraph {
  for (let current = graph; ;) {
    const opened = current.nodes.map((node) => openedNode(current, node, symbol, fixed));
    if (opened.every((each) => each === null)) return current;
    const node = current.nodes.flatMap((own, i) => opened[i]?.nodes ?? [own]);
    const initializer = [...current.graph.initializer, ...opened.flatMap((each) => each?.constants ?? [])];
    current = typedGraph(withFields(current.model, { graph: withFields(current.graph, { node, initializer }) }), current.limits);
  }
}

/** What stands in the place of a node that held the batch. */
interface OpenedNode {
  readonly nodes: readonly NodeProto[];
  readonly constants: readonly TensorProto[];
}

/** Null where there is nothing to open. */
function openedNode(graph: TypedGraph, node: NodeProto, symbol: string, fixed: number): OpenedNode | null {
  if (node.opType === "Concat") return openConcat(graph, node, symbol, fixed);
  const shape = node.opType === "Reshape" ? openShape(graph, node, symbol, fixed) : null;
  if (shape === null) return null;
  const name = takeName(new Set(graph.facts.keys()), `${node.output[0]}/open_shape`);
  return { nodes: [withFields(node, { input: [node.input[0]!, name] })], constants: [ints(name, shape)] };
}

function ints(name: string, values: readonly number[]): TensorProto {
  return tensorProto(name, { type: "int64", dims: [values.length], data: BigInt64Array.from(values, BigInt) });
}

/** The shape of a Reshape with its batch open, or null where it is: sizes in front of the batch stay, the one that holds it is found by the engine. */
function openShape({ facts }: TypedGraph, node: NodeProto, symbol: string, fixed: number): readonly number[] | null {
  const [dims, shape] = [facts.get(node.input[0] ?? "")?.dims ?? null, numbersOf(facts.get(node.input[1] ?? "") ?? unknownFacts)];
  if (dims === null || shape === null) return null;
  const place = dims.findIndex((dim) => typeof dim !== "number");
  const size = shape[place];
  if (place < 0 || size === undefined || size <= 0 || size % fixed !== 0) return null;
  if (dims.slice(0, place).some((dim, axis) => shape[axis] !== dim && shape[axis] !== 0)) return null;
  const sizes = dims.map((dim) => substituteDim(dim, new Map([[symbol, fixed]])));
  if (!sizes.every((dim) => typeof dim === "number")) return null;
  const before = shape.map((dim, axis) => (dim === 0 ? sizes[axis]! : dim));
  const known = before.reduce((product, dim) => (dim === -1 ? product : product * dim), 1);
  return before.map((dim) => (dim === -1 ? sizeOf(sizes) / known : dim)).with(place, -1);
}

/** Joins a constant row, as a class token, to every row of the batch. */
function openConcat({ facts }: TypedGraph, node: NodeProto, symbol: string, fixed: number): OpenedNode | null {
  const leading = node.input.map((name) => facts.get(name)?.dims?.[0]);
  const open = node.input[leading.indexOf(symbol)];
  const axis = Number(node.attribute.find(({ name }) => name === "axis")?.i ?? 0n);
  const sizes = new Map(node.input.map((name) => [name, staticDims(facts.get(name) ?? unknownFacts)]));
  const closed = [...sizes].flatMap(([name, dims]) => (dims?.[0] === fixed ? [{ name, rest: dims.slice(1) }] : []));
  if (axis === 0 || open === undefined || closed.length === 0 || fixed !== 1) return null;
  const taken = new Set(facts.keys());
  const fresh = (hint: string): string => takeName(taken, `${node.output[0]}/${hint}`);
  const rows = fresh("rows");
  const constants: TensorProto[] = [];
  const added = [nodeProto("Shape", [open], [rows], { start: 0, end: 1 }, { name: rows })];
  const renamed = new Map(
    closed.map(({ name, rest }) => {
      const [tail, shape, result] = [fresh("tail"), fresh("shape"), fresh("rows_of_constant")];
      constants.push(ints(tail, rest));
      added.push(nodeProto("Concat", [rows, tail], [shape], { axis: 0 }, { name: shape }), nodeProto("Expand", [name, shape], [result], {}, { name: result }));
      return [name, result] as const;
    }),
  );
  return { nodes: [...added, withFields(node, { input: node.input.map((name) => renamed.get(name) ?? name) })], constants };
}
