import { describe, expect, it } from "vitest";

import { createAttribution, fromJSON } from "./attribution.ts";
import type { AttributionFields } from "./attribution.ts";
import { float32 } from "../tensors/tensor.ts";

const provenance: AttributionFields["provenance"] = {
  method: { name: "vanilla", parameters: {} },
  rule: "standard",
  rectifiers: 0,
  score: "logit",
  backend: "b",
  engine: "e",
  versions: {},
};
const values = float32([2, 2], [0.1, -0, 3.4028234663852886e38, 1e-45]);
const fields: AttributionFields = {
  values,
  target: [1, { index: [0, 2] }],
  scores: Float32Array.of(0.3, -7),
  output: "y",
  convergenceDelta: Float32Array.of(1e-8, 0),
  provenance,
};

describe("attributions as JSON", () => {
  it("come back bit for bit, one tensor or several", () => {
    for (const each of [fields, { ...fields, values: { a: values, b: float32([2, 0]) } }]) {
      const attribution = createAttribution(each);
      const back = fromJSON(JSON.stringify(attribution));
      expect(back).toEqual(attribution);
      expect(JSON.stringify(back)).toBe(JSON.stringify(attribution));
      expect(back).toEqual(fromJSON(attribution.toJSON()));
    }
    expect(Object.is((createAttribution(fields).values as typeof values).data[1], -0)).toBe(true);
  });

  it("leave attributions as plain as they were: they clone and compare", () => {
    const attribution = createAttribution(fields);
    expect(structuredClone(attribution)).toEqual(fields);
    expect(attribution).toEqual(fields);
  });

  it.each(["", "{}", "null", '{"format":"xdeep.attribution/2"}', 7 as never])("refuse %j", (json) => {
    expect(() => fromJSON(json)).toThrow(expect.objectContaining({ code: "OPTION_INVALID" }));
  });

  it("refuse numbers that are damaged", () => {
    const json = createAttribution(fields).toJSON();
    for (const scores of ["!", "AAA="]) expect(() => fromJSON({ ...json, scores })).toThrow(expect.objectContaining({ code: "OPTION_INVALID" }));
    expect(() => fromJSON({ ...json, values: { type: "float32", dims: [3], data: "AAAAAA==" } })).toThrow(expect.objectContaining({ code: "OPTION_INVALID" }));
  });
});
