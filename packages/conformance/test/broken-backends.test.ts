import { describe, expect, it } from "vitest";

import { runConformance } from "../src/index.ts";
import { brokenManifest } from "./broken-model.ts";
import { FAULTS } from "./faults.ts";

describe("a backend with one fault fails the cases that name it", () => {
  it.each(FAULTS)("$name", async (fault) => {
    const { cases } = await runConformance(brokenManifest(fault));
    const failed = cases.filter(({ status }) => status === "failed").map(({ id }) => id);
    const patterns = fault.fails.map((pattern) => new RegExp(`^${pattern.replaceAll("*", ".*")}$`));
    expect(failed).toContain(fault.fails[0]);
    expect(failed.filter((id) => !patterns.some((pattern) => pattern.test(id)))).toEqual([]);
    expect(patterns.filter((pattern) => !failed.some((id) => pattern.test(id)))).toEqual([]);
  });
});
