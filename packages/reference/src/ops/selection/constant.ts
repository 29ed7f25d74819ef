import { tensorData } from "@xdeep/onnx";
import type { OperatorCall, OperatorTable } from "../../operator-call.ts";
import { type Value64, fromTensor, scalar64, value64 } from "../../arrays/value64.ts";

function constant(call: OperatorCall): readonly Value64[] {
  const { attributes } = call;
  const tensor = attributes.tensor("value");
  if (tensor !== undefined) return [fromTensor(tensorData(tensor))];
  const [int, float, ints, floats] = [
    attributes.int("value_int"),
    attributes.float("value_float"),
    attributes.ints("value_ints"),
    attributes.floats("value_floats"),
  ];
  if (int !== undefined) return [scalar64("int64", int)];
  if (float !== undefined) return [scalar64("float32", float)];
  if (ints !== undefined) return [value64("int64", [ints.length], ints)];
  if (floats !== undefined) return [value64("float32", [floats.length], floats)];
  throw call.unsupported(`constants given as ${attributes.names().join(", ")}`);
}

function constantOfShape(call: OperatorCall): readonly Value64[] {
  const tensor = call.attributes.tensor("value");
  const fill = tensor === undefined ? scalar64("float32", 0) : fromTensor(tensorData(tensor));
  const result = value64(fill.type, [...call.input(0).data]);
  result.data.fill(fill.data[0]!);
  return [result];
}

function range(call: OperatorCall): readonly Value64[] {
  const [start, limit, delta] = [call.input(0).data[0]!, call.input(1).data[0]!, call.input(2).data[0]!];
  const count = Math.max(0, Math.ceil((limit - start) / delta));
  return [
    value64(
      call.input(0).type,
      [count],
      Array.from({ length: count }, (_, i) => start + i * delta),
    ),
  ];
}

function eyeLike(call: OperatorCall): readonly Value64[] {
  const x = call.input(0);
  const offset = call.attributes.int("k", 0);
  const columns = x.dims[1]!;
  const data = x.data.map((_, i) => Number((i % columns) - Math.floor(i / columns) === offset));
  return [value64(call.elementType("dtype") ?? x.type, x.dims, data)];
}

/** Values that no data goes into. */
export const constantOperators: OperatorTable = { Constant: constant, ConstantOfShape: constantOfShape, EyeLike: eyeLike, Range: range };
