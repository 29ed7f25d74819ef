import { describe, expect, it } from "vitest";

import { bytesOf, isByteSource } from "./byte-source.ts";

const BYTES = Uint8Array.of(3, 1, 4, 1, 5);
const options = { code: "MODEL_NOT_FOUND", what: "The model" } as const;

function stream(...parts: readonly unknown[]): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      for (const part of parts) controller.enqueue(part as Uint8Array);
      controller.close();
    },
  });
}

describe("bytesOf", () => {
  it.each([
    ["a Uint8Array", () => BYTES],
    ["an ArrayBuffer", () => BYTES.slice().buffer],
    ["a Blob", () => new Blob([BYTES])],
    ["a Response", () => new Response(BYTES)],
    ["a ReadableStream in parts", () => stream(BYTES.slice(0, 2), BYTES.slice(2))],
  ])("gives the bytes of %s", async (_, source) => {
    expect(isByteSource(source())).toBe(true);
    expect(await bytesOf(source(), options)).toEqual(BYTES);
  });

  it("refuses a response that is no success, and names the status", async () => {
    const failed = bytesOf(new Response("", { status: 404, statusText: "Not Found" }), options);
    await expect(failed).rejects.toMatchObject({ code: "MODEL_NOT_FOUND", message: "The model could not be fetched: the server answered 404 Not Found." });
  });

  it("refuses what was read before, breaks off, or holds no bytes", async () => {
    const response = new Response(BYTES);
    await response.arrayBuffer();
    const broken = new ReadableStream<Uint8Array>({ pull: (controller) => controller.error(new Error("connection lost")) });
    for (const source of [response, broken, stream("text")]) await expect(bytesOf(source, options)).rejects.toMatchObject({ code: "MODEL_NOT_FOUND" });
    await expect(bytesOf(new ReadableStream<Uint8Array>({ pull: (controller) => controller.error(new Error("connection lost")) }), options)).rejects.toThrow(
      "The model could not be read: connection lost.",
    );
  });

  it("stops waiting for a stream when it is aborted, with the signal's reason", async () => {
    const controller = new AbortController();
    const reason = new Error("enough");
    const endless = bytesOf(new ReadableStream<Uint8Array>(), { ...options, signal: controller.signal });
    controller.abort(reason);
    await expect(endless).rejects.toBe(reason);
  });
});

it.each([["a path"], [new URL("https://example.org/")], [null], [undefined], [{}], [[1, 2]]])("isByteSource is false for %s", (source) => {
  expect(isByteSource(source)).toBe(false);
});
