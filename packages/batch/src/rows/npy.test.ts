import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import fc from "fast-check";
import { dump, parse } from "npyjs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { npyHead, readNpyHead, readNpyRows } from "./npy.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "xdeep-npy-"));
});
afterAll(() => rm(folder, { recursive: true }));

const ARRAYS = [Float32Array, Float64Array, Int32Array, Uint8Array] as const;

describe("an .npy file", () => {
  it("is read by its rows, whatever its type and dims", async () => {
    const dims = fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(dims, fc.constantFrom(...ARRAYS), fc.nat(), fc.nat(), async (shape, ArrayType, a, b) => {
        const size = shape.reduce((product, dim) => product * dim, 1);
        const path = join(folder, "array.npy");
        await writeFile(
          path,
          new Uint8Array(
            dump(
              (ArrayType as Float32ArrayConstructor).from({ length: size }, (_, i) => i % 200),
              shape,
            ),
          ),
        );
        const head = await readNpyHead(path);
        expect(head.dims).toEqual(shape);
        const [start, end] = [a % shape[0]!, (b % shape[0]!) + 1].toSorted((x, y) => x - y) as [number, number];
        const row = size / shape[0]!;
        expect([...(await readNpyRows(path, head, start, end))]).toEqual(Array.from({ length: (end - start) * row }, (_, i) => (start * row + i) % 200));
      }),
      { numRuns: 60, seed: 3 },
    );
  });

  it("is read where bytes of elements stand from the highest on", async () => {
    const path = join(folder, "big-endian.npy");
    for (const [ArrayType, turn] of [
      [Float64Array, "swap64"],
      [Int32Array, "swap32"],
      [Uint16Array, "swap16"],
    ] as const) {
      const bytes = Buffer.from(dump((ArrayType as Float64ArrayConstructor).from([1, 2, 3, 513, 5, 6]), [3, 2]));
      const offset = bytes.indexOf("\n") + 1;
      bytes.write(bytes.toString("latin1", 0, offset).replace("'<", "'>"), 0, "latin1");
      bytes.subarray(offset)[turn]();
      await writeFile(path, bytes);
      expect([...(await readNpyRows(path, await readNpyHead(path), 1, 3))]).toEqual([3, 513, 5, 6]);
    }
  });

  it.each([[[3]], [[1, 2]], [[100_000, 3, 224, 224]]])("has a head for dims %j that is the one that others write", (dims) => {
    const bytes = npyHead(dims);
    expect(bytes.length % 64).toBe(0);
    if (dims.length === 1)
      expect(parse(new Uint8Array([...bytes, ...new Uint8Array(12)]).buffer)).toMatchObject({ shape: dims, dtype: "f4", fortranOrder: false });
    expect(Buffer.from(bytes).toString("latin1")).toContain(`(${dims.join(", ")},)`);
  });

  it.each([
    ["no array", "text", "INPUT_TYPE"],
    ["an array that is cut off", Buffer.from(new Uint8Array(dump(new Float32Array(6), [2, 3]))).subarray(0, -4), "INPUT_SHAPE"],
    ["one number", Buffer.from(new Uint8Array(dump(new Float32Array(1), []))), "INPUT_SHAPE"],
    [
      "one of 16 bytes for each number",
      Buffer.from(new Uint8Array(dump(new Float64Array(2), [2])))
        .toString("latin1")
        .replace("<f8", "<f16"),
      "INPUT_TYPE",
    ],
    ["letters", Buffer.from(new Uint8Array(dump(["a", "b"], [2]))), "INPUT_TYPE"],
  ])("that is %s is refused", async (_, bytes, code) => {
    const path = join(folder, "wrong.npy");
    await writeFile(path, bytes);
    await expect(readNpyHead(path)).rejects.toMatchObject({ code });
    await expect(readNpyHead(join(folder, "none.npy"))).rejects.toMatchObject({ code: "INPUT_MISSING" });
  });
});
