import { type Explainer, type Model, XDeepError, type XDeepErrorCode, float32, isTensor } from "@xdeep/core";
import { Backprop, inputXGradient } from "@xdeep/guided";
import { integrated } from "@xdeep/integrated";
import { analyticModel, randomLayers } from "@xdeep/test-models";
import { describe, expect, it } from "vitest";

import { type Evaluation, compare, deletion, evaluate, insertion, joinEvaluations, measure, pointingGame, sparseness } from "../src/index.ts";
import { numbers } from "./stored.ts";

const model = analyticModel({ inputs: [{ name: "x", dims: [4] }], layers: randomLayers([4, 6, 3], "relu") });
const METHODS = {
  vanilla: (of: Model) => new Backprop(of),
  product: inputXGradient(new Backprop(model)),
  integrated: (of: Model) => integrated(new Backprop(of), { n: 8 }),
};
const METRICS = { deletion: deletion(), insertion: insertion(), sparse: sparseness() };
const rows = float32([5, 4], numbers(4, 20));

describe("evaluate", () => {
  it("tells of every metric of every method what measure tells, as plain data", async () => {
    const table = await evaluate(METHODS, rows, METRICS);
    expect(JSON.parse(JSON.stringify(table))).toEqual(table);
    expect(Object.keys(table.results)).toEqual(["deletion", "insertion", "sparse"]);
    expect(table.metrics.deletion).toMatchObject({ metric: "deletion", better: "lower", parameters: { steps: 50 } });
    expect(table.methods.integrated!.name).toBe("integrated");
    const { deletion: found } = await measure({ input: rows, method: METHODS.integrated, model }, METRICS);
    expect(table.results.deletion!.integrated!.values).toEqual(found.values);
    expect(table.results.deletion!.integrated!.mean).toBeCloseTo(found.values.reduce((sum: number, value) => sum + value!, 0) / 5, 12);
    expect(table.results.deletion!.integrated!.curves).toHaveLength(5);
    expect(table.versions["@xdeep/metrics"]).toBeDefined();
  });

  it("says of curves of a probability that the model has none", async () => {
    const { results } = await evaluate({ vanilla: METHODS.vanilla }, rows, { ...METRICS, shares: deletion({ score: "probability" }) }, { model });
    expect(results["shares"]!["vanilla"]!.notes).toEqual([expect.stringMatching(/no softmax or sigmoid/)]);
    expect(results["shares"]!["vanilla"]!.values).toEqual(results["deletion"]!["vanilla"]!.values);
    expect(results["deletion"]!["vanilla"]!.notes).toBeUndefined();
  });

  it("joins cases of their own targets and masks row by row", async () => {
    const cases = [0, 1, 2, 3, 4].map((n) => ({
      input: float32([1, 4], rows.data.slice(4 * n, 4 * n + 4)),
      target: n % 3,
      mask: float32(
        [1, 4],
        [0, 1, 0, 0].map((value, i) => Number(value === 1 || i === n)),
      ),
    }));
    const table = await evaluate(METHODS, cases, { ...METRICS, pointing: pointingGame() });
    expect(table).toMatchObject({ rows: 5, target: [0, 1, 2, 0, 1] });
    const alone = await evaluate(METHODS, [cases[3]!], { ...METRICS, pointing: pointingGame() });
    for (const metric of Object.keys(table.results)) {
      for (const method of Object.keys(METHODS)) expect(table.results[metric]![method]!.values[3]).toBe(alone.results[metric]![method]!.values[0]);
    }
  });

  it("refuses an empty table, methods without a model, and parts that differ", async () => {
    await expect(evaluate({}, rows, METRICS)).rejects.toMatchObject({ code: "OPTION_INVALID" });
    await expect(evaluate(METHODS, [], METRICS)).rejects.toMatchObject({ code: "OPTION_INVALID" });
    await expect(evaluate({ a: METHODS.vanilla }, rows, METRICS)).rejects.toMatchObject({
      code: "OPTION_INVALID",
      message: expect.stringContaining("`model`"),
    });
    const [one, other] = [await evaluate(METHODS, rows, { sparse: sparseness() }), await evaluate(METHODS, rows, { deletion: deletion() })];
    expect(() => joinEvaluations([one, other])).toThrow(expect.objectContaining({ code: "OPTION_INVALID" }));
    expect(() => joinEvaluations([])).toThrow(expect.objectContaining({ code: "OPTION_INVALID" }));
  });

  it("reports progress and stops when it is aborted", async () => {
    const seen: string[] = [];
    await evaluate(METHODS, rows, { sparse: sparseness() }, { onProgress: ({ done, total }) => seen.push(`${done}/${total}`) });
    expect(seen).toEqual(["1/6", "2/6", "3/6", "4/6", "5/6", "6/6"]);
    await expect(evaluate(METHODS, rows, METRICS, { signal: AbortSignal.abort() })).rejects.toMatchObject({ name: "AbortError" });
  });
});

