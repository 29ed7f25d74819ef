import { describe, expect, it } from "vitest";

import { cases } from "../src/cases/index.ts";
import { runConformance } from "../src/index.ts";
import { brokenManifest } from "./broken-model.ts";
import { FAULTS } from "./faults.ts";

const ids = cases().map(({ id }) => id);

/** Of the cases that should not notice a fault, each fault runs one in thirty-two: every case is held against several faults. */
const ONE_IN = 32;

describe("a backend with one fault fails the cases that name it", () => {
  it.each(FAULTS.map((fault, i) => [fault.name, fault, i] as const))("%s", async (_, fault, offset) => {
    const patterns = fault.fails.map((pattern) => new RegExp(`^${pattern.replaceAll("*", ".*")}$`));
    const isNamed = (id: string): boolean => patterns.some((pattern) => pattern.test(id));
    const only = ids.filter((id, i) => isNamed(id) || (i + offset) % ONE_IN === 0);
    const results = await runConformance(brokenManifest(fault), { only });
    const failed = results.cases.filter(({ status }) => status === "failed").map(({ id }) => id);
    expect(failed).toContain(fault.fails[0]);
    expect(failed.filter((id) => !isNamed(id))).toEqual([]);
    expect(patterns.filter((pattern) => !failed.some((id) => pattern.test(id)))).toEqual([]);
  });
});
