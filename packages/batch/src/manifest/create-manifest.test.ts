import { once } from "node:events";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

import { parquetWriteBuffer } from "hyparquet-writer";
import { dump } from "npyjs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { type ManifestOptions, createManifest } from "./create-manifest.ts";
import { readListedManifest } from "./manifest.ts";
import { placeManifest } from "./place-manifest.ts";
import { type RowInput, rowReader } from "../rows/read-rows.ts";
import { openTable } from "./table.ts";

let base: string;
beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), "xdeep manifest "));
  await mkdir(join(base, "photos", "more"), { recursive: true });
  await mkdir(join(base, "photos", ".hidden"), { recursive: true });
  for (const name of ["b.png", "a.jpg", "more/c.JPG", "notes.txt", ".hidden/d.png"]) await writeFile(join(base, "photos", name), name);
});
afterAll(() => rm(base, { recursive: true }));

const make = (inputs: readonly string[], options: Partial<ManifestOptions> = {}): ReturnType<typeof createManifest> =>
  createManifest({ inputs, base, job: { method: "vanilla", n: 1 }, ...options });

async function inputsOf(listed: Awaited<ReturnType<typeof make>>): Promise<readonly RowInput[]> {
  const rows = await (await rowReader(listed))(0, listed.manifest.rows);
  return Promise.all(rows.map((row) => row.load()));
}

