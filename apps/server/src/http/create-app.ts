import multipart from "@fastify/multipart";
import fastify, { LogController, type FastifyInstance, type FastifyReply } from "fastify";

import type { Metrics } from "../metrics.ts";
import type { Limits, ServerOptions } from "../options.ts";
import { HttpError, answerOf, refuseConnection } from "./http-error.ts";
import { onceEnded } from "./once-ended.ts";

export interface AppOptions {
  readonly limits: Limits;
  readonly logger: NonNullable<ServerOptions["logger"]>;
  readonly metrics: Metrics;
}

export interface App {
  readonly app: FastifyInstance;
  /** Once all routes are there: what else is done with one of them is answered with those that it has. */
  refuseOtherMethods(): void;
}

/** Fastify as this server needs it: bodies within limits, errors as JSON with a code, a line of log and a measure for every answer. */
export function createApp({ limits, logger, metrics }: AppOptions): App {
  const app = fastify({
    logger: typeof logger === "object" ? { level: "info", ...logger } : logger,
    bodyLimit: limits.bodyBytes,
    requestTimeout: limits.bodySeconds * 1000,
    forceCloseConnections: "idle",
    // Who comes while the server stops is refused in its own words, with a code.
    return503OnClosing: false,
    routerOptions: { maxParamLength: 300 },
    logController: new LogController({ disableRequestLogging: true }),
    // Before there is a route, or a request at all.
    frameworkErrors: (error, _, reply) => void (reply as FastifyReply).status(400).send(answerOf(error).body),
    clientErrorHandler: (error, socket) => refuseConnection(error, socket),
    http: { connectionsCheckingInterval: 1000, headersTimeout: limits.bodySeconds * 1000 },
  });
  const methodsOf = new Map<string, Set<string>>();
  app.addHook("onRoute", ({ url, method }) => {
    methodsOf.set(url, new Set([...(methodsOf.get(url) ?? []), ...[method].flat()]));
  });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(["application/json", "application/octet-stream"], { parseAs: "buffer" }, (_, body, done) => done(null, body));
  void app.register(multipart, { limits: { fileSize: limits.bodyBytes, files: limits.rows, fields: 8, fieldSize: limits.jsonBytes, parts: limits.rows + 8 } });

  app.addHook("onRequest", async ({ headers }) => {
    // Triton's clients name no type: Inference-Header-Content-Length tells what their bodies are.
    headers["content-type"] ??= "application/octet-stream";
    const encoding = headers["content-encoding"];
    if (encoding === undefined || encoding === "identity") return;
    throw new HttpError(415, "MEDIA_TYPE", "Bodies are not unpacked here: send this one without Content-Encoding.");
  });
  app.addHook("onRequest", async (request, reply) => {
    // Of those too who leave before they are answered, as 499.
    onceEnded(reply.raw, ({ isSent }) => {
      const route = request.routeOptions.url ?? "none";
      const status = isSent ? reply.statusCode : 499;
      metrics.requests.observe({ route, status: String(status) }, reply.elapsedTime / 1000);
      request.log.info({ method: request.method, url: request.url.slice(0, 200), status, ms: Math.round(reply.elapsedTime) }, "answered");
    });
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
  return {
    app,
    refuseOtherMethods: () => {
      for (const [url, methods] of methodsOf) {
        const allowed = [...methods].join(", ");
        app.route({
          url,
          method: app.supportedMethods.filter((method) => !methods.has(method)),
          handler: async (request, reply) => {
            void reply.header("allow", allowed);
            throw new HttpError(405, "METHOD_NOT_ALLOWED", `${request.method} is not for ${request.url.slice(0, 200)}: ${allowed}.`);
          },
        });
      }
    },
  };
}
