import { createNoise } from "@xdeep/core/method";
import { describe, expect, it } from "vitest";

import { rowOf } from "../networks/fixture.ts";
import { fixtures } from "../fixtures/index.ts";
import type { Fixture } from "../networks/fixture.ts";
import { differentiate } from "./differentiate.ts";
import { evaluate } from "./evaluate.ts";
import type { Value } from "./value.ts";

const STEP = 1e-5;

describe("the float64 reference agrees with finite differences", () => {
  it.each(fixtures().flatMap((fixture) => fixture.outputs.map(({ name }) => [fixture.id, name, fixture] as const)))("%s, output %s", (_, output, fixture) => {
    const feeds = rowOf(fixture.network, fixture.sample(1), 0);
    const values = evaluate(fixture.network, feeds);
    const cotangent = createNoise(5).next(values.get(output)!.data.length);
    const { cotangents } = differentiate(fixture.network, values, { of: output, cotangent, rule: "standard", rectifiers: [], wrt: [] });
    for (const { name, type } of fixture.network.inputs) {
      if (type === "int32") {
        expect(cotangents.has(name)).toBe(false);
        continue;
      }
      const numerical = finiteDifferences(fixture, feeds, name, (run) => dot(run.get(output)!.data, cotangent));
      const largest = Math.max(...numerical.map(Math.abs));
      numerical.forEach((value, i) => expect(Math.abs(cotangents.get(name)![i]! - value), `${name}[${i}]`).toBeLessThan(1e-8 * Math.max(1, largest)));
    }
  });
});

function finiteDifferences(
  fixture: Fixture,
  feeds: Readonly<Record<string, Value>>,
  name: string,
  f: (run: ReadonlyMap<string, Value>) => number,
): Float64Array {
  const { dims, data } = feeds[name]!;
  const at = (i: number, step: number): number =>
    f(evaluate(fixture.network, { ...feeds, [name]: { dims, data: data.map((value, j) => (i === j ? value + step : value)) } }));
  return data.map((_, i) => (at(i, STEP) - at(i, -STEP)) / (2 * STEP));
}

function dot(a: Float64Array, b: Float64Array): number {
  return a.reduce((sum, value, i) => sum + value * b[i]!, 0);
}
