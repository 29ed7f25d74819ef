import type { Readable } from "node:stream";

import { type Target, type Tensor, sliceRows } from "@xdeep/core";
import type { FastifyReply } from "fastify";

import { NumberList, jsonStream, jsonText } from "./json-stream.ts";
import type { ServedModel } from "../models/model-folder.ts";
import type { ModelOutput } from "../models/model-run.ts";
import { bytesOf, datatypeOf } from "./tensor-codec.ts";

type Answered = Pick<ServedModel<unknown>, "name" | "version" | "sha256" | "model" | "labels">;

/** How a request wants its answer. */
export interface AnswerForm {
  /** Its own name for itself. */
  readonly id: unknown;
  /** Whether a tensor is sent as bytes. */
  readonly isBinary: (name: string) => boolean;
}

/** An answer of the Open Inference Protocol, its tensors as JSON, or binary behind the JSON where that was asked for. */
export function sendTensors(reply: FastifyReply, served: Answered, { tensors, explained }: ModelOutput, { id, isBinary }: AnswerForm): FastifyReply {
  const all: readonly (readonly [string, Tensor])[] = [...Object.entries(tensors), ...(explained === null ? [] : explainedTensors(explained))];
  const outputs = all.map(([name, tensor]) => {
    const head = { name, datatype: datatypeOf(tensor.type), shape: tensor.dims };
    return isBinary(name) ? { ...head, parameters: { binary_data_size: bytesOf(tensor).length } } : { ...head, data: new NumberList(tensor, false) };
  });
  const answer = {
    model_name: served.name,
    model_version: served.version,
    ...(typeof id === "string" ? { id } : {}),
    outputs,
    ...explanation(served, explained),
  };
  const behind = all.filter(([name]) => isBinary(name)).map(([, tensor]) => bytesOf(tensor));
  if (behind.length === 0) return sendJson(reply, jsonStream(answer));
  // The length of the JSON goes before it: with binary tensors it is short, unless lists are mixed in.
  const json = Buffer.from(jsonText(answer));
  return reply
    .header("inference-header-content-length", json.length)
    .type("application/octet-stream")
    .send(Buffer.concat([json, ...behind]));
}

/** An answer of KServe's `:predict`: an entry for each row, an object where there are several outputs. */
export function sendPredictions(reply: FastifyReply, served: Answered, { tensors }: ModelOutput): FastifyReply {
  const entries = Object.entries(tensors);
  const rows = entries[0]?.[1].dims[0] ?? 0;
  const predictions = Array.from({ length: rows }, (_, n) =>
    entries.length === 1 ? rowList(entries[0]![1], n) : Object.fromEntries(entries.map(([name, tensor]) => [name, rowList(tensor, n)])),
  );
  return sendJson(reply, jsonStream({ model_name: served.name, model_version: served.version, predictions, ...explanation(served, null) }));
}

/** An answer of KServe's `:explain`: for each row its attribution, by input where there are several. */
export function sendExplanations(reply: FastifyReply, served: Answered, output: ModelOutput): FastifyReply {
  const { tensors, explained } = output;
  const entries = Object.entries(tensors);
  const explanations = explained!.targets.map((target, n) => ({
    target,
    name: targetName(target, served.labels),
    score: explained!.scores[n]!,
    ...(explained!.deltas === undefined ? {} : { convergence_delta: explained!.deltas[n]! }),
    values: entries.length === 1 ? rowList(entries[0]![1], n) : Object.fromEntries(entries.map(([name, tensor]) => [name, rowList(tensor, n)])),
  }));
  return sendJson(reply, jsonStream({ model_name: served.name, model_version: served.version, explanations, ...explanation(served, explained) }));
}

/** Where an answer comes from: enough to make it again. */
function explanation({ sha256, model, labels }: Answered, explained: ModelOutput["explained"]): object {
  const { backend, engine, versions } = model;
  if (explained === null) return { provenance: { model_sha256: sha256, backend, engine, versions } };
  const { targets, output, provenance } = explained;
  return { targets, target_names: targets.map((target) => targetName(target, labels)), output, provenance: { model_sha256: sha256, ...provenance } };
}

function explainedTensors({ scores, deltas }: NonNullable<ModelOutput["explained"]>): readonly (readonly [string, Tensor])[] {
  const list = (data: Float32Array): Tensor => ({ type: "float32", dims: [data.length], data });
  return [["scores", list(scores)], ...(deltas === undefined ? [] : [["convergence_delta", list(deltas)] as const])];
}

function targetName(target: Target, labels: Answered["labels"]): string | null {
  return typeof target === "number" ? (labels?.[target] ?? null) : null;
}

function rowList(tensor: Tensor, row: number): NumberList {
  const { dims, ...rest } = sliceRows(tensor, row, row + 1);
  return new NumberList({ ...rest, dims: dims.slice(1) } as Tensor, true);
}

function sendJson(reply: FastifyReply, json: Readable): FastifyReply {
  return reply.type("application/json; charset=utf-8").send(json);
}
