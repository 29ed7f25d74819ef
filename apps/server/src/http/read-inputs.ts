import { type Tensor, type ValueInfo, XDeepError } from "@xdeep/core";
import { concatRows } from "@xdeep/core/method";

import { invalidBody } from "./http-error.ts";
import { type Body, fieldsOf } from "./read-body.ts";
import type { ModelInput } from "../models/model-run.ts";
import type { OpenedModel } from "../options.ts";
import { checkShape, tensorOfBytes, tensorOfJson, tensorOfNested, typeOf } from "./tensor-codec.ts";

/** Unpacks pictures as the model takes them, and no more of them than a request may have. */
export type Prepare = (pictures: Iterable<Uint8Array>) => Promise<readonly Tensor[]>;

export interface ReadInputsOptions {
  readonly opened: OpenedModel;
  readonly prepare: Prepare;
}

/**
 * The feeds of an Open Inference Protocol request: tensors as JSON or binary, or pictures.
 *
 * @throws {HttpError} 400; {XDeepError} INPUT_UNKNOWN, INPUT_TYPE, IMAGE_INVALID
 */
export async function readTensors({ json, binary, files }: Body, options: ReadInputsOptions): Promise<ModelInput["feeds"]> {
  const { inputs } = json;
  if (inputs === undefined && files.length > 0) return picturesOf(files, options);
  if (!Array.isArray(inputs) || inputs.length === 0) throw invalidBody('"inputs" is a list of tensors: { "name", "shape", "datatype", "data" }.');
  const feeds: Record<string, Tensor> = {};
  let offset = 0;
  for (const input of inputs as readonly unknown[]) {
    const { name, shape, datatype, data, parameters } = fieldsOf(input, "An input");
    const info = inputNamed(options.opened, name);
    if (Object.hasOwn(feeds, info.name)) throw invalidBody(`Input "${info.name}" is given twice.`);
    const { binary_data_size: size, shared_memory_region: region } = parameters === undefined ? {} : fieldsOf(parameters, "parameters");
    if (region !== undefined) throw noSharedMemory(info.name);
    if (size !== undefined) {
      if (!Number.isSafeInteger(size) || (size as number) < 0 || binary === null)
        throw invalidBody(`"binary_data_size" of "${info.name}" is the number of its bytes behind the JSON.`);
      const bytes = binary.subarray(offset, (offset += size as number));
      feeds[info.name] =
        datatype === "BYTES"
          ? joinedRows(await options.prepare(lengthPrefixed(bytes, info.name)))
          : tensorOfBytes(bytes, checkShape(shape, `"${info.name}"`), typeOf(datatype), info);
    } else if (datatype === "BYTES") feeds[info.name] = joinedRows(await options.prepare(base64Of(data, info)));
    else {
      typeOf(datatype);
      feeds[info.name] = tensorOfJson(data, checkShape(shape, `"${info.name}"`), info);
    }
  }
  if (binary !== null && offset !== binary.length) throw invalidBody(`${binary.length} bytes follow the JSON, of which inputs name ${offset}.`);
  return feeds;
}

/** The feeds of KServe's `instances`: numbers, { "b64": … } for pictures, or an object of these by the names of inputs. */
export async function readInstances({ json, files }: Body, options: ReadInputsOptions): Promise<ModelInput["feeds"]> {
  const { instances } = json;
  if (instances === undefined && files.length > 0) return picturesOf(files, options);
  if (!Array.isArray(instances) || instances.length === 0) throw invalidBody('"instances" is a list with an entry for each row.');
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

async function rowsOf(column: readonly unknown[], info: ValueInfo, prepare: Prepare): Promise<Tensor> {
  const [first] = column;
  const isPicture = typeof first === "object" && first !== null && "b64" in first;
  return isPicture ? joinedRows(await prepare(base64Of(column, info))) : tensorOfNested(column, info);
}

function* base64Of(list: unknown, { name }: ValueInfo): Generator<Uint8Array> {
  if (!Array.isArray(list)) throw invalidBody(`The data of "${name}" are a list of pictures in base64.`);
  for (const each of list as readonly unknown[]) {
    const text = typeof each === "string" ? each : (each as { readonly b64?: unknown } | null)?.b64;
    if (typeof text !== "string") throw invalidBody(`"${name}": a picture is a text in base64, or { "b64": … }.`);
    yield Buffer.from(text, "base64");
  }
}

async function picturesOf(files: readonly Uint8Array[], { opened, prepare }: ReadInputsOptions): Promise<ModelInput["feeds"]> {
  return { [pictureInput(opened).name]: joinedRows(await prepare(files)) };
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
  const [first] = tensors;
  if (first === undefined) throw invalidBody("A request has a picture at least.");
  const other = tensors.findIndex(({ dims }) => dims.join() !== first.dims.join());
  if (other < 0) return concatRows(tensors);
  const [one, another] = [first, tensors[other]!].map(({ dims }) => dims.slice(1).join(" × "));
  throw new XDeepError("BATCH_INVALID", `Pictures of one request have one size: picture 0 is ${one}, picture ${other} is ${another}. Send them one by one.`);
}

/** Binary elements of BYTES: each its length in four bytes, then itself. */
function* lengthPrefixed(bytes: Uint8Array, name: string): Generator<Uint8Array> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at < bytes.length;) {
    const from = at + 4;
    at = from <= bytes.length ? from + view.getUint32(at, true) : Infinity;
    if (at > bytes.length) throw invalidBody(`"${name}": a binary picture is its length in four little-endian bytes, and its bytes.`);
    yield bytes.subarray(from, at);
  }
}

/** Triton's clients may leave tensors in memory that they share with a server. @param name of the tensor */
export function noSharedMemory(name: string): Error {
  return invalidBody(`"${name}" is to be in shared memory, which is none of this server's. Send and ask for tensors as JSON or binary.`);
}
