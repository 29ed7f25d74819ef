import type { ServerResponse } from "node:http";

import { type Tensor, XDeepError } from "@xdeep/core";
import type { Preprocessing } from "@xdeep/image";
import { isWorkerEnded } from "@xdeep/worker";
import type { FastifyReply, FastifyRequest } from "fastify";

import type { Metrics } from "../metrics.ts";
import type { ModelFolder } from "../models/model-folder.ts";
import { type ModelInput, type ModelOutput, keyOf, rowsOf } from "../models/model-run.ts";
import type { PictureThread } from "../models/picture-thread.ts";
import type { Queue, Served } from "../models/served.ts";
import type { Limits, ServedMethods } from "../options.ts";
import type { HeldBytes } from "./held-bytes.ts";
import { HttpError, invalidBody } from "./http-error.ts";
import { onceEnded } from "./once-ended.ts";
import { type Body, fieldsOf, readBody } from "./read-body.ts";
import type { Prepare } from "./read-inputs.ts";

/** What answers need around them. */
export interface AnswerOptions {
  readonly held: HeldBytes;
  readonly limits: Limits;
  readonly methods: ServedMethods;
  readonly metrics: Metrics;
  readonly models: ModelFolder<Queue>;
  readonly pictures: PictureThread;
  /** Aborted when the server stops. */
  readonly stopping: AbortSignal;
}

/** Makes of a body what is asked of a model; `prepare` unpacks pictures as the model takes them. */
export type ReadInput = (body: Body, prepare: Prepare) => Promise<ModelInput>;

/** Runs a request in its time, and for as long as somebody waits for it. */
export type Answer = (request: FastifyRequest, reply: FastifyReply, served: Served, read: ReadInput) => Promise<ModelOutput>;

export function createAnswer({ held, limits, methods, metrics, models, pictures, stopping }: AnswerOptions): Answer {
  type Holder = { readonly response: ServerResponse; readonly signal: AbortSignal };
  async function prepareAll(files: Iterable<Uint8Array>, preprocessing: Preprocessing | null, { response, signal }: Holder): Promise<readonly Tensor[]> {
    if (preprocessing === null) throw new XDeepError("INPUT_TYPE", "This model takes no pictures.");
    const tensors: Tensor[] = [];
    // A small file is perhaps a large tensor: those of more rows than there may be are not made.
    for (const bytes of files) {
      checkRows(tensors.length + 1, limits);
      const tensor = await pictures.prepare(bytes, preprocessing, { maxPixels: limits.pixels, signal });
      held.take(tensor.data.byteLength, response);
      tensors.push(tensor);
    }
    return tensors;
  }

  return async (request, reply, served, read) => {
    const letGo = served.queue.enter();
    const ended = new AbortController();
    const leave = (): void => ended.abort(new HttpError(499, "CLIENT_GONE", "The client has left."));
    onceEnded(reply.raw, ({ isSent }) => (isSent ? undefined : leave()));
    if (reply.raw.destroyed) leave();
    let timer: NodeJS.Timeout | undefined;
    try {
      const body = await readBody(request, limits);
      const seconds = deadlineOf(body, limits);
      timer = setTimeout(() => ended.abort(new HttpError(504, "DEADLINE", `The explanation was not ready within ${seconds} s.`)), seconds * 1000);
      const signal = AbortSignal.any([ended.signal, stopping]);
      const input = await read(body, (files) => prepareAll(files, served.preprocessing, { response: reply.raw, signal }));
      const rows = rowsOf(served.model, input.feeds);
      const cost = rows * (input.kind === "explain" ? methods.cost(input.method, input.parameters) : 1);
      checkRows(rows, limits);
      checkCost(cost, limits);
      const output = await served.queue.submit({ input, key: keyOf(served.model, input, methods), cost, rows, signal, seconds });
      metrics.rows.inc({ model: served.name, kind: input.kind }, rows);
      return output;
    } catch (error) {
      // A thread that died takes its model along.
      if (isWorkerEnded(error)) models.reload(served.name);
      throw error;
    } finally {
      clearTimeout(timer);
      letGo();
    }
  };
}

/** Seconds that a caller gives: no more than the limit. */
function deadlineOf({ json }: Body, limits: Limits): number {
  const { parameters } = json;
  const timeout = parameters === undefined ? undefined : fieldsOf(parameters, "parameters")["timeout"];
  if (timeout === undefined) return limits.seconds;
  if (typeof timeout !== "number" || !(timeout > 0)) throw invalidBody('"timeout" is a number of seconds above 0.');
  return Math.min(timeout, limits.seconds);
}

function checkRows(rows: number, limits: Limits): void {
  if (rows > limits.rows) throw new HttpError(413, "BODY_TOO_LARGE", `A request has at most ${limits.rows} rows. Send several.`);
}

function checkCost(cost: number, limits: Limits): void {
  if (cost <= limits.gradients) return;
  throw new HttpError(413, "BODY_TOO_LARGE", `A request takes at most ${limits.gradients} gradients (rows times steps), this one ${cost}.`);
}
