import { float32 } from "@xdeep/core";
import { Backprop } from "@xdeep/guided";
import { integrated } from "@xdeep/integrated";
import { affine, analyticModel, softmax } from "@xdeep/test-models";
import { expect, it } from "vitest";

import { noteInPageWords } from "./in-page-words.ts";

it("says what methods note without the options of the API, which the page does not have", async () => {
  const model = analyticModel({
    inputs: [{ name: "x", dims: [2] }],
    layers: [
      affine([
        [40, 0],
        [0, 1],
      ]),
      softmax(),
    ],
  });
  const { provenance } = await integrated(new Backprop(model), { n: 1 }).explain(float32([1, 2], [1, 1]), { target: 0, score: "probability", output: "y" });
  expect(provenance.notes!.length).toBeGreaterThan(0);
  for (const note of provenance.notes!) expect(noteInPageWords(note)).not.toContain("`");
  expect(provenance.notes!.map(noteInPageWords).join(" ")).toContain("Take more steps.");
});
