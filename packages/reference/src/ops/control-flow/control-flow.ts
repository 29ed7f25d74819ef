import { normalizeAxis } from "../../arrays/axes.ts";
import type { OperatorCall, OperatorTable } from "../../operator-call.ts";
import { type Value64, scalar64, value64 } from "../../arrays/value64.ts";
import { concatenated, sliced } from "../../arrays/axis-parts.ts";

function ifThenElse(call: OperatorCall): readonly Value64[] {
  return call.runGraph(call.graph(call.input(0).data[0] !== 0 ? "then_branch" : "else_branch"), []);
}

/** Runs the body while the condition holds, at most M times: (i, condition, carried…) → (condition, carried…, scanned…). */
function loop(call: OperatorCall): readonly Value64[] {
  const body = call.graph("body");
  const trips = call.optional(0)?.data[0] ?? Infinity;
  let condition = call.optional(1)?.data[0] ?? 1;
  let carried: readonly Value64[] = call.everyInput(2);
  const scanned: Value64[][] = Array.from({ length: body.output.length - 1 - carried.length }, () => []);
  const count = carried.length;
  for (let i = 0; i < trips && condition !== 0; i++) {
    const results = call.runGraph(body, [scalar64("int64", i), scalar64("bool", condition), ...carried]);
    condition = results[0]!.data[0]!;
    carried = results.slice(1, 1 + count);
    for (const [k, list] of scanned.entries()) list.push(results[1 + count + k]!);
  }
  return [...carried, ...scanned.map((list) => stacked(call, list, 0))];
}

/** Runs the body for each element of the scanned inputs: (state…, element…) → (state…, element…). */
function scan(call: OperatorCall): readonly Value64[] {
  const { attributes } = call;
  const body = call.graph("body");
  const values = call.everyInput();
  const stateCount = values.length - attributes.int("num_scan_inputs", 1);
  const sources = values.slice(stateCount);
  const axes = sources.map((x, i) => normalizeAxis(attributes.ints("scan_input_axes", [])[i] ?? 0, x.dims.length));
  const length = sources[0]!.dims[axes[0]!]!;
  const backwards = attributes.ints("scan_input_directions", []);
  let state: readonly Value64[] = values.slice(0, stateCount);
  const scanned: Value64[][] = Array.from({ length: body.output.length - stateCount }, () => []);
  for (let t = 0; t < length; t++) {
    const elements = sources.map((x, i) => elementAt(x, axes[i]!, backwards[i] ? length - 1 - t : t));
    const results = call.runGraph(body, [...state, ...elements]);
    state = results.slice(0, stateCount);
    for (const [k, list] of scanned.entries()) list.push(results[stateCount + k]!);
  }
  const outputAxes = attributes.ints("scan_output_axes", []);
  const prepends = attributes.ints("scan_output_directions", []);
  return [...state, ...scanned.map((list, k) => stacked(call, prepends[k] ? list.reverse() : list, outputAxes[k] ?? 0))];
}

function elementAt(x: Value64, axis: number, index: number): Value64 {
  return value64(
    x.type,
    x.dims.filter((_, i) => i !== axis),
    sliced(x, axis, index, index + 1).data,
  );
}

/** Equal values along a new axis. */
function stacked(call: OperatorCall, values: readonly Value64[], axis: number): Value64 {
  const first = values[0];
  if (first === undefined) throw call.unsupported("scan outputs of no iteration, whose dims are not known");
  const at = normalizeAxis(axis, first.dims.length + 1);
  return concatenated(
    values.map((value) => value64(value.type, [...value.dims.slice(0, at), 1, ...value.dims.slice(at)], value.data)),
    at,
  );
}

/** Operators with subgraphs. */
export const controlFlowOperators: OperatorTable = { If: ifThenElse, Loop: loop, Scan: scan };
