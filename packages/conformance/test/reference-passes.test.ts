import { describe, expect, it } from "vitest";

import { type Manifest, REFERENCE_CAPABILITIES, conformance, referenceModel, relayout } from "../src/index.ts";

const { preferredBatch: _, ...capabilities } = REFERENCE_CAPABILITIES;

const reference: Manifest = { name: "reference", capabilities, createModel: async (fixture) => referenceModel(fixture) };

const LIMITS = { rules: ["standard"], innerValues: false, logits: false, maxBatch: 2 } as const;

describe("the honest reference passes", () => {
  conformance({
    ...reference,
    api: { describe, it },
    onReport({ cases, backend, engine }) {
      expect([backend, engine]).toEqual(["reference", "float64"]);
      expect(cases.length).toBeGreaterThan(300);
      // The reference has no rules of relevance, and says so.
      expect(cases.every(({ id, status }) => status === (id.startsWith("relevance/") ? "refused" : "passed"))).toBe(true);
    },
  });
});

describe("so it does with images channels last", () => {
  conformance({
    ...reference,
    api: { describe, it },
    layout: "NHWC",
    createModel: async (fixture) => relayout(referenceModel(fixture), { from: "NCHW", to: "NHWC" }),
  });
});

describe("and with little that it can, honestly declared", () => {
  conformance({
    ...reference,
    api: { describe, it },
    capabilities: { ...capabilities, ...LIMITS },
    createModel: async (fixture) => (fixture.id === "layer-norm" ? null : referenceModel(fixture, { ...LIMITS, preferredBatch: 1 })),
    unsupported: [{ fixture: "layer-norm", reason: "to see how the suite takes it" }],
    onReport({ cases }) {
      const count = (status: string): number => cases.filter((result) => result.status === status).length;
      expect(cases.filter(({ status }) => status === "unsupported").map(({ id }) => id)).toEqual([
        "forward/layer-norm",
        "vjp/layer-norm",
        "relevance/deeplift/layer-norm",
      ]);
      expect(count("refused")).toBeGreaterThan(40);
      expect(count("passed") + count("refused") + count("unsupported")).toBe(cases.length);
    },
  });
});
