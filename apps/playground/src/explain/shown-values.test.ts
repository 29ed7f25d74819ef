import { type FloatTensor, type ValueInfo, float32 } from "@xdeep/core";
import { createAttribution } from "@xdeep/core/method";
import { expect, it } from "vitest";

import { joinInputs } from "./joined-inputs.ts";
import { explainedValues } from "./score-list.ts";

it("attributions to several inputs are one table, whose bars are called by the inputs", () => {
  const attribution = (values: Readonly<Record<string, FloatTensor>>): Parameters<typeof joinInputs>[0] =>
    createAttribution({ values, target: [0], scores: Float32Array.of(1), output: "y", provenance: {} } as unknown as Parameters<typeof createAttribution>[0]);
  const joined = joinInputs(attribution({ age: float32([2, 1], [1, 7]), place: float32([2, 2], [2, 3, 8, 9]) }))!;
  expect(joined.names).toEqual(["age", "place 0", "place 1"]);
  expect(joined.attribution.values).toEqual({ inputs: float32([1, 3], [1, 2, 3]) });
  expect(joinInputs(attribution({ x: float32([1, 2], [1, 2]) }))).toBeNull();
});

it("what is explained are outputs that can be, or values inside where none can", () => {
  const output = (name: string, type: ValueInfo["type"]): ValueInfo => ({ name, type, dims: [null], layout: null });
  const outputs = [output("label", "int64"), output("age", "float32"), output("sex", "float32")];
  const inspected = (explainable: readonly string[]) => ({
    outputs: outputs.map(({ name }) => ({ name, explainable: explainable.includes(name), instead: name === "label" ? ["logits"] : [] })) as never,
  });
  const named = (explainable: readonly string[]): readonly string[] => explainedValues({ outputs }, inspected(explainable)).map(({ name }) => name);
  expect([named(["age", "sex"]), named(["sex"]), named([])]).toEqual([["age", "sex"], ["sex"], ["logits"]]);
  expect(explainedValues({ outputs }, null).map(({ name }) => name)).toEqual(["age", "sex"]);
});
