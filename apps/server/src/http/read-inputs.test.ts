import { type Model, float32 } from "@xdeep/core";
import { expect, it } from "vitest";

import { readInstances, readTensors } from "./read-inputs.ts";

it("pictures of one request have one size, and none is filled up by zeros", async () => {
  const model = { inputs: [{ name: "x", type: "float32", dims: [null, 1, null, null], layout: "NCHW" }] } as unknown as Model;
  const prepare = async (pictures: Iterable<Uint8Array>): Promise<ReturnType<typeof float32>[]> =>
    Array.from(pictures, (bytes) => float32([1, 1, 1, bytes.length], Float32Array.from(bytes)));
  const read = (...pictures: readonly string[]): ReturnType<typeof readInstances> => {
    const instances = pictures.map((picture) => ({ b64: Buffer.from(picture).toString("base64") }));
    return readInstances({ json: { instances }, binary: null, files: [] }, { opened: { model, preprocessing: null, labels: null }, prepare });
  };
  expect(await read("ab", "cd")).toEqual({ x: float32([2, 1, 1, 2], Float32Array.of(97, 98, 99, 100)) });
  await expect(read("abc", "d")).rejects.toMatchObject({ code: "BATCH_INVALID", message: expect.stringContaining("picture 1 is 1 × 1 × 1") as string });
});

it("binary pictures come one behind the other, each with its length before it", async () => {
  const model = { inputs: [{ name: "x", type: "float32", dims: [null, 1, 1, 2], layout: "NCHW" }] } as unknown as Model;
  const prepare = async (pictures: Iterable<Uint8Array>): Promise<ReturnType<typeof float32>[]> =>
    Array.from(pictures, (bytes) => float32([1, 1, 1, bytes.length], Float32Array.from(bytes)));
  const read = (...binary: readonly number[]): ReturnType<typeof readTensors> => {
    const inputs = [{ name: "x", shape: [2], datatype: "BYTES", parameters: { binary_data_size: binary.length } }];
    return readTensors({ json: { inputs }, binary: Uint8Array.from(binary), files: [] }, { opened: { model, preprocessing: null, labels: null }, prepare });
  };
  expect(await read(2, 0, 0, 0, 97, 98, 2, 0, 0, 0, 99, 100)).toEqual({ x: float32([2, 1, 1, 2], Float32Array.of(97, 98, 99, 100)) });
  for (const damaged of [[], [2, 0, 0], [2, 0, 0, 0, 97], [2, 0, 0, 0, 97, 98, 1]])
    await expect(read(...damaged)).rejects.toMatchObject({ code: "BODY_INVALID" });
});
