import { type TypedGraph, isInnerValue, leadsWithBatch, nodeLabel, rowMixingNode } from "@xdeep/autodiff";
import { type Model, XDeepError } from "@xdeep/core";
import { notBatched } from "@xdeep/core/backend";
import { type InnerValues, checkMovable, movedByDefault, resolveOutput, resolveWrt, sharedInputs } from "@xdeep/core/method";
import type { NodeProto } from "@xdeep/onnx";

import { batchAxisBehind } from "./batch-axis-behind.ts";
import type { ExportOptions } from "./options.ts";

/** Names of the values that are attributed to. */
export interface ExplainedValues {
  /** By methods that explain a row at its own point. */
  readonly plain: readonly string[];
  /**
   * By methods that move a row to points of their own: without states and masks, which the API leaves alone too where nothing is named.
   *
   * @throws {XDeepError} WRT_UNKNOWN where what was named cannot be moved
   */
  readonly moved: () => readonly string[];
}

/**
 * What `wrt` names, or each kind of method's own choice.
 *
 * @param scored the value that holds the scores
 * @throws {XDeepError} WRT_UNKNOWN; MODEL_UNSUPPORTED for values that are not of float32, and where rows depend on each other on the way from them
 */
export function explainedValues(graph: TypedGraph, scored: string, model: Model, wrt: readonly string[] | undefined): ExplainedValues {
  const inside = { innerValues: innerValues(graph) };
  const named = (given: readonly string[] | undefined): readonly string[] => {
    const names = resolveWrt(model.inputs, given, inside);
    checkFloats(graph, [scored, ...names]);
    checkRowsApart(graph, scored, names);
    return names;
  };
  return {
    plain: named(wrt ?? model.defaultWrt),
    moved: () => {
      const names = named(wrt ?? movedByDefault(model) ?? model.defaultWrt);
      checkMovable(model.inputs, names);
      return names;
    },
  };
}

/** An output, or a float value inside. @throws {XDeepError} OUTPUT_UNKNOWN; BATCH_INVALID where the batch is not in front of it */
export function explainedOutput(graph: TypedGraph, { inputs, outputs }: Model, name: string | undefined): string {
  const isInner = name !== undefined && outputs.every((output) => output.name !== name) && isInnerValue(graph, name);
  const found = isInner ? name : resolveOutput(outputs, name).name;
  const shared = sharedInputs(inputs);
  const axis = batchAxisBehind(graph, found, shared);
  if (axis !== null || leadsWithBatch(graph, found, shared) === false) throw behind(found, knownDims(graph, found), axis);
  return found;
}

/** The refusal of an output whose batch is not in front, with the way out where it is known which axis it is. */
function behind(name: string, dims: readonly (number | string | null)[], axis: number | null): XDeepError {
  const refused = notBatched(name, dims, 1);
  if (axis === null) return refused;
  const perm = [axis, ...dims.map((_, i) => i).filter((i) => i !== axis)].join(", ");
  const advice = `A Transpose of it with perm [${perm}], as the model's output, has the batch in front.`;
  return new XDeepError("BATCH_INVALID", `${refused.message} ${advice}`, { details: refused.details });
}

/** Sizes by number or name; those that follow from others have no short one. */
function knownDims({ facts }: TypedGraph, name: string): readonly (number | string | null)[] {
  return (facts.get(name)?.dims ?? []).map((dim) => (typeof dim === "string" && dim.startsWith("{") ? null : dim));
}

/** @throws {XDeepError} OUTPUT_UNKNOWN */
export function ownOutputNames({ outputs }: Model, { outputs: wanted }: ExportOptions): readonly string[] {
  const names = outputs.map(({ name }) => name);
  const unknown = wanted?.find((name) => !names.includes(name));
  if (unknown === undefined) return wanted ?? names;
  throw new XDeepError("OUTPUT_UNKNOWN", `The model has no output "${unknown}"; it has ${names.map((name) => `"${name}"`).join(", ")}.`, {
    details: { output: unknown, outputs: names },
  });
}

function checkFloats(graph: TypedGraph, names: readonly string[]): void {
  const wrong = names.find((name) => graph.facts.get(name)?.type !== "float32");
  if (wrong === undefined) return;
  const { type = null } = graph.facts.get(wrong) ?? {};
  throw new XDeepError(
    "MODEL_UNSUPPORTED",
    `"${wrong}" is ${type ?? "of unknown type"}; a file that explains computes in float32. Export the model in float32.`,
    {
      details: { value: wrong, type },
    },
  );
}

function checkRowsApart(graph: TypedGraph, scored: string, wrt: readonly string[]): void {
  const node = rowMixingNode(graph, scored, wrt);
  if (node === null) return;
  const message = `Rows of this model depend on each other at ${node.opType} "${nodeLabel(node)}", so that a batch of them has no rows that a file could explain one by one. ${adviceFor(node)}`;
  throw new XDeepError("MODEL_UNSUPPORTED", message, { details: { node: node.name, op: node.opType } });
}

function adviceFor({ opType }: NodeProto): string {
  if (["BatchNormalization", "MeanVarianceNormalization"].includes(opType)) return "Export the layer for inference, with statistics of its own.";
  if (["GRU", "LSTM", "RNN", "Scan", "CumSum"].includes(opType)) {
    return "Its first axis is the steps of one sequence: export the model with a batch axis in front of them, or explain it through the API, one sequence at a time.";
  }
  return "Explain it through the API, one row at a time, or export the model with a batch axis of its own in front.";
}

function innerValues(graph: TypedGraph): InnerValues {
  return {
    get: (name) => {
      if (!isInnerValue(graph, name)) return undefined;
      const { type, dims } = graph.facts.get(name)!;
      return { name, type: type!, dims: (dims ?? []).map((dim) => (typeof dim === "number" ? dim : null)), layout: null };
    },
    names: () => [...graph.producers.keys()].filter((name) => isInnerValue(graph, name)),
  };
}