describe("a manifest", () => {
  it("lists pictures of folders, those inside them, and of globs, each once and in order", async () => {
    const { files, manifest } = await make(["photos", "photos/*.jpg"]);
    expect(files.map(({ file }) => file)).toEqual(["photos/a.jpg", "photos/b.png", "photos/more/c.JPG"]);
    expect(manifest).toMatchObject({ rows: 3, shardSize: 64, shardFormat: "npy", source: { kind: "files" } });
    expect((await inputsOf({ files, manifest })).map((input) => input.kind === "file" && Buffer.from(input.bytes).toString())).toEqual([
      "a.jpg",
      "b.png",
      "more/c.JPG",
    ]);
  });

  it("goes through each folder once, where links lead back to it, and follows those to files", async () => {
    await mkdir(join(base, "linked", "inner"), { recursive: true });
    await writeFile(join(base, "linked", "a.png"), "a");
    await symlink(join(base, "linked"), join(base, "linked", "inner", "loop"));
    await symlink("nowhere.png", join(base, "linked", "inner", "b.png"));
    await symlink(join(base, "photos"), join(base, "linked", "other"));
    const names = (await make(["linked"])).files.map(({ file }) => file.slice("linked/".length));
    expect(names).toEqual(["a.png", "inner/b.png", "other/a.jpg", "other/b.png", "other/more/c.JPG"]);
  });

  it("waits for nothing that is no file: sockets of a folder are none, and a device behind a link cannot be read", async () => {
    await mkdir(join(base, "odd"));
    const server = createServer().listen(join(base, "odd", "socket.png"));
    await once(server, "listening");
    await symlink("/dev/zero", join(base, "odd", "endless.png"));
    const listed = await make(["odd"]);
    await expect(make(["odd/socket.png"])).rejects.toMatchObject({ code: "INPUT_TYPE", message: expect.stringContaining("a socket") as string });
    server.close();
    expect(listed.files).toEqual([{ file: "odd/endless.png", sha256: "" }]);
    await expect(inputsOf(listed)).rejects.toMatchObject({ code: "INPUT_MISSING", message: expect.stringContaining("a device") as string });
  });

  it("has the files of numbers of a folder that holds no picture", async () => {
    await mkdir(join(base, "numbers", "more"), { recursive: true });
    for (const name of ["b.npy", "more/a.json", "c.txt"]) await writeFile(join(base, "numbers", name), name);
    expect((await make(["numbers"])).files.map(({ file }) => file)).toEqual(["numbers/b.npy", "numbers/more/a.json"]);
  });

  it("takes no results for inputs, where they are written beside these", async () => {
    await mkdir(join(base, "arrays"));
    await writeFile(join(base, "arrays", "a.npy"), "a");
    await placeManifest(join(base, "arrays", "out"), await make(["arrays"]));
    await mkdir(join(base, "arrays", "out", "shards", "000000"));
    await writeFile(join(base, "arrays", "out", "shards", "000000", "vanilla.npy"), "v");
    expect((await make(["arrays"])).files.map(({ file }) => file)).toEqual(["arrays/a.npy"]);
  });

  it("has the id of its content: of files, job and sizes, not of places or the order of names", async () => {
    const { manifest } = await make(["photos"]);
    expect((await make(["photos"], { job: { n: 1, method: "vanilla" }, places: { model: "/elsewhere" } })).manifest.id).toBe(manifest.id);
    expect((await make(["photos"], { job: { n: 2, method: "vanilla" } })).manifest.id).not.toBe(manifest.id);
    expect((await make(["photos"], { shardSize: 8 })).manifest.id).not.toBe(manifest.id);
    await writeFile(join(base, "photos", "a.jpg"), "changed");
    expect((await make(["photos"])).manifest.id).not.toBe(manifest.id);
    await writeFile(join(base, "photos", "a.jpg"), "a.jpg");
    expect((await make(["photos"])).manifest.id).toBe(manifest.id);
  });

  it("has a folder alone, whoever comes at the same moment", async () => {
    const jobs = await Promise.all([1, 2, 3].map((n) => make([n === 1 ? "photos" : "photos/*.png"], { job: { flags: { n, same: 0 } } })));
    for (let round = 0; round < 10; round++) {
      const folder = join(base, `race-${round}`);
      const settled = await Promise.allSettled([...jobs, ...jobs].map((listed) => placeManifest(folder, listed)));
      const refused = settled.flatMap((each) => (each.status === "rejected" ? [each.reason as Error] : []));
      expect(refused).toHaveLength(4);
      for (const error of refused) expect(error).toMatchObject({ code: "OPTION_INVALID", message: expect.stringMatching(/differs in .*flags\.n\./) as string });
      expect(jobs).toContainEqual(await readListedManifest(folder));
    }
  });

  it("is read again as it was written", async () => {
    const listed = await make(["photos"]);
    const folder = join(base, "results");
    await placeManifest(folder, listed);
    await placeManifest(folder, listed);
    expect(await readListedManifest(folder)).toEqual(listed);
    await rm(join(folder, "rows.jsonl"));
    await placeManifest(folder, listed);
    expect(await readListedManifest(folder)).toEqual(listed);
    await writeFile(join(folder, "rows.jsonl"), "");
    await expect(readListedManifest(folder)).rejects.toMatchObject({ code: "INPUT_CHANGED" });
  });

  it("takes files with targets and labels from a table", async () => {
    await writeFile(join(base, "list.csv"), '\uFEFFpath,target,label\nphotos/a.jpg,tabby,"cat, grey"\nphotos/b.png,,\n');
    const { files } = await make(["list.csv"]);
    expect(files.map(({ file, target, label }) => ({ file, target, label }))).toEqual([
      { file: "photos/a.jpg", target: "tabby", label: "cat, grey" },
      { file: "photos/b.png", target: undefined, label: undefined },
    ]);
  });

  it("takes numbers from CSV and Parquet alike, and refuses those that are none", async () => {
    await writeFile(join(base, "rows.csv"), "x,label,y\n1,a,2\n3,b,\n5,c,6.5\n");
    const columnData = [
      { name: "x", data: [1, 3, 5], type: "INT32" },
      { name: "label", data: ["a", "b", "c"], type: "STRING" },
      { name: "y", data: [2, null, 6.5], type: "DOUBLE" },
    ] as const;
    await writeFile(
      join(base, "rows.parquet"),
      new Uint8Array(parquetWriteBuffer({ columnData: columnData.map((column) => ({ ...column, data: [...column.data] })) })),
    );
    for (const name of ["rows.csv", "rows.parquet"]) {
      const listed = await make([name]);
      expect(listed.manifest).toMatchObject({ rows: 3, source: { kind: "table", columns: ["x", "y"], label: "label" } });
      const rows = await (await rowReader(listed))(1, 3);
      expect(rows.map((row) => [row.index, row.name, row.label])).toEqual([
        [1, `${name}#1`, "b"],
        [2, `${name}#2`, "c"],
      ]);
      expect(await rows[1]!.load()).toEqual({ kind: "numbers", dims: [2], data: Float64Array.of(5, 6.5) });
      await expect(rows[0]!.load()).rejects.toMatchObject({ code: "INPUT_TYPE", details: { column: "y" } });
    }
    const chosen = await make(["rows.csv"], { columns: { values: ["y", "x"], label: "label" } });
    expect((await (await rowReader(chosen))(2, 3))[0]!.load()).toBeInstanceOf(Promise);
    expect(chosen.manifest.source).toMatchObject({ columns: ["y", "x"] });
  });

  it("takes tables as spreadsheets and other writers make them", async () => {
    await writeFile(join(base, "sheet.csv"), '\uFEFF"width, ""outer""";b;label\n1;2;"ja; nein"\n');
    await writeFile(join(base, "tabs.csv"), "a\tb\tlabel\n1\t2\tja; nein\n");
    const columnData = [
      { name: "a", data: [1], type: "DOUBLE" },
      { name: "b", data: [2], type: "INT32" },
      { name: "label", data: ["ja; nein"], type: "STRING" },
    ] as const;
    const compressors = { GZIP: (bytes: Uint8Array) => new Uint8Array(gzipSync(bytes)) };
    await writeFile(
      join(base, "packed.parquet"),
      new Uint8Array(parquetWriteBuffer({ codec: "GZIP", compressors, columnData: columnData.map((column) => ({ ...column, data: [...column.data] })) })),
    );
    for (const name of ["sheet.csv", "tabs.csv", "packed.parquet"]) {
      const [row] = await (await rowReader(await make([name])))(0, 1);
      expect(row!.label).toBe("ja; nein");
      expect(await row!.load()).toEqual({ kind: "numbers", dims: [2], data: Float64Array.of(1, 2) });
    }
    await writeFile(join(base, "twice.csv"), "a,b,a\n1,2,3\n");
    await expect(make(["twice.csv"])).rejects.toMatchObject({ code: "INPUT_TYPE", message: expect.stringContaining('two columns "a"') as string });
  });

  it("refuses tables whose rows would not be what they seem", async () => {
    const writeParquet = (name: string, options: Parameters<typeof parquetWriteBuffer>[0]): Promise<void> =>
      writeFile(join(base, name), new Uint8Array(parquetWriteBuffer(options)));
    const list = [
      { name: "root", num_children: 1 },
      { name: "x", repetition_type: "OPTIONAL", num_children: 1, converted_type: "LIST" },
      { name: "list", repetition_type: "REPEATED", num_children: 1 },
      { name: "element", type: "DOUBLE", repetition_type: "OPTIONAL" },
    ] as const;
    await writeParquet("lists.parquet", { columnData: [{ name: "x", data: [[1, 2]] }], schema: [...list] });
    await writeFile(join(base, "latin1.csv"), Buffer.from("Länge,label\n1,Käfer\n", "latin1"));
    await writeFile(join(base, "bare.csv"), "5.1,3.5\n4.9,3.0\n");
    for (const [name, why] of [
      ["lists.parquet", "lists or records"],
      ["latin1.csv", "UTF-8"],
      ["bare.csv", "first line holds numbers"],
    ] as const)
      await expect(make([name])).rejects.toMatchObject({ code: "INPUT_TYPE", message: expect.stringContaining(why) as string });
    await writeFile(join(base, "utf16.csv"), Buffer.from("\uFEFF0,label\n7,Käfer\n", "utf16le"));
    const [row] = await (await rowReader(await make(["utf16.csv"])))(0, 1);
    expect([row!.label, await row!.load()]).toEqual(["Käfer", { kind: "numbers", dims: [1], data: Float64Array.of(7) }]);
    await writeParquet("dates.parquet", { columnData: [{ name: "x", data: [new Date(0)], type: "TIMESTAMP" }] });
    await writeParquet("spaces.parquet", { columnData: [{ name: "x", data: [" "], type: "STRING" }] });
    for (const name of ["dates.parquet", "spaces.parquet"]) await expect(inputsOf(await make([name]))).rejects.toMatchObject({ code: "INPUT_TYPE" });
  });

  it("says which table is damaged where rows of it are read", async () => {
    const columnData = [{ name: "a", data: Array.from({ length: 50 }, (_, n) => `${n}`), type: "STRING" }] as const;
    const bytes = Buffer.from(new Uint8Array(parquetWriteBuffer({ columnData: columnData.map((column) => ({ ...column, data: [...column.data] })) })));
    bytes.fill(0xff, 4, 60);
    await writeFile(join(base, "broken.parquet"), bytes);
    const table = await openTable(join(base, "broken.parquet"));
    await expect(table.read(["a"], 0, 50)).rejects.toMatchObject({ code: "INPUT_TYPE", message: expect.stringContaining("broken.parquet") as string });
  });

  it("takes the rows of an array", async () => {
    await writeFile(
      join(base, "x.npy"),
      new Uint8Array(
        dump(
          Float32Array.from({ length: 12 }, (_, i) => i),
          [3, 2, 2],
        ),
      ),
    );
    const listed = await make(["x.npy"]);
    expect(listed.manifest).toMatchObject({ rows: 3, source: { kind: "array", dims: [3, 2, 2] } });
    expect(await inputsOf(listed)).toEqual([0, 4, 8].map((n) => ({ kind: "numbers", dims: [2, 2], data: Float64Array.of(n, n + 1, n + 2, n + 3) })));
    await writeFile(join(base, "x.npy"), "other");
    await expect(rowReader(listed)).rejects.toMatchObject({ code: "INPUT_CHANGED" });
  });

  it.each([
    [["none"], {}, "INPUT_MISSING"],
    [["*.none"], {}, "INPUT_MISSING"],
    [["photos/.hidden/*.txt"], {}, "INPUT_MISSING"],
    [["none.csv"], {}, "INPUT_MISSING"],
    [["photos"], { shardSize: 0 }, "OPTION_INVALID"],
    [["photos"], { shardFormat: "zip" }, "OPTION_INVALID"],
    [["photos"], { shardsize: 3 }, "OPTION_INVALID"],
    [["list.csv"], { columns: { file: "nothing" } }, "OPTION_INVALID"],
  ] as const)("of %j with %j is refused: %s", async (inputs, options, code) => {
    await expect(make(inputs, options as Partial<ManifestOptions>)).rejects.toMatchObject({ code });
  });
});
