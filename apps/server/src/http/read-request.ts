import { type Target, type Tensor, type ValueInfo, XDeepError } from "@xdeep/core";
import { concatRows, nearestNames } from "@xdeep/core/method";

import { HttpError } from "./http-error.ts";
import type { ModelInput } from "../models/model-run.ts";
import type { OpenedModel } from "../options.ts";
import { checkShape, tensorOfBytes, tensorOfJson, tensorOfNested, typeOf } from "./tensor-codec.ts";

/** A body as it came: JSON, with the bytes of tensors or pictures behind it. */
export interface Body {
  readonly json: Readonly<Record<string, unknown>>;
  /** Of binary tensors, one after the other. */
  readonly binary: Uint8Array | null;
  /** Of multipart/form-data, by the names of its fields. */
  readonly files: readonly Uint8Array[];
}

/** Unpacks a picture as the model takes it. */
export type Prepare = (bytes: Uint8Array) => Promise<Tensor>;

export interface ReadRequestOptions {
  readonly opened: OpenedModel;
  readonly prepare: Prepare;
}

type Fields = Readonly<Record<string, unknown>>;

/** Parameters of an explanation that are no method's. */
export const REQUEST_PARAMETERS: readonly string[] = ["method", "target", "score", "output", "wrt", "take_max", "timeout", "binary_data_output"];

/**
 * The feeds of an Open Inference Protocol request: tensors as JSON or binary, or pictures.
 *
 * @throws {HttpError} 400; {XDeepError} INPUT_UNKNOWN, INPUT_TYPE, IMAGE_INVALID
 */
export async function readTensors({ json, binary, files }: Body, options: ReadRequestOptions): Promise<ModelInput["feeds"]> {
  const { inputs } = json;
  if (inputs === undefined && files.length > 0) return picturesOf(files, options);
  if (!Array.isArray(inputs) || inputs.length === 0) throw invalid('"inputs" is a list of tensors: { "name", "shape", "datatype", "data" }.');
  const feeds: Record<string, Tensor> = {};
  let offset = 0;
  for (const input of inputs as readonly unknown[]) {
    const { name, shape, datatype, data, parameters } = fieldsOf(input, "An input");
    const info = inputNamed(options.opened, name);
    if (Object.hasOwn(feeds, info.name)) throw invalid(`Input "${info.name}" is given twice.`);
    const size = parameters === undefined ? undefined : fieldsOf(parameters, "parameters")["binary_data_size"];
    if (size !== undefined) {
      if (!Number.isSafeInteger(size) || (size as number) < 0 || binary === null)
        throw invalid(`"binary_data_size" of "${info.name}" is the number of its bytes behind the JSON.`);
      const bytes = binary.subarray(offset, (offset += size as number));
      feeds[info.name] =
        datatype === "BYTES"
          ? await options.prepare(lengthPrefixed(bytes, info.name))
          : tensorOfBytes(bytes, checkShape(shape, `"${info.name}"`), typeOf(datatype), info);
    } else if (datatype === "BYTES") feeds[info.name] = joinedRows(await pictures(data, info, options.prepare));
    else {
      typeOf(datatype);
      feeds[info.name] = tensorOfJson(data, checkShape(shape, `"${info.name}"`), info);
    }
  }
  if (binary !== null && offset !== binary.length) throw invalid(`${binary.length} bytes follow the JSON, of which inputs name ${offset}.`);
  return feeds;
}

/** The feeds of KServe's `instances`: numbers, { "b64": … } for pictures, or an object of these by the names of inputs. */
export async function readInstances({ json, files }: Body, options: ReadRequestOptions): Promise<ModelInput["feeds"]> {
  const { instances } = json;
  if (instances === undefined && files.length > 0) return picturesOf(files, options);
  if (!Array.isArray(instances) || instances.length === 0) throw invalid('"instances" is a list with an entry for each row.');
  const { inputs } = options.opened.model;
  const [first] = instances as [unknown];
  const isNamed = typeof first === "object" && first !== null && !Array.isArray(first) && !("b64" in first);
  if (!isNamed) return { [onlyInput(options.opened).name]: await rowsOf(instances, onlyInput(options.opened), options.prepare) };
  const names = Object.keys(first);
  const feeds: Record<string, Tensor> = {};
  for (const name of names) {
    const info = inputNamed({ model: { inputs } }, name);
    const column = instances.map((instance) => fieldsOf(instance, "An instance")[name]);
    feeds[info.name] = await rowsOf(column, info, options.prepare);
  }
  return feeds;
}

/**
 * What is asked of an explanation beside its inputs.
 *
 * @throws {HttpError} 400; {XDeepError} TARGET_INVALID
 */
export function readExplain(parameters: unknown, rows: number, { labels }: OpenedModel): Omit<Extract<ModelInput, { kind: "explain" }>, "kind" | "feeds"> {
  const given = parameters === undefined ? {} : fieldsOf(parameters, "parameters");
  const { method = "vanilla", target = null, score, output, wrt, take_max: takeMax = false } = given;
  if (typeof method !== "string") throw invalid('"method" is a name, such as "integrated".');
  if (score !== undefined && score !== "logit" && score !== "probability") throw invalid('"score" is "logit" or "probability".');
  if (output !== undefined && typeof output !== "string") throw invalid('"output" is the name of one.');
  if (typeof takeMax !== "boolean") throw invalid('"take_max" is true or false.');
  const names = typeof wrt === "string" ? [wrt] : wrt;
  if (names !== undefined && !(Array.isArray(names) && names.every((name) => typeof name === "string"))) throw invalid('"wrt" is a name, or a list of names.');
  return {
    method,
    parameters: Object.fromEntries(Object.entries(given).filter(([name]) => !REQUEST_PARAMETERS.includes(name))),
    targets: readTargets(target, rows, labels),
    score,
    output,
    wrt: names as readonly string[] | undefined,
    takeMax,
  };
}

