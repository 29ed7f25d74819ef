import { type ValueInfo, XDeepError } from "@xdeep/core";
import type { FastifyInstance, FastifyRequest } from "fastify";

import { invalidBody } from "../http/http-error.ts";
import { type Body, fieldsOf } from "../http/read-body.ts";
import { readExplain } from "../http/read-explain.ts";
import { noSharedMemory, readTensors } from "../http/read-inputs.ts";
import { datatypeOf } from "../http/tensor-codec.ts";
import { type AnswerForm, sendTensors } from "../http/write-answer.ts";
import { rowsOf } from "../models/model-run.ts";
import type { Served } from "../models/served.ts";
import { VERSION } from "../version.ts";
import type { RouteOptions } from "./route-options.ts";

/** The Open Inference Protocol, version 2, with `explain` beside `infer`. */
export function openInferenceRoutes(app: FastifyInstance, { models, methods, answer, isReady }: RouteOptions): void {
  app.get("/v2", async () => ({ name: "xdeep", version: VERSION, extensions: ["binary_tensor_data", "explain"] }));
  app.get("/v2/health/live", async () => ({ live: true }));
  app.get("/v2/health/ready", async (_, reply) => reply.status(isReady() ? 200 : 503).send({ ready: isReady() }));

  const find = async (request: FastifyRequest): Promise<Served> => {
    const { name, version } = request.params as { readonly name: string; readonly version?: string };
    const served = await models.get(name);
    if (version === undefined || version === served.version) return served;
    throw new XDeepError("MODEL_NOT_FOUND", `The model "${served.name}" is served in version ${served.version}, not ${version.slice(0, 100)}.`);
  };

  for (const prefix of ["/v2/models/:name", "/v2/models/:name/versions/:version"]) {
    app.get(prefix, async (request) => ({ ...metadata(await find(request)), methods: methods.names }));
    app.get(`${prefix}/ready`, async (request) => ({ name: (await find(request)).name, ready: isReady() }));
    app.post(`${prefix}/infer`, async (request, reply) => {
      const served = await find(request);
      let form!: AnswerForm;
      const output = await answer(request, reply, served, async (body, prepare) => {
        form = formOf(body.json);
        return { kind: "infer", feeds: await readTensors(body, { opened: served, prepare }), outputs: readOutputs(body.json)?.map(({ name }) => name) };
      });
      return sendTensors(reply, served, output, form);
    });
    app.post(`${prefix}/explain`, async (request, reply) => {
      const served = await find(request);
      let form!: AnswerForm;
      const output = await answer(request, reply, served, async (body, prepare) => {
        form = formOf(body.json);
        const feeds = await readTensors(body, { opened: served, prepare });
        return { kind: "explain", feeds, ...readExplain(body.json["parameters"], rowsOf(served.model, feeds), served) };
      });
      return sendTensors(reply, served, output, form);
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

interface AskedOutput {
  readonly name: string;
  /** Whether it is sent as bytes; undefined: as all others. */
  readonly binary: boolean | undefined;
}

/** What is asked for by name; undefined for all outputs. */
function readOutputs({ outputs }: Body["json"]): readonly AskedOutput[] | undefined {
  if (outputs === undefined) return undefined;
  if (!Array.isArray(outputs)) throw invalidBody('"outputs" is a list of { "name" }.');
  const asked = outputs.map((output): AskedOutput => {
    const { name, parameters = {} } = fieldsOf(output, "An output");
    if (typeof name !== "string") throw invalidBody('"outputs" is a list of { "name" }.');
    const { binary_data: binary, shared_memory_region: region, classification } = fieldsOf(parameters, "parameters");
    if (region !== undefined) throw noSharedMemory(name);
    if (classification !== undefined) throw invalidBody(`"${name}": the highest classes are not picked out here. Ask for the output, and sort it.`);
    return { name, binary: typeof binary === "boolean" ? binary : undefined };
  });
  return asked.length === 0 ? undefined : asked;
}

/** How an answer is sent. */
function formOf(json: Body["json"]): AnswerForm {
  const { binary_data_output: isAll, sequence_id: sequence } = json["parameters"] === undefined ? {} : fieldsOf(json["parameters"], "parameters");
  if (isAll !== undefined && typeof isAll !== "boolean") throw invalidBody('"binary_data_output" is true or false.');
  if (sequence !== undefined) throw invalidBody('No state is kept from one request to the next: leave "sequence_id" out, and feed states as inputs.');
  const single = new Map(readOutputs(json)?.map(({ name, binary }) => [name, binary]));
  return { id: json["id"], isBinary: (name) => single.get(name) ?? isAll === true };
}