/** A method that fails with this error where a row's first entry is above `above`. */
function failing(code: XDeepErrorCode, { above = -Infinity, details = {} } = {}): Explainer {
  const inner = new Backprop(model);
  return {
    model,
    method: { name: "failing", parameters: {} },
    async explain(input, options) {
      if (isTensor(input) && Number(input.data[0]) > above) throw new XDeepError(code, "This network is not for me.", { details });
      return inner.explain(input, options);
    },
  };
}

describe("a method that cannot run", () => {
  const cases = [0, 1, 2].map((n) => ({ input: float32([1, 4], [n, 1, 2, 3]), target: 1 }));

  it("has no values in its rows of the table, which says why, and the others have theirs", async () => {
    const methods = { ...METHODS, broken: failing("GRADIENT_MISSING"), sometimes: failing("NOISE_INVALID", { above: 1 }) };
    const seen: number[] = [];
    const table = await evaluate(methods, cases, METRICS, { model, onProgress: ({ done }) => seen.push(done) });
    const without = await evaluate(METHODS, cases, METRICS);
    const why = "This network is not for me.";
    expect(table.refused).toEqual([
      { method: "broken", rows: [0, 1, 2], code: "GRADIENT_MISSING", message: why },
      { method: "sometimes", rows: [2], code: "NOISE_INVALID", message: why },
    ]);
    expect(without.refused).toBeUndefined();
    expect(table.methods["broken"]!.name).toBe("failing");
    for (const metric of Object.keys(METRICS)) {
      for (const method of Object.keys(METHODS)) expect(table.results[metric]![method]).toEqual(without.results[metric]![method]);
      expect(table.results[metric]!["broken"]).toEqual({ values: [null, null, null], mean: null });
      expect(table.results[metric]!["sometimes"]!.values).toEqual([...without.results[metric]!["vanilla"]!.values.slice(0, 2), null]);
    }
    expect(table.results["deletion"]!["sometimes"]!.curves).toEqual([...without.results["deletion"]!["vanilla"]!.curves!.slice(0, 2), { x: [], y: [] }]);
    expect(JSON.parse(JSON.stringify(table))).toEqual(table);
    expect(seen.at(-1)).toBe(3 * 5 * 4);
    expect(seen).toEqual([...new Set(seen)].toSorted((a, b) => a - b));
    const { deletion: ranked } = compare(table);
    expect(ranked).toMatchObject({ rows: 2, unranked: ["broken"], refused: table.refused });
    expect(ranked!.ranking.map(({ method }) => method).toSorted()).toEqual(["integrated", "product", "sometimes", "vanilla"]);
  });

  it("is told from a metric that cannot measure it", async () => {
    const picky = { ...sparseness(), measure: async () => Promise.reject(new XDeepError("RESULT_NOT_FINITE", "Out of scale.")) };
    const table = await evaluate({ vanilla: METHODS.vanilla }, rows, { sparse: sparseness(), picky }, { model });
    expect(table.refused).toEqual([{ method: "vanilla", metric: "picky", rows: [0, 1, 2, 3, 4], code: "RESULT_NOT_FINITE", message: "Out of scale." }]);
    expect(table.results["sparse"]!["vanilla"]!.mean).not.toBeNull();
    expect(compare(table)["sparse"]!.refused).toBeUndefined();
    expect(compare(table)["picky"]).toMatchObject({ unranked: ["vanilla"], refused: table.refused });
  });

  it("ends the evaluation where it was asked for wrongly, where no other can run, and where the call was aborted", async () => {
    const beside = (wrong: Explainer): Promise<Evaluation> => evaluate({ ...METHODS, wrong }, rows, METRICS);
    await expect(beside(failing("OPTION_INVALID"))).rejects.toMatchObject({ code: "OPTION_INVALID" });
    await expect(beside(failing("WRT_UNKNOWN", { details: { layer: "conv9" } }))).rejects.toMatchObject({ code: "WRT_UNKNOWN" });
    expect((await beside(failing("WRT_UNKNOWN", { details: { layers: [] } }))).refused).toMatchObject([{ method: "wrong", code: "WRT_UNKNOWN" }]);
    const alone = { one: failing("CAPABILITY_MISSING"), other: failing("MODEL_UNSUPPORTED") };
    await expect(evaluate(alone, rows, METRICS)).rejects.toMatchObject({ code: "CAPABILITY_MISSING" });
    const controller = new AbortController();
    const aborting = {
      ...failing("OPTION_INVALID"),
      explain: async () => (controller.abort(new XDeepError("ENGINE_FAILED", "stop")), controller.signal.throwIfAborted()),
    };
    await expect(evaluate({ ...METHODS, aborting: aborting as never }, rows, METRICS, { signal: controller.signal })).rejects.toThrow("stop");
  });
});

