import { statSync } from "node:fs";
import { setImmediate } from "node:timers/promises";

import { XDeepError } from "@xdeep/core";
import { checkOptionNames } from "@xdeep/core/method";
import type { FastifyInstance } from "fastify";

import { createAnswer } from "./http/answer-request.ts";
import { createApp } from "./http/create-app.ts";
import { HeldBytes } from "./http/held-bytes.ts";
import { HttpError } from "./http/http-error.ts";
import { createMetrics } from "./metrics.ts";
import { ModelFolder } from "./models/model-folder.ts";
import { ModelQueue } from "./models/model-queue.ts";
import { runTogether } from "./models/model-run.ts";
import { createPictureThread } from "./models/picture-thread.ts";
import type { Queue } from "./models/served.ts";
import { openApi } from "./openapi/document.ts";
import { DEFAULT_LIMITS, type Limits, type ServerOptions } from "./options.ts";
import { kserveRoutes } from "./routes/kserve.ts";
import { openInferenceRoutes } from "./routes/open-inference.ts";

/** A server that is set up. */
export interface XDeepServer {
  /** Fastify's instance: `inject` for tests, `server` for sockets. */
  readonly app: FastifyInstance;
  /** Loads the models and listens; the address. */
  listen(options: { readonly port: number; readonly host?: string | undefined }): Promise<string>;
  /** Takes no new requests, answers those that came, and frees the models. */
  stop(): Promise<void>;
}

/** Of the event loop: one takes connections, the next ones read from them. */
const TURNS_TO_READ = 4;

/** For the answers of those who are refused at the end of a stop. */
const MS_TO_REFUSE = 500;

/**
 * Sets up explanations over HTTP: the Open Inference Protocol (v2) and KServe's v1, with `explain` beside `infer`. Models are those of one folder.
 *
 * @throws {XDeepError} OPTION_INVALID for an option that does not exist; MODEL_NOT_FOUND where there is no such folder
 */
export function createServer(options: ServerOptions): XDeepServer {
  checkOptionNames("createServer", options, ["folder", "open", "methods", "limits", "lanes", "keep", "scanSeconds", "logger"]);
  const limits: Limits = { ...DEFAULT_LIMITS, ...options.limits };
  checkOptionNames("limits", limits, Object.keys(DEFAULT_LIMITS));
  const { folder, open, methods, lanes = 1, keep = Infinity, scanSeconds = 2, logger = true } = options;
  if (!(keep >= 1)) throw new XDeepError("OPTION_INVALID", `"keep" is a number of models from 1 on, got ${keep}.`, { details: { option: "keep", got: keep } });
  checkFolder(folder);
  const pictures = createPictureThread();
  const held = new HeldBytes(limits.heldBytes);
  const stopping = new AbortController();

  const models = new ModelFolder<Queue>({
    folder,
    open,
    keep,
    queueOf: ({ model }, name) =>
      new ModelQueue({
        run: (inputs, signal) => runTogether(model, inputs, methods, signal),
        // One more than there are threads: it lies ready when a thread is done.
        lanes: lanes + 1,
        mostWaiting: limits.waiting,
        mostRows: Math.max(1, model.capabilities.preferredBatch),
        onRun: ({ rows, seconds }) => {
          metrics.batches.observe({ model: name }, rows);
          metrics.runs.observe({ model: name }, seconds);
        },
      }),
    drain: (queue) => queue.drain(),
    onLoad: ({ name, error }) => {
      metrics.loads.inc({ model: name, outcome: error === null ? "loaded" : "failed" });
      if (error === null) app.log.info({ model: name }, "model loaded");
      else app.log.error({ model: name, err: error }, "model failed to load");
    },
  });
  const metrics = createMetrics(() => new Map(models.models.map(({ name, queue }) => [name, queue.waiting])));

  const { app, refuseOtherMethods } = createApp({ limits, logger, metrics });
  let isStopping = false;
  const isReady = (): boolean => models.ready && !isStopping;
  const answer = createAnswer({ held, limits, methods, metrics, models, pictures, stopping: stopping.signal });
  openInferenceRoutes(app, { models, methods, answer, isReady });
  kserveRoutes(app, { models, methods, answer, isReady });
  app.get("/metrics", async (_, reply) => reply.type(metrics.registry.contentType).send(await metrics.registry.metrics()));
  app.get("/openapi.json", async () => openApi({ limits, methods: methods.names, models: models.names }));
  refuseOtherMethods();

  let scanner: NodeJS.Timeout | undefined;
  app.addHook("onRequest", async (request, reply) => {
    if (request.method !== "POST") return;
    if (isStopping) throw new HttpError(503, "STOPPING", "The server is stopping. Ask another one.", 1);
    // Whoever cannot be taken is told before his body is read.
    const { name = "" } = request.params as { readonly name?: string };
    models.find(name.replace(/:\w+$/, ""))?.queue.refuseWhenFull();
    // A body that says nothing of its length may have as many bytes as there may be; one that says more is refused.
    held.take(Math.min(Number(request.headers["content-length"] ?? limits.bodyBytes), limits.bodyBytes), reply.raw);
  });
  // A connection may stay open for a minute after its answer, and would keep the server for as long.
  app.addHook("onResponse", async () => {
    if (isStopping) app.server.closeIdleConnections();
  });
  app.addHook("onClose", async () => {
    clearInterval(scanner);
    await models.close();
    await pictures.close();
  });

  const scan = (): Promise<void> => models.scan().catch((error: unknown) => app.log.error({ err: error }, "the folder of models cannot be read"));
  return {
    app,
    async listen({ port, host = "127.0.0.1" }) {
      // Alive at once, ready when the models are loaded.
      const address = await app.listen({ port, host });
      scanner = setInterval(() => void scan(), scanSeconds * 1000);
      scanner.unref();
      await scan();
      return address;
    },
    async stop() {
      isStopping = true;
      // Connections that were not taken yet would be cut off: whoever waits there is told.
      for (let turn = 0; turn < TURNS_TO_READ; turn++) await setImmediate();
      // Whoever is still being answered gets his answer, in the time that he was promised. Whoever has not sent his request by then is cut off: nothing else ends his connection.
      const ends = [
        setTimeout(() => stopping.abort(new HttpError(503, "STOPPING", "The server is stopping. Ask another one.", 1)), limits.seconds * 1000),
        setTimeout(() => app.server.closeAllConnections(), limits.seconds * 1000 + MS_TO_REFUSE),
      ];
      await app.close();
      ends.forEach(clearTimeout);
    },
  };
}

function checkFolder(folder: string): void {
  const entry = statSync(folder, { throwIfNoEntry: false });
  if (entry === undefined) throw new XDeepError("MODEL_NOT_FOUND", `There is no folder "${folder}".`, { details: { folder } });
  if (!entry.isDirectory()) throw new XDeepError("MODEL_NOT_FOUND", `"${folder}" is a file. Name the folder that it is in.`, { details: { folder } });
}
