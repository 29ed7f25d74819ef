import { constants } from "node:fs";
import { access, open, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { type BuiltCli, buildCli } from "./built-cli.ts";
import { slowModel, tableModel, writeTestModel } from "./models.ts";
import { temporaryFolder } from "./run-cli.ts";

const root = fileURLToPath(new URL("..", import.meta.url));

let cli: BuiltCli;
beforeAll(async () => {
  cli = await buildCli();
});
afterAll(() => cli.remove());
const run: BuiltCli["run"] = (...args) => cli.run(...args);

describe("the executable", () => {
  it("may be executed", async () => {
    await access(join(root, "bin", "xdeep.js"), constants.X_OK);
  });

  it("loads what one command needs, such as rules of gradients, tables or a server, with that command", () => {
    expect(cli.atStart.filter((path) => path.endsWith("apps/cli/src/program.ts"))).toHaveLength(1);
    const parts = ["autodiff", "onnx", "onnxruntime", "export", "batch", "bullmq", "server"];
    const heavy = new RegExp(`packages/(?:${parts.join("|")})/|apps/server/|hyparquet|csv-parse|d3-array|^(?:onnxruntime|bullmq|fastify|sharp)`);
    expect(cli.atStart.filter((path) => heavy.test(path))).toEqual([]);
  });

  it("explains, and exits with 0", async () => {
    const folder = await temporaryFolder();
    const model = await writeTestModel(folder, "table.onnx", tableModel());
    await writeFile(join(folder, "row.json"), "[[1, 2, 3, 4]]");
    const { code, stdout, stderr } = await run(["explain", model, join(folder, "row.json"), "--out", join(folder, "out"), "--method", "integrated", "--json"]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect((JSON.parse(stdout) as { explanations: { rows: { score: number }[] }[] }).explanations[0]!.rows[0]!.score).toBe(2);
  });

  it("exits with 1 for a model that is not there, and with 2 for a command line that makes no sense", async () => {
    expect((await run(["check", "none.onnx"])).code).toBe(1);
    expect((await run(["check"])).code).toBe(2);
  });

  it("ends by Ctrl-C with 130", async () => {
    const folder = await temporaryFolder();
    const model = await writeTestModel(folder, "slow.onnx", slowModel(64, 8));
    const row = Array.from({ length: 64 }, (_, y) => Array.from({ length: 64 }, (__, x) => Math.cos(x + y)));
    await writeFile(join(folder, "x.json"), JSON.stringify([row]));
    let isInterrupted = false;
    const { code, stderr } = await run(
      ["explain", model, join(folder, "x.json"), "--method", "smooth", "--samples", "1000000", "--target", "0,0", "--out", join(folder, "out")],
      (text, interrupt) => {
        if (isInterrupted || !text.includes("highest of")) return;
        isInterrupted = true;
        setTimeout(interrupt, 100);
      },
    );
    expect({ code, stderr }).toEqual({ code: 130, stderr: "Interrupted.\n" });
  });

  it.skipIf(process.platform !== "linux")("says so where its output cannot be written, because the disk is full or its reader has gone", async () => {
    const folder = await temporaryFolder();
    const model = await writeTestModel(folder, "slow.onnx", slowModel(64, 8));
    const row = Array.from({ length: 64 }, (_, y) => Array.from({ length: 64 }, (__, x) => Math.cos(x + y)));
    for (const name of ["a", "b", "c"]) await writeFile(join(folder, `${name}.json`), JSON.stringify([row]));
    const inputs = ["a", "b", "c"].map((name) => join(folder, `${name}.json`));
    const argv = ["explain", model, ...inputs, "--method", "smooth", "--samples", "300", "--target", "0,0", "--out", join(folder, "out")];
    const full = await open("/dev/full", "w");
    const onFullDisk = await run(["check", model], undefined, full.fd).finally(() => full.close());
    expect(onFullDisk).toMatchObject({ code: 1, stderr: "error: The output cannot be written: the disk is full. [ENOSPC]\n" });
    const unread = await run(argv, (text, _, close) => {
      if (text.includes("highest of")) close();
    });
    expect(unread).toMatchObject({ code: 1, stderr: "error: The output cannot be written: whoever reads it has closed it. [EPIPE]\n" });
  });

  it("keeps stdout for the document, whatever methods of others print", async () => {
    const folder = await temporaryFolder();
    const model = await writeTestModel(folder, "table.onnx", tableModel());
    await writeFile(join(folder, "row.json"), "[[1, 2, 3, 4]]");
    const method = join(folder, "chatty.mjs");
    await writeFile(method, "export const contractVersion = 1; export const method = (explainer) => (console.log('I am asked'), explainer);");
    const { code, stdout, stderr } = await run(["explain", model, join(folder, "row.json"), "--out", join(folder, "out"), "--method", method, "--json"]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "I am asked\n" });
    expect((JSON.parse(stdout) as { explanations: unknown[] }).explanations).toHaveLength(1);
  });

  it("says so where a file cannot be written, and leaves none half written", async () => {
    const folder = await temporaryFolder();
    const model = await writeTestModel(folder, "table.onnx", tableModel());
    await writeFile(join(folder, "row.json"), "[[1, 2, 3, 4]]");
    await writeFile(join(folder, "taken"), "a file, and no folder");
    const { code, stderr } = await run(["explain", model, join(folder, "row.json"), "--out", join(folder, "taken")]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^error: ".*" cannot be written: .*\[WRITE_FAILED\]\n$/);
  });
});
