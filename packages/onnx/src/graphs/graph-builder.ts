import { type DataType, XDeepError } from "@xdeep/core";
import { dataTypeCode } from "../files/data-type.ts";
import { type Dim, staticDims } from "./facts.ts";
import { NodeWriter, type Value, floatTypeOf } from "./node-writer.ts";

/** Terms of one Sum: engines take time that grows with the square. */
const MOST_TERMS = 256;

/** Writes ONNX nodes with inferred facts, an operator a method: `g.mul(a, b)` appends a Mul node and returns its value. */
export class GraphBuilder extends NodeWriter {
  /** A builder for a subgraph (a branch of If, a body of Loop): it sees outer values by name and shares the names in use. */
  subgraph(): GraphBuilder {
    const inner = new GraphBuilder({ opset: this.opset, taken: this.taken }, this.written);
    inner.setScope(this.scope);
    return inner;
  }

  add(a: Value, b: Value): Value {
    return this.op("Add", [a, b]);
  }
  sub(a: Value, b: Value): Value {
    return this.op("Sub", [a, b]);
  }
  mul(a: Value, b: Value): Value {
    return this.op("Mul", [a, b]);
  }
  div(a: Value, b: Value): Value {
    return this.op("Div", [a, b]);
  }
  pow(a: Value, b: Value): Value {
    return this.op("Pow", [a, b]);
  }
  neg(a: Value): Value {
    return this.op("Neg", [a]);
  }
  abs(a: Value): Value {
    return this.op("Abs", [a]);
  }
  sign(a: Value): Value {
    return this.op("Sign", [a]);
  }
  exp(a: Value): Value {
    return this.op("Exp", [a]);
  }
  log(a: Value): Value {
    return this.op("Log", [a]);
  }
  sqrt(a: Value): Value {
    return this.op("Sqrt", [a]);
  }
  reciprocal(a: Value): Value {
    return this.op("Reciprocal", [a]);
  }
  sigmoid(a: Value): Value {
    return this.op("Sigmoid", [a]);
  }
  tanh(a: Value): Value {
    return this.op("Tanh", [a]);
  }
  relu(a: Value): Value {
    return this.op("Relu", [a]);
  }
  softmax(a: Value, axis: number): Value {
    return this.op("Softmax", [a], { axis });
  }
  matmul(a: Value, b: Value): Value {
    return this.op("MatMul", [a, b]);
  }

  /** a · s for a number s. */
  scale(a: Value, factor: number): Value {
    return factor === 1 ? a : this.mul(a, this.scalar(factor, a));
  }
  /** a + s for a number s. */
  shift(a: Value, offset: number): Value {
    return offset === 0 ? a : this.add(a, this.scalar(offset, a));
  }
  square(a: Value): Value {
    return this.mul(a, a);
  }
  /** Sum of values of equal dims. */
  sum(values: readonly Value[]): Value {
    if (values.length > MOST_TERMS) {
      const parts = Array.from({ length: Math.ceil(values.length / MOST_TERMS) }, (_, i) => values.slice(i * MOST_TERMS, (i + 1) * MOST_TERMS));
      return this.sum(parts.map((terms) => this.sum(terms)));
    }
    return values.length === 1 ? (values[0] as Value) : values.length === 2 ? this.add(values[0] as Value, values[1] as Value) : this.op("Sum", values);
  }

  greater(a: Value, b: Value): Value {
    return this.op("Greater", [a, b]);
  }
  less(a: Value, b: Value): Value {
    return this.op("Less", [a, b]);
  }
  greaterOrEqual(a: Value, b: Value): Value {
    return this.op("GreaterOrEqual", [a, b]);
  }
  lessOrEqual(a: Value, b: Value): Value {
    return this.op("LessOrEqual", [a, b]);
  }
  equal(a: Value, b: Value): Value {
    return this.op("Equal", [a, b]);
  }
  and(a: Value, b: Value): Value {
    return this.op("And", [a, b]);
  }
  or(a: Value, b: Value): Value {
    return this.op("Or", [a, b]);
  }
  not(a: Value): Value {
    return this.op("Not", [a]);
  }
  where(condition: Value, a: Value, b: Value): Value {
    return this.op("Where", [condition, a, b]);
  }
  /** a where the condition holds, else 0. Selects, so that infinities elsewhere do no harm. */
  keepWhere(condition: Value, a: Value): Value {
    return this.where(condition, a, this.scalar(0, a));
  }

