import { writeFile } from "node:fs/promises";
import { join } from "node:path";

import type { DataType, ValueInfo } from "@xdeep/core";
import { dump } from "npyjs";
import { describe, expect, it } from "vitest";

import { temporaryFolder } from "../../test/run-cli.ts";
import { readNpy, writeNpy } from "./npy-file.ts";
import { isTensorFile, readTensorFile } from "./tensor-file.ts";

async function file(name: string, content: string | Uint8Array): Promise<string> {
  const path = join(await temporaryFolder(), name);
  await writeFile(path, content);
  return path;
}

function npy(header: string, data: Uint8Array): Uint8Array {
  const text = header.padEnd(117, " ").concat("\n");
  return Uint8Array.from([0x93, ...Buffer.from("NUMPY"), 1, 0, text.length, 0, ...Buffer.from(text, "latin1"), ...data]);
}

const bytesOf = (array: ArrayBufferView): Uint8Array => new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
const info = (type: DataType, dims: readonly (number | null)[]): ValueInfo => ({ name: "x", type, dims, layout: null });

describe("NumPy files", () => {
  it("are read as they were written, bit by bit", async () => {
    const path = join(await temporaryFolder(), "x.npy");
    const data = Float32Array.of(0.1, -2, 3e-30, 4, 5, 6);
    await writeNpy(path, { type: "float32", dims: [1, 2, 3], data });
    const { dims, numbers } = await readNpy(path);
    expect(dims).toEqual([1, 2, 3]);
    expect(Float32Array.from(numbers)).toEqual(data);
  });

  it("may be in the order of Fortran", async () => {
    // [[1, 2, 3], [4, 5, 6]] by columns.
    const path = await file("f.npy", npy("{'descr': '<f8', 'fortran_order': True, 'shape': (2, 3), }", bytesOf(Float64Array.of(1, 4, 2, 5, 3, 6))));
    expect(await readNpy(path)).toEqual({ dims: [2, 3], numbers: [1, 2, 3, 4, 5, 6] });
  });

  it("hold integers and booleans too", async () => {
    expect((await readNpy(await file("i.npy", new Uint8Array(dump(BigInt64Array.of(-1n, 2n), [2]))))).numbers).toEqual([-1, 2]);
    expect((await readNpy(await file("b.npy", npy("{'descr': '|b1', 'fortran_order': False, 'shape': (3,), }", Uint8Array.of(1, 0, 1))))).numbers).toEqual([
      1, 0, 1,
    ]);
  });

  it.each([
    ["no NumPy file", Buffer.from("hello, world"), "INPUT_TYPE"],
    ["cut off", npy("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 2), }", bytesOf(Float32Array.of(1, 2))), "INPUT_SHAPE"],
    ["cut off inside a number", npy("{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }", Uint8Array.of(1, 2, 3, 4, 5)), "INPUT_TYPE"],
    ["complex", npy("{'descr': '<c8', 'fortran_order': False, 'shape': (1,), }", bytesOf(Float32Array.of(1, 2))), "INPUT_TYPE"],
    ["of the other byte order", npy("{'descr': '>f4', 'fortran_order': False, 'shape': (1,), }", Uint8Array.of(63, 128, 0, 0)), "INPUT_TYPE"],
  ])("are refused when %s", async (_, bytes, code) => {
    await expect(readNpy(await file("bad.npy", bytes))).rejects.toMatchObject({ code });
  });
});

describe("JSON files", () => {
  it.each([
    ["nested lists", "[[1, 2], [3, 4]]", [2, 2]],
    ["dims and data", '{ "dims": [4, 1], "data": [1, 2, 3, 4] }', [4, 1]],
  ])("%s", async (_, text, dims) => {
    expect(await readTensorFile(await file("x.json", text), info("float32", [null, null]))).toEqual({
      type: "float32",
      dims,
      data: Float32Array.of(1, 2, 3, 4),
    });
  });

  it.each([
    ["words", '["a"]', "INPUT_TYPE"],
    ["holes", "[1, null]", "INPUT_TYPE"],
    ["an object", '{ "a": 1 }', "INPUT_TYPE"],
    ["broken JSON", "[1,", "INPUT_TYPE"],
    ["lists of other lengths", "[[1, 2], [3]]", "INPUT_SHAPE"],
    ["lists of other depths", "[[1, 2], 3, 4]", "INPUT_SHAPE"],
  ])("refuses %s", async (_, text, code) => {
    await expect(readTensorFile(await file("x.json", text), info("float32", [null, null]))).rejects.toMatchObject({ code });
  });
});

describe("files as inputs", () => {
  it("take the type of the input", async () => {
    const path = await file("x.json", "[[1, 2, 0]]");
    expect((await readTensorFile(path, info("int64", [null, 3]))).data).toEqual(BigInt64Array.of(1n, 2n, 0n));
    expect((await readTensorFile(path, info("uint8", [null, 3]))).data).toEqual(Uint8Array.of(1, 2, 0));
    expect((await readTensorFile(path, info("float64", [null, 3]))).data).toEqual(Float64Array.of(1, 2, 0));
    expect((await readTensorFile(path, info("float16", [null, 3]))).data).toEqual(Uint16Array.of(0x3c00, 0x4000, 0));
  });

  it("get a batch axis where only that is missing", async () => {
    const path = await file("x.json", "[1, 2, 3]");
    expect((await readTensorFile(path, info("float32", [null, 3]))).dims).toEqual([1, 3]);
    expect((await readTensorFile(path, info("float32", [null]))).dims).toEqual([3]);
  });

  it.each([
    ["fractions", "[[0.5]]", "int64"],
    ["numbers too large", "[[300]]", "uint8"],
    ["numbers below 0", "[[-1]]", "uint32"],
  ] as const)("refuse %s for %s %s", async (_, text, type) => {
    await expect(readTensorFile(await file("x.json", text), info(type, [null, null]))).rejects.toMatchObject({ code: "INPUT_TYPE" });
  });

  it("are known by their endings", () => {
    expect(["a.npy", "a.JSON", "a.png", "npy"].map(isTensorFile)).toEqual([true, true, false, false]);
  });
});
