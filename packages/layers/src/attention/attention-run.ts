import {
  type AttentionInfo,
  type Attribution,
  type ExplainOptions,
  type Explainer,
  type FloatTensor,
  type Input,
  type MethodDescription,
  type Model,
  XDeepError,
} from "@xdeep/core";
import {
  betweenRuns,
  checkContract,
  checkExplainOptions,
  checkOptionNames,
  expandTargets,
  joinScores,
  resolveInput,
  sliceFeeds,
  vjpRows,
  weightRows,
} from "@xdeep/core/method";

import { type AttentionLayer, attentionLayer, checkedLayers, readRow } from "./attention-layer.ts";
import { layerAttribution } from "../layer-method.ts";

export interface AttentionOptions {
  /** The query whose row is read: the token that is scored. "mean": the mean of all rows. Default: found by where the gradient of the last layer is not zero. */
  readonly token?: number | "mean" | undefined;
}

/**
 * A method that combines the attention of all layers into one matrix [tokens, tokens] and reads the row of the token that is scored: [N, tokens].
 *
 * @throws {XDeepError} OPTION_INVALID, CONTRACT_VERSION; from `explain` CAPABILITY_MISSING where the backend finds no attention, MODEL_UNSUPPORTED where the network
 *   has none or is no plain self-attention, and the codes of `vjp`
 */
export function attentionMethod(
  model: Model,
  options: AttentionOptions,
  name: string,
  combine: (layers: readonly AttentionLayer[]) => Float64Array,
): Explainer {
  checkContract(model);
  checkOptionNames(name, options, ["token"]);
  const method: MethodDescription = { name, parameters: { ...options } };
  return { model, method, explain: (input, call) => explainAttention(model, options, method, combine, input, call ?? {}) };
}

async function explainAttention<T extends Input>(
  model: Model,
  options: AttentionOptions,
  method: MethodDescription,
  combine: (layers: readonly AttentionLayer[]) => Float64Array,
  input: Input,
  call: ExplainOptions,
): Promise<Attribution<T>> {
  call.signal?.throwIfAborted();
  const resolved = await resolveInput(model, input, call.signal);
  checkExplainOptions(call, resolved.rows);
  const maps = await mapsOf(model);
  const names = maps.map(({ name }) => name);
  const { output, score, signal } = call;
  const targets = expandTargets(call.target, resolved.rows);
  const rows: Float64Array[] = [];
  const results = [];
  // One row a run: where heads are folded into the batch, rows could not be told from heads.
  for (let row = 0; row < resolved.rows; row++) {
    if (row > 0) await betweenRuns(signal);
    const feeds = sliceFeeds(resolved.feeds, { start: row, end: row + 1 }, model.inputs);
    const result = await vjpRows(model, { feeds, rows: 1 }, { output, score, signal, target: targets[row] ?? null, outputs: names, wrt: names });
    const layers = names.map((name) => attentionLayer(name, result.outputs[name] as FloatTensor, result.gradients[name]!));
    rows.push(readRow(combine(checkedLayers(layers)), layers, options.token));
    results.push(result);
    call.onProgress?.({ done: row + 1, total: resolved.rows });
  }
  const tokens = rows[0]!.length;
  const values: FloatTensor = { type: "float32", dims: [rows.length, tokens], data: Float32Array.from(rows.flatMap((row) => [...row])) };
  const notes = [...new Set(results.flatMap((result) => result.notes ?? []))];
  const at = { ...joinScores(results), layer: { name: names.at(-1)!, channelAxis: null }, rectifiers: 0, notes };
  return layerAttribution<T>(model, input, at, weightRows(values, call.weights), method);
}

async function mapsOf(model: Model): Promise<readonly AttentionInfo[]> {
  if (!model.capabilities.innerValues || model.attention === undefined) {
    throw new XDeepError("CAPABILITY_MISSING", `Backend "${model.backend}" does not find the attention of networks.`, { details: { capability: "attention" } });
  }
  const maps = await model.attention();
  if (maps.length > 0) return maps;
  throw new XDeepError("MODEL_UNSUPPORTED", "This network has no attention: no softmax over keys between two products.", { details: {} });
}
