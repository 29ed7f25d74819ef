import { type Model, float32 } from "@xdeep/core";
import { expect, it } from "vitest";

import { readInstances } from "./read-request.ts";

it("pictures of one request have one size, and none is filled up by zeros", async () => {
  const model = { inputs: [{ name: "x", type: "float32", dims: [null, 1, null, null], layout: "NCHW" }] } as unknown as Model;
  const prepare = async (bytes: Uint8Array): Promise<ReturnType<typeof float32>> => float32([1, 1, 1, bytes.length], Float32Array.from(bytes));
  const read = (...pictures: readonly string[]): ReturnType<typeof readInstances> => {
    const instances = pictures.map((picture) => ({ b64: Buffer.from(picture).toString("base64") }));
    return readInstances({ json: { instances }, binary: null, files: [] }, { opened: { model, preprocessing: null, labels: null }, prepare });
  };
  expect(await read("ab", "cd")).toEqual({ x: float32([2, 1, 1, 2], Float32Array.of(97, 98, 99, 100)) });
  await expect(read("abc", "d")).rejects.toMatchObject({ code: "BATCH_INVALID", message: expect.stringContaining("picture 1 is 1 × 1 × 1") as string });
});
