import { checkRandomRequest } from "@xdeep/conformance";
import { writeModel } from "@xdeep/onnx";
import fc from "fast-check";
import { expect, it } from "vitest";

import { loadModel } from "../src/index.ts";
import { type Step, randomGraph } from "./random-graph.ts";

const REQUESTS = 12;

const step = fc.record<Step>({ op: fc.nat(1000), a: fc.nat(1000), b: fc.nat(1000) });
const models = fc.record({
  opset: fc.integer({ min: 7, max: 22 }),
  steps: fc.array(step, { minLength: 1, maxLength: 6 }),
  batch: fc.constantFrom("N", 1, 2),
  seed: fc.nat(1_000_000),
});

it("random models answer random requests with finite results of the promised dims, or with coded errors", async () => {
  let succeeded = 0;
  const property = fc.asyncProperty(models, async ({ opset, steps, batch, seed }) => {
    await using model = await loadModel(writeModel(randomGraph({ opset, steps, batch })));
    for (let i = 0; i < REQUESTS; i++) if (await checkRandomRequest(model, seed + i, ["v0_0"])) succeeded++;
  });
  await fc.assert(property, { seed: 20262, numRuns: 15 });
  expect(succeeded).toBeGreaterThan(30);
});
