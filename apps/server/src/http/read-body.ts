import type { FastifyRequest } from "fastify";

import { HttpError, invalidBody } from "./http-error.ts";
import type { Limits } from "../options.ts";

/** A body as it came: JSON, with the bytes of tensors or pictures behind it. */
export interface Body {
  readonly json: Readonly<Record<string, unknown>>;
  /** Of binary tensors, one after the other. */
  readonly binary: Uint8Array | null;
  /** Of multipart/form-data, by the names of its fields. */
  readonly files: readonly Uint8Array[];
}

/**
 * What a request holds: JSON; JSON of the length that `Inference-Header-Content-Length` says, with binary tensors behind it; or a form, whose files are
 * pictures and whose field `parameters` is JSON.
 *
 * @throws {HttpError} 400, 413, 415
 */
export async function readBody(request: FastifyRequest, limits: Limits): Promise<Body> {
  if (request.isMultipart()) return readForm(request, limits);
  const bytes = request.body;
  if (!Buffer.isBuffer(bytes)) throw new HttpError(415, "MEDIA_TYPE", "Send application/json, application/octet-stream or multipart/form-data.");
  const header = request.headers["inference-header-content-length"];
  if (header === undefined) return { json: parse(bytes, limits), binary: null, files: [] };
  const length = Number(header);
  if (!Number.isSafeInteger(length) || length < 0 || length > bytes.length)
    throw invalidBody("Inference-Header-Content-Length is the number of bytes of JSON, at most those of the body.");
  return { json: parse(bytes.subarray(0, length), limits), binary: bytes.subarray(length), files: [] };
}

async function readForm(request: FastifyRequest, limits: Limits): Promise<Body> {
  const files: Uint8Array[] = [];
  let parameters: unknown;
  try {
    for await (const part of request.parts()) {
      if (part.type === "file") files.push(await part.toBuffer());
      else if (part.fieldname === "parameters") parameters = parametersOf(part, limits);
      else throw invalidBody(`A form has files, and "parameters" as JSON; it has no field "${part.fieldname.slice(0, 100)}".`);
    }
  } catch (error) {
    // A form that is cut off, or none, has no status of its own.
    if (error instanceof HttpError || (error as { readonly statusCode?: number }).statusCode !== undefined) throw error;
    throw invalidBody(`The form cannot be read: ${error instanceof Error ? error.message.slice(0, 200) : ""}.`);
  }
  return { json: parameters === undefined ? {} : { parameters }, binary: null, files };
}

/** A field of a form: text, or read already where it says of itself that it is JSON. */
function parametersOf({ value, valueTruncated }: { readonly value: unknown; readonly valueTruncated: boolean }, { jsonBytes }: Limits): unknown {
  if (valueTruncated) throw tooLarge(`"parameters" has at most ${jsonBytes} bytes here.`);
  return parseJson(Buffer.from(typeof value === "string" ? value : JSON.stringify(value)));
}

function parse(bytes: Buffer, { jsonBytes }: Limits): Body["json"] {
  if (bytes.length > jsonBytes)
    throw tooLarge(`JSON has at most ${jsonBytes} bytes here, this has ${bytes.length}. Send binary tensors, or pictures as multipart/form-data.`);
  return fieldsOf(parseJson(bytes), "The body");
}

/** Lists and objects in one another. Tensors have eight axes at most; what goes on for a million levels takes seconds to read. */
const MOST_LEVELS = 32;

function parseJson(bytes: Buffer): unknown {
  if (isDeep(bytes)) throw invalidBody(`JSON has at most ${MOST_LEVELS} lists and objects in one another here.`);
  try {
    return JSON.parse(UTF8.decode(bytes));
  } catch (error) {
    throw invalidBody(`The body is no JSON: ${error instanceof Error ? error.message.slice(0, 200) : ""}.`);
  }
}

/** Refuses bytes that are no UTF-8, and passes over a byte order mark, which some write. */
const UTF8 = new TextDecoder("utf-8", { fatal: true });

function isDeep(bytes: Buffer): boolean {
  let level = 0;
  let isText = false;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at];
    if (byte === QUOTE) isText = !isText;
    else if (isText) at += byte === BACKSLASH ? 1 : 0;
    else if (byte === LIST || byte === OBJECT) level++;
    else if (byte === LIST_END || byte === OBJECT_END) level--;
    if (level > MOST_LEVELS) return true;
  }
  return false;
}

const [QUOTE, BACKSLASH, LIST, LIST_END, OBJECT, OBJECT_END] = Buffer.from('"\\[]{}');

function tooLarge(message: string): HttpError {
  return new HttpError(413, "BODY_TOO_LARGE", message);
}

/** @throws {HttpError} 400 for what is no object */
export function fieldsOf(value: unknown, what: string): Readonly<Record<string, unknown>> {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Readonly<Record<string, unknown>>;
  throw invalidBody(`${what} is an object.`);
}
