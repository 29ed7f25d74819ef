import type { Socket } from "node:net";

import { type XDeepErrorCode, isXDeepError } from "@xdeep/core";

/** Codes of this server, beside those of XDeepError. */
export type ServerCode =
  | "BODY_INVALID"
  | "BODY_TOO_LARGE"
  | "BUSY"
  | "CLIENT_GONE"
  | "DEADLINE"
  | "LOADING"
  | "MEDIA_TYPE"
  | "METHOD_NOT_ALLOWED"
  | "NOT_FOUND"
  | "STOPPING";

/** What ends a request with a status. */
export class HttpError extends Error {
  readonly status: number;
  readonly code: ServerCode;
  /** Seconds until it is worth trying again. */
  readonly retryAfter: number | undefined;

  constructor(status: number, code: ServerCode, message: string, retryAfter?: number) {
    super(message);
    this.status = status;
    this.code = code;
    this.retryAfter = retryAfter;
  }
}

/** A request that says something else than it may: 400. */
export function invalidBody(message: string): HttpError {
  return new HttpError(400, "BODY_INVALID", message);
}

/** An answer for what went wrong. */
export interface ErrorAnswer {
  readonly status: number;
  readonly body: { readonly error: string; readonly code: string };
  readonly retryAfter?: number | undefined;
}

/** Codes that are no fault of the request. All others are. */
const STATUS: Readonly<Partial<Record<XDeepErrorCode, number>>> = {
  ENGINE_FAILED: 500,
  ENGINE_MISSING: 500,
  GPU_UNAVAILABLE: 500,
  MODEL_DISPOSED: 503,
  MODEL_INVALID: 503,
  MODEL_NOT_FOUND: 404,
  RESULT_NOT_FINITE: 422,
  WRITE_FAILED: 500,
};

export function answerOf(error: unknown): ErrorAnswer {
  if (error instanceof HttpError) return { status: error.status, body: { error: error.message, code: error.code }, retryAfter: error.retryAfter };
  if (isXDeepError(error)) return { status: STATUS[error.code] ?? 400, body: { error: error.message, code: error.code } };
  const { statusCode, message } = error as { readonly statusCode?: number; readonly message?: string };
  if (statusCode === 413) return { status: 413, body: { error: `The request is too large: ${message}.`, code: "BODY_TOO_LARGE" } };
  if (statusCode === 415)
    return { status: 415, body: { error: "Send application/json, application/octet-stream or multipart/form-data.", code: "MEDIA_TYPE" } };
  if (statusCode !== undefined && statusCode < 500)
    return { status: statusCode, body: { error: message ?? "The request cannot be read.", code: "BODY_INVALID" } };
  // What went wrong here is for the log, not for strangers.
  return { status: 500, body: { error: "The server failed. Its log says why.", code: "UNEXPECTED" } };
}

/** Answers what is no HTTP, or too slow or too long a head of it: there is no request that could be answered otherwise. */
export function refuseConnection({ code }: NodeJS.ErrnoException, socket: Socket): void {
  if (code === "ECONNRESET" || !socket.writable) return void socket.destroy();
  const [status, reason, error] =
    code === "HPE_HEADER_OVERFLOW"
      ? [431, "Request Header Fields Too Large", "The head of the request is too long."]
      : code === "ERR_HTTP_REQUEST_TIMEOUT"
        ? [408, "Request Timeout", "The request did not arrive in its time."]
        : [400, "Bad Request", "This is no HTTP request."];
  const body = JSON.stringify({ error, code: "BODY_INVALID" });
  socket.end(
    `HTTP/1.1 ${status} ${reason}\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}
