import { readFileSync } from "node:fs";

import { expect, it } from "vitest";

import { DEFAULT_LIMITS } from "../src/index.ts";
import { smallServer } from "./small-server.ts";

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
