import type { Limits } from "../options.ts";
import { VERSION } from "../version.ts";
import { SCHEMAS, type SchemaName, TEXT, ref } from "./schemas.ts";

interface Operation {
  readonly method: "get" | "post";
  readonly path: string;
  readonly summary: string;
  readonly body?: SchemaName;
  readonly answer: SchemaName | "text";
  /** The body may also be binary tensors, or a form. */
  readonly binary?: boolean;
  readonly form?: boolean;
}

const OPERATIONS: readonly Operation[] = [
  { method: "get", path: "/", summary: "The process answers (KServe)", answer: "Alive" },
  { method: "get", path: "/v2", summary: "The server", answer: "Server" },
  { method: "get", path: "/v2/health/live", summary: "The process answers", answer: "Live" },
  { method: "get", path: "/v2/health/ready", summary: "The models are loaded, and the server is not stopping", answer: "Ready" },
  { method: "get", path: "/v2/models/{name}", summary: "Inputs, outputs and methods of a model", answer: "Model" },
  { method: "get", path: "/v2/models/{name}/ready", summary: "A model can be asked", answer: "ModelReady" },
  { method: "post", path: "/v2/models/{name}/infer", summary: "Run a model", body: "InferRequest", answer: "InferResponse", binary: true, form: true },
  {
    method: "post",
    path: "/v2/models/{name}/explain",
    summary: "Explain a score of a model",
    body: "ExplainRequest",
    answer: "ExplainResponse",
    binary: true,
    form: true,
  },
  { method: "get", path: "/v1/models", summary: "Names of the models", answer: "Models" },
  { method: "get", path: "/v1/models/{name}", summary: "A model can be asked (KServe)", answer: "ModelReady" },
  { method: "post", path: "/v1/models/{name}:predict", summary: "Run a model (KServe)", body: "Instances", answer: "Predictions", form: true },
  { method: "post", path: "/v1/models/{name}:explain", summary: "Explain a score of a model (KServe)", body: "Instances", answer: "Explanations", form: true },
  { method: "get", path: "/metrics", summary: "What Prometheus is told", answer: "text" },
];

/** What can go wrong with a call that runs a model. */
const FAILURES: Readonly<Record<string, string>> = {
  "400": "The request is wrong, and the error says how",
  "404": "There is no such model",
  "408": "The request did not arrive in its time",
  "413": "More bytes, pixels, rows or gradients than the server takes",
  "415": "Another content type",
  "422": "The result is no finite number",
  "429": "Too many wait: Retry-After says when to come again",
  "500": "The engine failed",
  "503": "The model is being loaded, or cannot be; or the server is stopping",
  "504": "Not ready within the time that the caller or the server gives",
};

export interface OpenApiOptions {
  readonly limits: Limits;
  readonly methods: readonly string[];
  /** Names of those that answer now. */
  readonly models: readonly string[];
}

/** The OpenAPI document of a server with these limits, methods and models. */
export function openApi({ limits, methods, models }: OpenApiOptions): object {
  const name = { name: "name", in: "path", required: true, schema: { ...TEXT, examples: models } };
  const version = { name: "version", in: "path", required: true, schema: TEXT };
  const paths: Record<string, Record<string, object>> = {};
  const add = (operation: Operation, path: string, parameters: readonly object[]): void => {
    (paths[path] ??= {})[operation.method] = { ...describe(operation), ...(parameters.length === 0 ? {} : { parameters }) };
  };
  for (const operation of OPERATIONS) {
    const { path } = operation;
    add(operation, path, path.includes("{name}") ? [name] : []);
    if (path.startsWith("/v2/models/{name}")) add(operation, path.replace("{name}", "{name}/versions/{version}"), [name, version]);
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "xdeep",
      version: VERSION,
      description: `Explanations of neural networks. Methods: ${methods.join(", ")}. Limits: ${Object.entries(limits)
        .map(([name, value]) => `${name} ${value}`)
        .join(", ")}.`,
    },
    paths,
    components: { schemas: SCHEMAS },
  };
}

function describe({ path, summary, body, answer, binary = false, form = false }: Operation): object {
  const json = (name: SchemaName): object => ({ schema: ref(name) });
  const content =
    answer === "text" ? { "text/plain": { schema: TEXT } } : { "application/json": json(answer), ...(binary ? { "application/octet-stream": {} } : {}) };
  const failed = (description: string): object => ({ description, content: { "application/json": json("Error") } });
  const codes = body !== undefined ? FAILURES : path.includes("{name}") ? { "404": FAILURES["404"]!, "503": FAILURES["503"]! } : {};
  return {
    summary,
    ...(body === undefined
      ? {}
      : {
          requestBody: {
            required: true,
            content: {
              "application/json": json(body),
              ...(binary ? { "application/octet-stream": {} } : {}),
              ...(form ? { "multipart/form-data": json("Form") } : {}),
            },
          },
        }),
    responses: {
      "200": { description: summary, content },
      ...(path === "/v2/health/ready" ? { "503": { description: "Not yet, or no longer", content: { "application/json": json("Ready") } } } : {}),
      ...Object.fromEntries(Object.entries(codes).map(([code, text]) => [code, failed(text)])),
    },
  };
}
