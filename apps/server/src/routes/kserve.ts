import type { FastifyInstance } from "fastify";

import { HttpError } from "../http/http-error.ts";
import { readExplain } from "../http/read-explain.ts";
import { readInstances } from "../http/read-inputs.ts";
import { sendExplanations, sendPredictions } from "../http/write-answer.ts";
import { rowsOf } from "../models/model-run.ts";
import type { RouteOptions } from "./route-options.ts";

/** KServe's version 1: `:predict` and `:explain` behind a model's name. */
export function kserveRoutes(app: FastifyInstance, { models, answer, isReady }: RouteOptions): void {
  app.get("/", async () => ({ status: "alive" }));
  app.get("/v1/models", async () => ({ models: models.names }));
  app.get("/v1/models/:name", async (request) => ({ name: (await models.get((request.params as { readonly name: string }).name)).name, ready: isReady() }));
  app.post("/v1/models/:name", async (request, reply) => {
    const [, name = "", verb] = /^(.*):(predict|explain)$/.exec((request.params as { readonly name: string }).name) ?? [];
    if (verb === undefined)
      throw new HttpError(404, "NOT_FOUND", `There is nothing at POST ${request.url.slice(0, 200)}: a call ends in :predict or :explain.`);
    const served = await models.get(name);
    const output = await answer(request, reply, served, async (body, prepare) => {
      const feeds = await readInstances(body, { opened: served, prepare });
      if (verb === "predict") return { kind: "infer", feeds, outputs: undefined };
      return { kind: "explain", feeds, ...readExplain(body.json["parameters"], rowsOf(served.model, feeds), served) };
    });
    return verb === "predict" ? sendPredictions(reply, served, output) : sendExplanations(reply, served, output);
  });
}