/** One target for all rows, or a list with one for each. */
function readTargets(target: unknown, rows: number, labels: OpenedModel["labels"]): readonly Target[] | null {
  if (target === null) return null;
  if (!Array.isArray(target)) return Array.from({ length: rows }, () => readTarget(target, labels));
  if (target.length !== rows) throw invalid(`"target" is one class, or a list of ${rows}: one for each row.`);
  return target.map((each) => readTarget(each, labels));
}

function readTarget(target: unknown, labels: OpenedModel["labels"]): Target {
  if (typeof target === "number") return target;
  if (typeof target === "object" && target !== null && ["index", "terms", "max"].some((form) => form in target)) return target as Target;
  if (typeof target !== "string") throw invalid('A target is a number, the name of a class, or { "index" }, { "terms" }, { "max" }.');
  const index = labels?.findIndex((label) => label?.toLowerCase() === target.toLowerCase()) ?? -1;
  if (index >= 0) return index;
  const known = (labels ?? []).filter((label) => label !== undefined);
  const nearest = known.length === 0 ? "This model has no names of classes: give a number." : `Nearest: ${nearestNames(target, known).join(", ")}.`;
  throw new XDeepError("TARGET_INVALID", `No class is called "${target.slice(0, 100)}". ${nearest}`);
}

export function fieldsOf(value: unknown, what: string): Fields {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Fields;
  throw invalid(`${what} is an object.`);
}

async function rowsOf(column: readonly unknown[], info: ValueInfo, prepare: Prepare): Promise<Tensor> {
  const [first] = column;
  const isPicture = typeof first === "object" && first !== null && "b64" in first;
  return isPicture ? joinedRows(await pictures(column, info, prepare)) : tensorOfNested(column, info);
}

async function pictures(list: unknown, { name }: ValueInfo, prepare: Prepare): Promise<readonly Tensor[]> {
  if (!Array.isArray(list) || list.length === 0) throw invalid(`The data of "${name}" are a list of pictures in base64.`);
  const tensors: Tensor[] = [];
  for (const each of list as readonly unknown[]) {
    const text = typeof each === "string" ? each : (each as { readonly b64?: unknown } | null)?.b64;
    if (typeof text !== "string") throw invalid(`"${name}": a picture is a text in base64, or { "b64": … }.`);
    tensors.push(await prepare(Buffer.from(text, "base64")));
  }
  return tensors;
}

async function picturesOf(files: readonly Uint8Array[], { opened, prepare }: ReadRequestOptions): Promise<ModelInput["feeds"]> {
  const tensors: Tensor[] = [];
  for (const file of files) tensors.push(await prepare(file));
  return { [pictureInput(opened).name]: joinedRows(tensors) };
}

/** The input that pictures go to. */
export function pictureInput({ model }: Pick<OpenedModel, "model">): ValueInfo {
  const info = model.inputs.find(({ dims, type }) => dims.length === 4 && type.startsWith("float"));
  if (info !== undefined) return info;
  throw new XDeepError("INPUT_TYPE", "This model takes no pictures.");
}

function onlyInput({ model }: OpenedModel): ValueInfo {
  if (model.inputs.length === 1) return model.inputs[0]!;
  throw new XDeepError(
    "INPUT_MISSING",
    `The model has ${model.inputs.length} inputs: an instance is an object with ${model.inputs.map(({ name }) => name).join(", ")}.`,
  );
}

function inputNamed({ model: { inputs } }: { readonly model: { readonly inputs: readonly ValueInfo[] } }, name: unknown): ValueInfo {
  const info = inputs.find((input) => input.name === name);
  if (info !== undefined) return info;
  throw new XDeepError(
    "INPUT_UNKNOWN",
    `The model has no input ${JSON.stringify(name)?.slice(0, 100) ?? "without a name"}. Inputs: ${inputs.map((input) => input.name).join(", ")}.`,
  );
}

/** Where a model takes pictures as large as they come, those of one request have one size. */
function joinedRows(tensors: readonly Tensor[]): Tensor {
  const [first] = tensors as [Tensor];
  const other = tensors.findIndex(({ dims }) => dims.join() !== first.dims.join());
  if (other < 0) return concatRows(tensors);
  const [one, another] = [first, tensors[other]!].map(({ dims }) => dims.slice(1).join(" × "));
  throw new XDeepError("BATCH_INVALID", `Pictures of one request have one size: picture 0 is ${one}, picture ${other} is ${another}. Send them one by one.`);
}

/** A binary element of BYTES: its length in four bytes, then itself. */
function lengthPrefixed(bytes: Uint8Array, name: string): Uint8Array {
  const length = bytes.length < 4 ? -1 : new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  if (length === bytes.length - 4) return bytes.subarray(4);
  throw invalid(`"${name}": a binary picture is its length in four little-endian bytes, and its bytes.`);
}

function invalid(message: string): HttpError {
  return new HttpError(400, "BODY_INVALID", message);
}
