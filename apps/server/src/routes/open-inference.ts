import { type ValueInfo, XDeepError } from "@xdeep/core";
import type { FastifyInstance, FastifyRequest } from "fastify";

import { HttpError } from "../http/http-error.ts";
import { type Body, fieldsOf, readExplain, readTensors } from "../http/read-request.ts";
import { datatypeOf } from "../http/tensor-codec.ts";
import { sendTensors } from "../http/write-answer.ts";
import { rowsOf } from "../models/model-run.ts";
import type { Served } from "../models/served.ts";
import { VERSION } from "../version.ts";
import type { RouteOptions } from "./route-options.ts";

/** The Open Inference Protocol, version 2, with `explain` beside `infer`. */
export function openInferenceRoutes(app: FastifyInstance, { models, methods, answer, isReady }: RouteOptions): void {
  app.get("/v2", async () => ({ name: "xdeep", version: VERSION, extensions: ["binary_tensor_data", "explain"] }));
  app.get("/v2/health/live", async () => ({ live: true }));
  app.get("/v2/health/ready", async (_, reply) => reply.status(isReady() ? 200 : 503).send({ ready: isReady() }));

  const find = (request: FastifyRequest): Served => {
    const { name, version } = request.params as { readonly name: string; readonly version?: string };
    const served = models.get(name);
    if (version === undefined || version === served.version) return served;
    throw new XDeepError("MODEL_NOT_FOUND", `The model "${served.name}" is served in version ${served.version}, not ${version.slice(0, 100)}.`);
  };

  for (const prefix of ["/v2/models/:name", "/v2/models/:name/versions/:version"]) {
    app.get(prefix, async (request) => ({ ...metadata(find(request)), methods: methods.names }));
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
}

function metadata({ name, version, sha256, model, labels, preprocessing }: Served): object {
  const tensor = (info: ValueInfo): object => ({ name: info.name, datatype: datatypeOf(info.type), shape: info.dims.map((dim) => dim ?? -1) });
  return {
    name,
    versions: [version],
    platform: model.engine,
    inputs: model.inputs.map(tensor),
    outputs: model.outputs.map(tensor),
    sha256,
    classes: labels?.length ?? null,
    pictures: preprocessing !== null,
  };
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