  cast(a: Value, type: DataType): Value {
    return a.facts.type === type ? a : this.op("Cast", [a], { to: dataTypeCode(type) });
  }
  /** a with the element type of `like`. */
  castLike(a: Value, like: Value): Value {
    return this.cast(a, floatTypeOf(like));
  }

  reshape(a: Value, shape: Value): Value {
    return this.op("Reshape", [a, shape]);
  }
  /** a with the dims of `like`, which holds as many elements. */
  reshapeLike(a: Value, like: Value): Value {
    const dims: readonly Dim[] | null = like.facts.dims;
    const open = dims?.filter((dim) => typeof dim !== "number").length ?? Infinity;
    if (dims === null || open > 1 || dims.includes(0)) return this.op("Reshape", [a, this.shapeOf(like)], { allowzero: 1 });
    return this.reshape(a, this.ints(dims.map((dim) => (typeof dim === "number" ? dim : -1))));
  }
  expand(a: Value, shape: Value): Value {
    return this.op("Expand", [a, shape]);
  }
  /** a broadcast to the dims of `like`. */
  expandLike(a: Value, like: Value): Value {
    return this.expand(a, this.shapeOf(like));
  }
  transpose(a: Value, perm: readonly number[]): Value {
    return perm.every((axis, index) => axis === index) ? a : this.op("Transpose", [a], { perm });
  }
  squeeze(a: Value, axes: readonly number[]): Value {
    return axes.length === 0 ? a : this.op("Squeeze", [a, this.ints(axes)]);
  }
  unsqueeze(a: Value, axes: readonly number[]): Value {
    return axes.length === 0 ? a : this.op("Unsqueeze", [a, this.ints(axes)]);
  }
  concat(values: readonly Value[], axis: number): Value {
    return values.length === 1 ? (values[0] as Value) : this.op("Concat", values, { axis });
  }
  slice(a: Value, starts: Value, ends: Value, axes: Value, steps?: Value): Value {
    return this.op("Slice", [a, starts, ends, axes, steps ?? null]);
  }
  gather(a: Value, indices: Value, axis: number): Value {
    return this.op("Gather", [a, indices], { axis });
  }
  pad(a: Value, pads: Value): Value {
    return this.op("Pad", [a, pads]);
  }
  reduceSum(a: Value, axes: readonly number[], keepDims: boolean): Value {
    return axes.length === 0 ? a : this.op("ReduceSum", [a, this.ints(axes)], { keepdims: keepDims ? 1 : 0 });
  }

  zerosLike(a: Value): Value {
    return this.fillLike(a, 0);
  }
  /** Dims and float type of `a`, one value everywhere. */
  fillLike(a: Value, value: number): Value {
    return this.expandLike(this.scalar(value, a), a);
  }

  /** The dims of a value as int64: a constant where all are known. */
  shapeOf(a: Value): Value {
    const dims = staticDims(a.facts);
    return dims === null ? this.op("Shape", [a]) : this.ints(dims);
  }

  /** One dim of a value as an int64 list of length 1: a constant where it is known. */
  dimOf(a: Value, axis: number): Value {
    const dim = a.facts.dims?.at(axis);
    if (typeof dim === "number") return this.ints([dim]);
    return this.op("Shape", [a], axis === -1 ? { start: -1 } : { start: axis, end: axis + 1 });
  }
}

/** Number of axes of a value. @throws {XDeepError} MODEL_UNSUPPORTED where it is unknown before a run. */
export function rankOf(value: Value): number {
  if (value.facts.dims === null) {
    throw new XDeepError(
      "MODEL_UNSUPPORTED",
      `The number of axes of "${value.name}" is not known before a run, and its gradient needs it. Give the dims of inputs that the file leaves open (inputDims), or add shape information to the model.`,
      {
        details: { value: value.name },
      },
    );
  }
  return value.facts.dims.length;
}
