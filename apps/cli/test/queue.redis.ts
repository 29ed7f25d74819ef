import { join } from "node:path";

import { afterAll, beforeAll, expect, it } from "vitest";

import { bytesOf } from "../../../packages/batch/test/shard-bytes.ts";
import { startRedis } from "../../../packages/bullmq/test/machines.ts";
import { type BuiltCli, buildCli } from "./built-cli.ts";
import { pictureModel, writeTestModel, writeTestPicture } from "./models.ts";
import { temporaryFolder } from "./run-cli.ts";

let cli: BuiltCli;
beforeAll(async () => {
  cli = await buildCli();
});
afterAll(() => cli.remove());

it("xdeep explain --queue and two xdeep work write what one command writes alone", async () => {
  const [redis, folder] = [await startRedis(), await temporaryFolder()];
  const model = await writeTestModel(folder, "picture.onnx", pictureModel());
  for (let n = 0; n < 40; n++) await writeTestPicture(folder, `${n}.png`, { r: 6 * n, g: 100, b: 5 });
  const argv = ["explain", model, folder, "-m", "integrated", "--preset", "unit", "--resize", "none", "--shard-size", "4"];
  const [out, alone] = [join(folder, "out"), join(folder, "alone")];
  const [explained, ...workers] = await Promise.all([
    cli.run([...argv, "--out", out, "--queue", redis.url]),
    cli.run(["work", out, "--queue", redis.url, "--workers", "1"]),
    cli.run(["work", out, "--queue", redis.url, "--workers", "2"]),
  ]);
  expect(explained).toMatchObject({ code: 0, stdout: expect.stringContaining("40 of 40 rows explained") });
  expect(workers.map(({ code, stderr }) => ({ code, stderr }))).toEqual(Array.from({ length: 2 }, () => ({ code: 0, stderr: "" })));
  const rows = workers.map(({ stdout }) => Number(/(\d+) rows? explained here/.exec(stdout)![1]));
  expect(rows[0]! + rows[1]!).toBe(40);
  await cli.run([...argv, "--out", alone]);
  expect(await bytesOf(out)).toEqual(await bytesOf(alone));
});
