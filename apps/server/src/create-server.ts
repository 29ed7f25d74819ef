import { statSync } from "node:fs";

import multipart from "@fastify/multipart";
import { XDeepError, isXDeepError } from "@xdeep/core";
import { checkOptionNames } from "@xdeep/core/method";
import fastify, { LogController, type FastifyInstance, type FastifyReply, type FastifyRequest } from "fastify";

import { HttpError, answerOf, refuseConnection } from "./http/http-error.ts";
import { createMetrics } from "./metrics.ts";
import { ModelFolder, type ServedModel } from "./models/model-folder.ts";
import { ModelQueue } from "./models/model-queue.ts";
import { type ModelInput, type ModelOutput, keyOf, rowsOf, runTogether } from "./models/model-run.ts";
import { openApi } from "./http/openapi.ts";
import { DEFAULT_LIMITS, type Limits, type ServerOptions } from "./options.ts";
import { createPictureThread } from "./models/picture-thread.ts";
import { readBody } from "./http/read-body.ts";
import { type Body, fieldsOf, readExplain, readInstances, readTensors } from "./http/read-request.ts";
import { datatypeOf } from "./http/tensor-codec.ts";
import { VERSION } from "./version.ts";
import { sendExplanations, sendPredictions, sendTensors } from "./http/write-answer.ts";

type Queue = ModelQueue<ModelInput, ModelOutput>;
type Served = ServedModel<Queue>;

/** A server that is set up. */
export interface XDeepServer {
  /** Fastify's instance: `inject` for tests, `server` for sockets. */
  readonly app: FastifyInstance;
  /** Loads the models and listens; the address. */
  listen(options: { readonly port: number; readonly host?: string | undefined }): Promise<string>;
  /** Takes no new requests, answers those that came, and frees the models. */
  stop(): Promise<void>;
}

/**
 * Sets up explanations over HTTP: the Open Inference Protocol (v2) and KServe's v1, with `explain` beside `infer`. Models are those of one folder.
 *
 * @throws {XDeepError} OPTION_INVALID for an option that does not exist; MODEL_NOT_FOUND where there is no such folder
 */
