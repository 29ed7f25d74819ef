import type { Limits } from "../options.ts";
import { VERSION } from "../version.ts";

const ref = (name: string): object => ({ $ref: `#/components/schemas/${name}` });
const object = (properties: Readonly<Record<string, unknown>>, required: readonly string[] = Object.keys(properties)): object => ({
  type: "object",
  properties,
  required,
});
const list = (items: object): object => ({ type: "array", items });
const orNull = (schema: object): object => ({ oneOf: [schema, { type: "null" }] });
const TEXT = { type: "string" } as const;
const NUMBER = { type: "number" } as const;
const INTEGER = { type: "integer" } as const;
const FLAG = { type: "boolean" } as const;
const ANY_NUMBERS = { type: "array", description: "Numbers, in lists as deep as the dims." } as const;

const TARGET = {
  description: "A class by its number or its name; an entry of an output with more axes; a weighted sum; the highest along the axes where an index has null.",
  oneOf: [INTEGER, TEXT, object({ index: list(INTEGER) }), object({ terms: list({ type: "object" }) }), object({ max: list({ type: ["integer", "null"] }) })],
} as const;

const PROVENANCE = {
  type: "object",
  description: "Where an answer comes from: enough to make it again.",
  properties: {
    model_sha256: TEXT,
    backend: TEXT,
    engine: TEXT,
    versions: { type: "object", additionalProperties: TEXT },
    method: { type: "object" },
    rule: {},
    rectifiers: INTEGER,
    score: TEXT,
  },
  required: ["model_sha256", "backend", "engine"],
} as const;

const TENSOR_HEAD = { name: TEXT, datatype: TEXT, shape: list(INTEGER) };
const EXPLAINED = { targets: list(TARGET), target_names: list(orNull(TEXT)), output: TEXT, provenance: PROVENANCE };

const SCHEMAS = {
  Error: object({ error: TEXT, code: TEXT }),
  Server: object({ name: TEXT, version: TEXT, extensions: list(TEXT) }),
  Live: object({ live: FLAG }),
  Ready: object({ ready: FLAG }),
  ModelReady: object({ name: TEXT, ready: FLAG }),
  Models: object({ models: list(TEXT) }),
  Model: object({
    name: TEXT,
    versions: list(TEXT),
    platform: TEXT,
    inputs: list(object(TENSOR_HEAD)),
    outputs: list(object(TENSOR_HEAD)),
    sha256: TEXT,
    methods: list(TEXT),
    classes: orNull(INTEGER),
    pictures: FLAG,
  }),
  InputTensor: object(
    {
      ...TENSOR_HEAD,
      data: { description: "Numbers, flat or nested; of datatype BYTES pictures in base64." },
      parameters: object({ binary_data_size: INTEGER }, []),
    },
    ["name", "datatype"],
  ),
  OutputTensor: object({ ...TENSOR_HEAD, data: list(NUMBER), parameters: object({ binary_data_size: INTEGER }, []) }, Object.keys(TENSOR_HEAD)),
  InferRequest: object(
    {
      id: TEXT,
      inputs: list(ref("InputTensor")),
      outputs: list(object({ name: TEXT, parameters: { type: "object" } }, ["name"])),
      parameters: object({ timeout: NUMBER, binary_data_output: FLAG }, []),
    },
    ["inputs"],
  ),
  InferResponse: object({ model_name: TEXT, model_version: TEXT, id: TEXT, outputs: list(ref("OutputTensor")), provenance: PROVENANCE }, [
    "model_name",
    "model_version",
    "outputs",
    "provenance",
  ]),
  ExplainParameters: {
    type: "object",
    description: "Whatever else is given goes to the method, such as n of integrated and smooth.",
    properties: {
      method: TEXT,
      target: { oneOf: [{ type: "null" }, TARGET, list(TARGET)], description: "For all rows, or one for each. Default: the highest entry of each row." },
      score: { enum: ["logit", "probability"] },
      output: TEXT,
      wrt: { oneOf: [TEXT, list(TEXT)] },
      take_max: { ...FLAG, description: "Reduce to the signed maximum over the channels." },
      timeout: { ...NUMBER, description: "Seconds; at most the server's own." },
      binary_data_output: FLAG,
    },
  },
  ExplainRequest: object({ id: TEXT, inputs: list(ref("InputTensor")), parameters: ref("ExplainParameters") }, ["inputs"]),
  ExplainResponse: object({ model_name: TEXT, model_version: TEXT, id: TEXT, outputs: list(ref("OutputTensor")), ...EXPLAINED }, [
    "model_name",
    "model_version",
    "outputs",
    ...Object.keys(EXPLAINED),
  ]),
  Instances: object(
    {
      instances: { type: "array", description: 'Rows: numbers, { "b64": … } for a picture, or an object of these by input.' },
      parameters: ref("ExplainParameters"),
    },
    ["instances"],
  ),
  Predictions: object({ model_name: TEXT, model_version: TEXT, predictions: { type: "array" }, provenance: PROVENANCE }),
  Explanations: object({
    model_name: TEXT,
    model_version: TEXT,
    explanations: list(
      object({ target: TARGET, name: orNull(TEXT), score: NUMBER, convergence_delta: NUMBER, values: { oneOf: [ANY_NUMBERS, { type: "object" }] } }, [
        "target",
        "name",
        "score",
        "values",
      ]),
    ),
    ...EXPLAINED,
  }),
  Form: object({ image: { type: "string", format: "binary" }, parameters: { type: "string", description: "ExplainParameters as JSON." } }, ["image"]),
} as const;

type SchemaName = keyof typeof SCHEMAS;

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
  "413": "More bytes, pixels, rows or gradients than the server takes",
  "415": "Another content type",
  "422": "The result is no finite number",
  "429": "Too many wait: Retry-After says when to come again",
  "500": "The engine failed",
  "503": "The server is starting or stopping",
  "504": "Not ready within the time that the caller or the server gives",
};

/** The OpenAPI document of a server with these limits and methods. */
export function openApi(limits: Limits, methods: readonly string[]): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const operation of OPERATIONS) (paths[operation.path] ??= {})[operation.method] = describe(operation);
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
  const codes = body !== undefined ? FAILURES : path.includes("{name}") ? { "404": FAILURES["404"]! } : {};
  return {
    summary,
    ...(path.includes("{name}") ? { parameters: [{ name: "name", in: "path", required: true, schema: TEXT }] } : {}),
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