/** A table of one metric with these values. */
function tableOf(better: "higher" | "lower", values: Readonly<Record<string, readonly (number | null)[]>>): Evaluation {
  const meanOf = (list: readonly (number | null)[]): number | null => {
    const defined = list.filter((value) => value !== null);
    return defined.length === 0 ? null : defined.reduce((sum, value) => sum + value, 0) / defined.length;
  };
  return {
    format: "xdeep.evaluation/1",
    rows: 4,
    target: [0, 0, 0, 0],
    methods: Object.fromEntries(Object.keys(values).map((name) => [name, { name, parameters: {} }])),
    metrics: { m: { metric: "m", better, parameters: {} } },
    results: { m: Object.fromEntries(Object.entries(values).map(([name, list]) => [name, { values: list, mean: meanOf(list) }])) },
    versions: {},
  };
}

describe("compare", () => {
  it("ranks by the mean, in the direction of the metric, and knows what is always best", () => {
    const values = { a: [1, 2, 3, 4], b: [2, 3, 4, 5], c: [0, 9, 0, 0] };
    const higher = compare(tableOf("higher", values)).m!;
    expect(higher.ranking.map(({ method }) => method)).toEqual(["b", "a", "c"]);
    const lower = compare(tableOf("lower", values)).m!;
    expect(lower.ranking.map(({ method }) => method)).toEqual(["c", "a", "b"]);
    // Of paired rows, b never is below a: resampling the methods apart would not see it.
    expect(lower.ranking.find(({ method }) => method === "b")!.first).toBe(0);
    for (const { ranking } of [higher, lower]) expect(ranking.reduce((sum, { first }) => sum + first, 0)).toBeCloseTo(1, 12);
  });

  it("has the spread of the mean as its interval", () => {
    const values = [...numbers(3, 400)];
    const { mean, low, high } = compare(tableOf("higher", { a: values }), { resamples: 4000 }).m!.ranking[0]!;
    const spread = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length / values.length);
    expect((high - low) / (2 * 1.96 * spread)).toBeGreaterThan(0.93);
    expect((high - low) / (2 * 1.96 * spread)).toBeLessThan(1.07);
    expect(compare(tableOf("higher", { a: values }), { resamples: 4000 }).m!.ranking[0]).toEqual({ method: "a", mean, low, high, first: 1 });
    const wide = compare(tableOf("higher", { a: values }), { confidence: 0.99 }).m!.ranking[0]!;
    expect(wide.high - wide.low).toBeGreaterThan(high - low);
    expect(compare(tableOf("higher", { a: values }), { seed: 1 }).m!.ranking[0]!.low).not.toBe(low);
  });

  it("looks at the rows that all have, and leaves out methods without any", () => {
    const found = compare(tableOf("higher", { a: [1, null, 3, 9], b: [2, 7, null, 1], c: [null, null, null, null] })).m!;
    expect(found).toMatchObject({ rows: 2, unranked: ["c"] });
    expect(found.ranking.map(({ method, mean }) => [method, mean])).toEqual([
      ["a", 5],
      ["b", 1.5],
    ]);
    expect(compare(tableOf("higher", { a: [1, null], b: [null, 1] })).m).toMatchObject({ rows: 0, ranking: [], unranked: ["a", "b"] });
    expect(() => compare(tableOf("higher", { a: [1] }), { confidence: 1 })).toThrow(expect.objectContaining({ code: "OPTION_INVALID" }));
  });

  it("shares first places among those that are equally good", () => {
    const { ranking } = compare(tableOf("lower", { a: [1, 2], b: [1, 2] })).m!;
    expect(ranking.map(({ first }) => first)).toEqual([0.5, 0.5]);
  });
});
