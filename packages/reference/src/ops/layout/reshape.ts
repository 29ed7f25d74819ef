import { sizeOf } from "@xdeep/core";
import { normalizeAxis } from "../../arrays/axes.ts";
import type { OperatorCall, OperatorTable } from "../../operator-call.ts";
import { type Value64, value64 } from "../../arrays/value64.ts";

function withDims(x: Value64, dims: readonly number[]): Value64 {
  return value64(x.type, dims, x.data);
}

function reshape(call: OperatorCall): readonly Value64[] {
  const x = call.input(0);
  const keepZeros = call.flag("allowzero");
  const asked = [...call.input(1).data].map((dim, axis) => (dim === 0 && !keepZeros ? x.dims[axis]! : dim));
  const known = asked.filter((dim) => dim !== -1).reduce((size, dim) => size * dim, 1);
  const rest = known === 0 ? 0 : x.data.length / known;
  return [
    withDims(
      x,
      asked.map((dim) => (dim === -1 ? rest : dim)),
    ),
  ];
}

function flatten(call: OperatorCall): readonly Value64[] {
  const x = call.input(0);
  const asked = call.attributes.int("axis", 1);
  const axis = asked < 0 ? asked + x.dims.length : asked;
  return [withDims(x, [sizeOf(x.dims.slice(0, axis)), sizeOf(x.dims.slice(axis))])];
}

function squeeze(call: OperatorCall): readonly Value64[] {
  const x = call.input(0);
  const axes = call.integers(1)?.map((axis) => normalizeAxis(axis, x.dims.length));
  const removed = (dim: number, axis: number): boolean => (axes === undefined ? dim === 1 : axes.includes(axis));
  return [
    withDims(
      x,
      x.dims.filter((dim, axis) => !removed(dim, axis)),
    ),
  ];
}

function unsqueeze(call: OperatorCall): readonly Value64[] {
  const x = call.input(0);
  const asked = [...call.input(1).data];
  const rank = x.dims.length + asked.length;
  const axes = asked.map((axis) => normalizeAxis(axis, rank));
  const rest = [...x.dims];
  return [
    withDims(
      x,
      Array.from({ length: rank }, (_, axis) => (axes.includes(axis) ? 1 : rest.shift()!)),
    ),
  ];
}

/** Other dims for the same elements. */
export const reshapeOperators: OperatorTable = { Flatten: flatten, Reshape: reshape, Squeeze: squeeze, Unsqueeze: unsqueeze };
