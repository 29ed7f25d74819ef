import * as core from "@xdeep/core";
import { runExample } from "@xdeep/test-models";
import { expect, it } from "vitest";
import * as relevance from "../src/index.ts";
import { load, pictures } from "./networks.ts";

it("the README's example prints what it says", async () => {
  const model = await load(pictures());
  const logged = await runExample(new URL("../README.md", import.meta.url), { "@xdeep/core": core, "@xdeep/relevance": relevance }, model);
  expect(logged.at(-1)).toEqual([1, 2, 8, 8]);
  await model.dispose();
});
