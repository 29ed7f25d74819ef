import { readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { XDeepError } from "@xdeep/core";
import { Backprop } from "@xdeep/guided";
import { integrated } from "@xdeep/integrated";
import { expect, it, onTestFinished } from "vitest";

import { DEFAULT_LIMITS, type XDeepServer, createServer } from "../src/index.ts";
import { network, smallServer } from "./small-server.ts";

const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");

it("the README's request is answered", async () => {
  const { app } = await smallServer({ iris: {} });
  const [, payload] = /^```json\n([\s\S]*?)^```/m.exec(readme)!;
  const answer = await app.inject({ method: "POST", url: "/v2/models/iris/explain", payload: payload!, headers: { "content-type": "application/json" } });
  expect(answer.json()).toMatchObject({ target_names: ["cat"], provenance: { method: { name: "integrated", parameters: { n: 50 } } } });
});

it("the README's limits are the defaults", () => {
  const rows = [...readme.matchAll(/^\| `(\w+)` \| (\d+) \|/gm)].map(([, name, value]) => [name, Number(value)]);
  expect(Object.fromEntries(rows)).toEqual(DEFAULT_LIMITS);
});

it("the README's program serves a method and a route of its own", async () => {
  const folder = await mkdtemp(join(tmpdir(), "xdeep-readme-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, "iris.onnx"), "");
  const [, code] = /^```js\n([\s\S]*?)^```/m.exec(readme)!;
  const body = code!
    .replaceAll(/^import .*$/gm, "")
    .replace('"models"', JSON.stringify(folder))
    .replace("8080", "0")
    .replace("import.meta.url", '""');
  // The engine and its thread are those of the packages' own tests.
  const given = { XDeepError, Backprop, integrated, createServer, inWorker: async () => network(), process: { once: () => undefined } };
  const AsyncFunction = (async () => {}).constructor as new (...source: string[]) => (...values: unknown[]) => Promise<XDeepServer>;
  const server = await new AsyncFunction(...Object.keys(given), `${body}; return server;`)(...Object.values(given));
  onTestFinished(() => server.stop());
  expect((await server.app.inject("/hello")).body).toBe("a route of your own");
  const ask = async (method: string): Promise<unknown> => {
    const inputs = [{ name: "x", shape: [1, 4], datatype: "FP32", data: [5.1, 3.5, 1.4, 0.2] }];
    return (await server.app.inject({ method: "POST", url: "/v2/models/iris/explain", payload: { inputs, parameters: { method, n: 8 } } })).json();
  };
  expect(await ask("integrated")).toMatchObject({ provenance: { method: { name: "integrated", parameters: { n: 8 } } } });
  expect(await ask("guided")).toMatchObject({ code: "OPTION_INVALID" });
});
