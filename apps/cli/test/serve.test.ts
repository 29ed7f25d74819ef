import { once } from "node:events";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";

import { afterAll, beforeAll, expect, it, onTestFinished } from "vitest";

import { type BuiltCli, buildCli } from "./built-cli.ts";
import { PICTURE_WEIGHTS, pictureModel, tableModel, writeTestModel, writeTestPicture } from "./models.ts";
import { runCli, temporaryFolder } from "./run-cli.ts";

let cli: BuiltCli;
beforeAll(async () => {
  cli = await buildCli();
});
afterAll(() => cli.remove());

interface Explained {
  readonly target_names: readonly string[];
  readonly outputs: readonly { readonly name: string; readonly shape: readonly number[]; readonly data: readonly number[] }[];
  readonly explanations: readonly { readonly name: string; readonly values: readonly (readonly (readonly number[])[])[] }[];
}

it("xdeep serve explains pictures that are posted, with the labels beside the model, until it is told to stop", async () => {
  const folder = await temporaryFolder();
  await mkdir(join(folder, "pictures"));
  await writeTestModel(folder, "pictures/model.onnx", pictureModel());
  await writeFile(join(folder, "pictures", "config.json"), JSON.stringify({ id2label: { 0: "red", 1: "green", 2: "none" } }));
  await writeTestModel(folder, "table.onnx", tableModel());
  const picture = await readFile(await writeTestPicture(folder, "green.png", { r: 10, g: 250, b: 10 }));
  const answers: { form: Explained; json: Explained; row: Explained; wrong: number; broken: number } = {} as never;
  const asked: Promise<void>[] = [];
  const ask = async (address: string): Promise<void> => {
    while ((await fetch(`${address}/v2/health/ready`)).status !== 200) await new Promise((resolve) => setTimeout(resolve, 20));
    const form = new FormData();
    form.set("image", new Blob([picture]));
    form.set("parameters", JSON.stringify({ method: "integrated", n: 3, take_max: true, target: "green" }));
    answers.form = (await (await fetch(`${address}/v2/models/pictures/explain`, { method: "POST", body: form })).json()) as Explained;
    const post = (url: string, body: object): Promise<Response> =>
      fetch(`${address}${url}`, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
    answers.json = (await (await post("/v1/models/pictures:explain", { instances: [{ b64: picture.toString("base64") }] })).json()) as Explained;
    answers.row = (await (
      await post("/v2/models/table/explain", {
        inputs: [{ name: "x", shape: [1, 4], datatype: "FP32", data: [1, 2, 3, 4] }],
        parameters: { method: "smooth", n: 4, seed: 3, std: 1 },
      })
    ).json()) as Explained;
    answers.wrong = (
      await post("/v2/models/table/explain", {
        inputs: [{ name: "x", shape: [1, 4], datatype: "FP32", data: [1, 2, 3, 4] }],
        parameters: { method: join(folder, "evil.mjs") },
      })
    ).status;
    const broken = new FormData();
    broken.set("image", new Blob(["no picture"]));
    answers.broken = (await fetch(`${address}/v2/models/pictures/explain`, { method: "POST", body: broken })).status;
  };
  const result = await cli.run(["serve", folder, "--port", "0", "--workers", "2", "--quiet"], (text, interrupt) => {
    const [, address] = /on (http:\S+)/.exec(text) ?? [];
    if (address !== undefined && asked.length === 0) asked.push(ask(address).finally(() => interrupt("SIGTERM")));
  });
  await Promise.all(asked);
  expect(result).toMatchObject({ code: 0, stderr: "" });
  expect(answers.form).toMatchObject({
    target_names: ["green"],
    outputs: [{ name: "picture", shape: [1, 1, 8, 8] }, { name: "scores" }, { name: "convergence_delta" }],
  });
  expect(answers.json.explanations[0]!.name).toBe("green");
  expect(answers.json.explanations[0]!.values[1]![0]![0]).toBeCloseTo(PICTURE_WEIGHTS[1][1] / 64, 6);
  expect(answers.row.outputs[0]!.data).toHaveLength(4);
  expect([answers.wrong, answers.broken]).toEqual([400, 400]);
});

it("xdeep serve says what is wrong with the folder, the port or the address", async () => {
  const folder = await temporaryFolder();
  const model = await writeTestModel(folder, "table.onnx", tableModel());
  const other = createServer().listen(0, "127.0.0.1");
  onTestFinished(() => void other.close());
  await once(other, "listening");
  const { port } = other.address() as AddressInfo;
  expect(await runCli(["serve", model])).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/is a file\. Name the folder.*\[MODEL_NOT_FOUND\]/) as string,
  });
  expect(await runCli(["serve", folder, "--port", "99999"])).toMatchObject({ code: 2, stderr: expect.stringContaining("0 to 65535") as string });
  for (const [flags, message] of [
    [["--port", String(port)], `Something else listens at port ${port}`],
    [["--port", "0", "--host", "203.0.113.7"], '"203.0.113.7" is no address of this machine'],
  ] as const) {
    const { code, stderr } = await runCli(["serve", folder, "--quiet", ...flags]);
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringMatching(new RegExp(`${message}.*\\[OPTION_INVALID\\]`)) as string });
  }
});
