import type { DataType } from "@xdeep/core";
import { Tensor } from "onnxruntime-node";
import type { AttributeValue, ConstantTensor, Dim, ModelProto } from "../src/index.ts";
import { modelProto, nodeProto, tensorProto, valueInfoProto } from "../src/index.ts";

/** An input of a one-node model: zeros given at run time, or a constant of the graph. */
export interface NodeInput {
  readonly type: DataType;
  readonly dims: readonly number[];
  readonly constant?: ConstantTensor;
}

export interface OneNode {
  readonly op: string;
  /** Null stands for an optional input that is left out. */
  readonly inputs: readonly (NodeInput | null)[];
  readonly attributes?: Readonly<Record<string, AttributeValue>>;
  readonly opset?: number;
  readonly domain?: string;
  readonly outputs?: number;
}

/** A float32 input of zeros. */
export function x(...dims: number[]): NodeInput {
  return { type: "float32", dims };
}

/** An input of zeros of another type. */
export function of(type: DataType, ...dims: number[]): NodeInput {
  return { type, dims };
}

/** A constant int64 vector. */
export function ints(...values: (number | bigint)[]): NodeInput {
  return constant({ type: "int64", dims: [values.length], data: BigInt64Array.from(values, BigInt) });
}

/** A constant int64 scalar. */
export function int(value: number): NodeInput {
  return constant({ type: "int64", dims: [], data: BigInt64Array.of(BigInt(value)) });
}

/** A constant float32 vector. */
export function floats(...values: number[]): NodeInput {
  return constant({ type: "float32", dims: [values.length], data: Float32Array.from(values) });
}

/** Any constant. */
export function constant(value: ConstantTensor): NodeInput {
  return { type: value.type, dims: value.dims, constant: value };
}

/** Names of the model's outputs. */
export function outputNames({ outputs = 1 }: OneNode): readonly string[] {
  return Array.from({ length: outputs }, (_, index) => `output${index}`);
}

/** A model of one node whose outputs declare nothing. `dims` replaces the dims that inputs declare. */
export function oneNodeModel(row: OneNode, dims: (index: number, given: readonly number[]) => readonly Dim[] = (_, given) => given): ModelProto {
  const given = row.inputs.flatMap((input, index) => (input === null ? [] : [{ input, index, name: inputName(index) }]));
  const options = row.domain === undefined ? {} : { domain: row.domain };
  const model = modelProto({
    nodes: [
      nodeProto(
        row.op,
        row.inputs.map((input, index) => (input === null ? "" : inputName(index))),
        outputNames(row),
        row.attributes,
        options,
      ),
    ],
    inputs: given
      .filter(({ input }) => input.constant === undefined)
      .map(({ input, index, name }) => valueInfoProto(name, input.type, dims(index, input.dims))),
    outputs: outputNames(row).map((name) => valueInfoProto(name, "float32", null)),
    initializers: given.flatMap(({ input, name }) => (input.constant === undefined ? [] : [tensorProto(name, input.constant)])),
    opset: row.opset ?? 20,
    ...(row.domain === undefined ? {} : { domains: { [row.domain]: 1 } }),
  });
  for (const output of model.graph?.output ?? []) delete output.type;
  return model;
}

/** Zeros for every input that is not a constant. */
export function zeroFeeds({ inputs }: OneNode): Readonly<Record<string, Tensor>> {
  return Object.fromEntries(inputs.flatMap((input, index) => (input === null || input.constant !== undefined ? [] : [[inputName(index), zeros(input)]])));
}

function inputName(index: number): string {
  return `input${index}`;
}

function zeros({ type, dims }: NodeInput): Tensor {
  const size = dims.reduce((product, dim) => product * dim, 1);
  switch (type) {
    case "float32":
      return new Tensor(type, new Float32Array(size), dims);
    case "float64":
      return new Tensor(type, new Float64Array(size), dims);
    case "int64":
      return new Tensor(type, new BigInt64Array(size), dims);
    case "int32":
      return new Tensor(type, new Int32Array(size), dims);
    case "int8":
      return new Tensor(type, new Int8Array(size), dims);
    case "uint8":
      return new Tensor(type, new Uint8Array(size), dims);
    case "bool":
      return new Tensor(type, new Uint8Array(size), dims);
    case "string":
      return new Tensor(
        type,
        Array.from({ length: size }, () => "a"),
        dims,
      );
    default:
      throw new TypeError(`No zeros of type ${type} here.`);
  }
}