export function createServer(options: ServerOptions): XDeepServer {
  checkOptionNames("createServer", options, ["folder", "open", "methods", "limits", "lanes", "scanSeconds", "logger"]);
  const limits: Limits = { ...DEFAULT_LIMITS, ...options.limits };
  checkOptionNames("limits", limits, Object.keys(DEFAULT_LIMITS));
  const { folder, open, methods, lanes = 1, scanSeconds = 2, logger = true } = options;
  const entry = statSync(folder, { throwIfNoEntry: false });
  if (entry === undefined) throw new XDeepError("MODEL_NOT_FOUND", `There is no folder "${folder}".`, { details: { folder } });
  if (!entry.isDirectory()) throw new XDeepError("MODEL_NOT_FOUND", `"${folder}" is a file. Name the folder that it is in.`, { details: { folder } });
  const pictures = createPictureThread();
  const stopping = new AbortController();

  const models = new ModelFolder<Queue>({
    folder,
    open,
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

  const app = fastify({
    logger: typeof logger === "object" ? { level: "info", ...logger } : logger,
    bodyLimit: limits.bodyBytes,
    requestTimeout: limits.bodySeconds * 1000,
    forceCloseConnections: "idle",
    routerOptions: { maxParamLength: 300 },
    logController: new LogController({ disableRequestLogging: true }),
    // Before there is a route, or a request at all.
    frameworkErrors: (error, _, reply) => void (reply as FastifyReply).status(400).send(answerOf(error).body),
    clientErrorHandler: (error, socket) => refuseConnection(error, socket),
    http: { connectionsCheckingInterval: 1000, headersTimeout: limits.bodySeconds * 1000 },
  });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(["application/json", "application/octet-stream"], { parseAs: "buffer" }, (_, body, done) => done(null, body));
  void app.register(multipart, { limits: { fileSize: limits.bodyBytes, files: limits.rows, fields: 8, fieldSize: limits.jsonBytes, parts: limits.rows + 8 } });

  app.addHook("onResponse", async (request, reply) => {
    const route = request.routeOptions.url ?? "none";
    metrics.requests.observe({ route, status: String(reply.statusCode) }, reply.elapsedTime / 1000);
    request.log.info({ method: request.method, url: request.url.slice(0, 200), status: reply.statusCode, ms: Math.round(reply.elapsedTime) }, "answered");
  });
  app.setErrorHandler((error, request, reply) => {
    const { status, body, retryAfter } = answerOf(error);
    if (status >= 500 && status !== 503 && status !== 504) request.log.error({ err: error }, "failed");
    if (retryAfter !== undefined) void reply.header("retry-after", retryAfter);
    // What is left of a body that is too large is not read.
    if (status === 413) void reply.header("connection", "close");
    return reply.status(status).send(body);
  });
  app.setNotFoundHandler((request) => {
    throw new HttpError(404, "NOT_FOUND", `There is nothing at ${request.method} ${request.url.slice(0, 200)}. /openapi.json lists what there is.`);
  });

  /** Runs a request in its time, and for as long as somebody waits for it. */
  async function answer(
    request: FastifyRequest,
    reply: FastifyReply,
    served: Served,
    read: (body: Body, prepare: (bytes: Uint8Array) => ReturnType<typeof pictures.prepare>) => Promise<ModelInput>,
  ): Promise<ModelOutput> {
    const body = await readBody(request, limits);
    const seconds = deadlineOf(body, limits);
    const gone = new AbortController();
    const leave = (): void => {
      if (!reply.raw.writableFinished) gone.abort(new HttpError(499, "CLIENT_GONE", "The client has left."));
    };
    reply.raw.once("close", leave);
    const late = new AbortController();
    const timer = setTimeout(() => late.abort(new HttpError(504, "DEADLINE", `The explanation was not ready within ${seconds} s.`)), seconds * 1000);
    const signal = AbortSignal.any([gone.signal, late.signal, stopping.signal]);
    try {
      const input = await read(body, (bytes) => preparePicture(served, bytes, signal));
      const rows = rowsOf(served.model, input.feeds);
      const cost = rows * (input.kind === "explain" ? methods.cost(input.method, input.parameters) : 1);
      if (rows > limits.rows) throw new HttpError(413, "BODY_TOO_LARGE", `A request has at most ${limits.rows} rows, this one ${rows}. Send several.`);
      if (!(cost <= limits.gradients))
        throw new HttpError(413, "BODY_TOO_LARGE", `A request takes at most ${limits.gradients} gradients (rows times steps), this one ${cost}.`);
      const output = await served.queue.submit({ input, key: keyOf(served.model, input, methods), cost, rows, signal, seconds });
      metrics.rows.inc({ model: served.name, kind: input.kind }, rows);
      return output;
    } catch (error) {
      // A thread that died takes its model along.
      if (isXDeepError(error, "ENGINE_FAILED") && error.message.startsWith("The worker that runs the model has ended")) models.reload(served.name);
      throw error;
    } finally {
      clearTimeout(timer);
      reply.raw.off("close", leave);
    }
  }

  function preparePicture({ preprocessing }: Served, bytes: Uint8Array, signal: AbortSignal): ReturnType<typeof pictures.prepare> {
    if (preprocessing === null) throw new XDeepError("INPUT_TYPE", "This model takes no pictures.");
    return pictures.prepare(bytes, preprocessing, { maxPixels: limits.pixels, signal });
  }

  app.get("/v2", async () => ({ name: "xdeep", version: VERSION, extensions: ["binary_tensor_data", "explain"] }));
  app.get("/v2/health/live", async () => ({ live: true }));
  app.get("/v2/health/ready", async (_, reply) => reply.status(isReady() ? 200 : 503).send({ ready: isReady() }));
  app.get("/metrics", async (_, reply) => reply.type(metrics.registry.contentType).send(await metrics.registry.metrics()));
  app.get("/openapi.json", async () => openApi(limits, methods.names));
  app.get("/v1/models", async () => ({ models: models.models.map(({ name }) => name) }));

  const metadata = ({ name, version, sha256, model, labels, preprocessing }: Served): object => ({
    name,
    versions: [version],
    platform: model.engine,
    inputs: model.inputs.map((info) => ({ name: info.name, datatype: datatypeOf(info.type), shape: info.dims.map((dim) => dim ?? -1) })),
    outputs: model.outputs.map((info) => ({ name: info.name, datatype: datatypeOf(info.type), shape: info.dims.map((dim) => dim ?? -1) })),
    sha256,
    methods: methods.names,
    classes: labels?.length ?? null,
    pictures: preprocessing !== null,
  });

  for (const prefix of ["/v2/models/:name", "/v2/models/:name/versions/:version"]) {
    app.get(prefix, async (request) => metadata(find(request)));
    app.get(`${prefix}/ready`, async (request) => ({ name: find(request).name, ready: isReady() }));
    app.post(`${prefix}/infer`, async (request, reply) => {
      const served = find(request);
      let asked: Body["json"] = {};
      const output = await answer(request, reply, served, async (body, prepare) => {
        asked = body.json;
        return { kind: "infer", feeds: await readTensors(body, { opened: served, prepare }), outputs: outputNames(body.json) };
      });
      return sendTensors(reply, served, output, binaryOf(asked));
    });
    app.post(`${prefix}/explain`, async (request, reply) => {
      const served = find(request);
      let asked: Body["json"] = {};
      const output = await answer(request, reply, served, async (body, prepare) => {
        asked = body.json;
        const feeds = await readTensors(body, { opened: served, prepare });
        return { kind: "explain", feeds, ...readExplain(body.json["parameters"], rowsOf(served.model, feeds), served) };
      });
      return sendTensors(reply, served, output, binaryOf(asked));
    });
  }

  app.get("/v1/models/:name", async (request) => ({ name: find(request).name, ready: isReady() }));
  app.post("/v1/models/:call", async (request, reply) => {
    const { call } = request.params as { readonly call: string };
    const [, name = call, verb] = /^(.*):(predict|explain)$/.exec(call) ?? [];
    if (verb === undefined)
      throw new HttpError(404, "NOT_FOUND", `There is nothing at POST ${request.url.slice(0, 200)}: a call ends in :predict or :explain.`);
    const served = models.get(name);
    const output = await answer(request, reply, served, async (body, prepare) => {
      const feeds = await readInstances(body, { opened: served, prepare });
      if (verb === "predict") return { kind: "infer", feeds, outputs: undefined };
      return { kind: "explain", feeds, ...readExplain(body.json["parameters"], rowsOf(served.model, feeds), served) };
    });
    return verb === "predict" ? sendPredictions(reply, served, output) : sendExplanations(reply, served, output);
  });

  function find(request: FastifyRequest): Served {
    const { name, version } = request.params as { readonly name: string; readonly version?: string };
    const served = models.get(name);
    if (version === undefined || version === served.version) return served;
    throw new XDeepError("MODEL_NOT_FOUND", `The model "${served.name}" is served in version ${served.version}, not ${version.slice(0, 100)}.`);
  }

  const isReady = (): boolean => models.ready && !stopping.signal.aborted && !isStopping;
  let isStopping = false;
  let scanner: NodeJS.Timeout | undefined;
  app.addHook("onRequest", async (request) => {
    if (request.method !== "POST") return;
    if (isStopping) throw new HttpError(503, "STOPPING", "The server is stopping. Ask another one.", 1);
    // Whoever cannot be taken is told before his body is read.
    const { name, call } = request.params as { readonly name?: string; readonly call?: string };
    models.find(name ?? call?.replace(/:\w+$/, "") ?? "")?.queue.refuseWhenFull();
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
      // Whoever is still being answered gets his answer, in the time that he was promised.
      const timer = setTimeout(() => stopping.abort(new HttpError(503, "STOPPING", "The server is stopping. Ask another one.", 1)), limits.seconds * 1000);
      await app.close();
      clearTimeout(timer);
    },
  };
}

/** Seconds that a caller gives: no more than the limit. */
function deadlineOf({ json }: Body, limits: Limits): number {
  const { parameters } = json;
  const timeout = parameters === undefined ? undefined : fieldsOf(parameters, "parameters")["timeout"];
  if (timeout === undefined) return limits.seconds;
  if (typeof timeout !== "number" || !(timeout > 0)) throw new HttpError(400, "BODY_INVALID", '"timeout" is a number of seconds above 0.');
  return Math.min(timeout, limits.seconds);
}

function outputNames({ outputs }: Body["json"]): readonly string[] | undefined {
  if (outputs === undefined) return undefined;
  if (!Array.isArray(outputs)) throw new HttpError(400, "BODY_INVALID", '"outputs" is a list of { "name" }.');
  const names = outputs.map((output) => fieldsOf(output, "An output")["name"]);
  if (names.every((name) => typeof name === "string")) return names.length === 0 ? undefined : names;
  throw new HttpError(400, "BODY_INVALID", '"outputs" is a list of { "name" }.');
}

/** Which outputs are sent as bytes. */
function binaryOf({ id, outputs, parameters }: Body["json"]): { readonly id: unknown; readonly binary: (name: string) => boolean } {
  const isAll = (parameters as { readonly binary_data_output?: unknown } | undefined)?.binary_data_output === true;
  const single = new Map(
    (Array.isArray(outputs) ? (outputs as readonly { readonly name?: unknown; readonly parameters?: { readonly binary_data?: unknown } }[]) : []).map(
      (output) => [output.name, output.parameters?.binary_data],
    ),
  );
  return { id, binary: (name) => (single.get(name) ?? isAll) === true };
}
