import { DATATYPE_NAMES } from "../http/tensor-codec.ts";

export const ref = (name: SchemaName): object => ({ $ref: `#/components/schemas/${name}` });
const object = (properties: Readonly<Record<string, unknown>>, required: readonly string[] = Object.keys(properties)): object => ({
  type: "object",
  properties,
  required,
});
const list = (items: object, least = 0): object => ({ type: "array", items, ...(least > 0 ? { minItems: least } : {}) });
const orNull = (schema: object): object => ({ oneOf: [schema, { type: "null" }] });
export const TEXT: { readonly type: "string" } = { type: "string" };
const NUMBER = { type: "number" } as const;
const INTEGER = { type: "integer" } as const;
const FLAG = { type: "boolean" } as const;
const TIMEOUT = { type: "number", exclusiveMinimum: 0, description: "Seconds; at most the server's own." } as const;
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

const DATATYPE = { enum: [...DATATYPE_NAMES, "BYTES"] } as const;
const TENSOR_HEAD = { name: TEXT, datatype: DATATYPE, shape: list(INTEGER) };
const EXPLAINED = { targets: list(TARGET), target_names: list(orNull(TEXT)), output: TEXT, provenance: PROVENANCE };

export type SchemaName =
  | "Error"
  | "Alive"
  | "Server"
  | "Live"
  | "Ready"
  | "ModelReady"
  | "Models"
  | "Model"
  | "InputTensor"
  | "OutputTensor"
  | "InferRequest"
  | "InferResponse"
  | "ExplainParameters"
  | "ExplainRequest"
  | "ExplainResponse"
  | "Instances"
  | "Predictions"
  | "Explanations"
  | "Form";

/** Bodies of requests and answers, by the names that the OpenAPI document gives them. */
export const SCHEMAS: Readonly<Record<SchemaName, object>> = {
  Error: object({ error: TEXT, code: TEXT }),
  Alive: object({ status: { const: "alive" } }),
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
      name: TEXT,
      datatype: DATATYPE,
      shape: list({ type: "integer", minimum: 1 }, 1),
      data: { description: "Numbers, flat or nested; of datatype BYTES pictures in base64." },
      parameters: object({ binary_data_size: INTEGER }, []),
    },
    ["name", "datatype"],
  ),
  OutputTensor: object({ ...TENSOR_HEAD, data: list(NUMBER), parameters: object({ binary_data_size: INTEGER }, []) }, Object.keys(TENSOR_HEAD)),
  InferRequest: object(
    {
      id: TEXT,
      inputs: list(ref("InputTensor"), 1),
      outputs: list(object({ name: TEXT, parameters: { type: "object" } }, ["name"])),
      parameters: object({ timeout: TIMEOUT, binary_data_output: FLAG }, []),
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
      timeout: TIMEOUT,
      binary_data_output: FLAG,
    },
  },
  ExplainRequest: object({ id: TEXT, inputs: list(ref("InputTensor"), 1), parameters: ref("ExplainParameters") }, ["inputs"]),
  ExplainResponse: object({ model_name: TEXT, model_version: TEXT, id: TEXT, outputs: list(ref("OutputTensor")), ...EXPLAINED }, [
    "model_name",
    "model_version",
    "outputs",
    ...Object.keys(EXPLAINED),
  ]),
  Instances: object(
    {
      instances: {
        type: "array",
        minItems: 1,
        items: { type: ["number", "boolean", "array", "object"] },
        description: 'Rows: numbers, { "b64": … } for a picture, or an object of these by input.',
      },
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
};
