import { float32, isXDeepError } from "@xdeep/core";
import type { ForwardResult, Model, VjpResult } from "@xdeep/core";
import { Backprop } from "@xdeep/guided";

import type { Case } from "../run/case.ts";
import type { CaseContext } from "../run/case-context.ts";
import { expectRejection } from "../run/expect-rejection.ts";
import { demand } from "../run/failure.ts";

/** Numbers beyond what floats hold are answered as such, or refused: never as 0. */
export function overflowCases(): readonly Case[] {
  return [
    { id: "errors/overflow", proves: "Outputs and scores that are not finite are never answered as finite ones.", fixtures: ["square"], run: checkScores },
    {
      id: "errors/overflow-of-gradients",
      proves: "Gradients that are not finite are never answered as finite ones.",
      fixtures: ["square"],
      run: checkGradients,
    },
  ];
}

/** Squares of 1e30 are infinite, and their sums by weights of both signs are no numbers. */
async function checkScores(context: CaseContext): Promise<void> {
  const { model } = await context.load();
  const feeds = { x: float32([1, 6], new Float32Array(6).fill(1e30)) };
  await demandNotFinite(
    () => model.forward({ feeds }),
    ({ outputs }) => outputs["scores"]!.data as Float32Array,
    "the output of forward",
  );
  for (const target of [1, null]) {
    const what = `with target ${target}`;
    await demandNotFinite(
      () => model.forward({ feeds, target }),
      ({ scores }) => scores,
      `the score of forward ${what}`,
    );
    await demandNotFinite(
      () => model.vjp({ feeds, target }),
      ({ scores }) => scores,
      `the score of vjp ${what}`,
    );
    await checkRefused(model, { target }, feeds, what);
  }
}

/** Of a thousand, the square is small, and its derivative times a cotangent of 3e38 is infinite. */
async function checkGradients(context: CaseContext): Promise<void> {
  const { model } = await context.load();
  const feeds = { x: float32([1, 6], new Float32Array(6).fill(1e3)) };
  const gradientOf = ({ gradients }: VjpResult): Float32Array => gradients["x"]!.data;
  const weights = Float32Array.of(3e38);
  await demandNotFinite(() => model.vjp({ feeds, cotangent: float32([1, 3], [3e38, 0, 0]) }), gradientOf, "the gradient for a cotangent of 3e38");
  await demandNotFinite(() => model.vjp({ feeds, target: 0, weights }), gradientOf, "the gradient with a weight of 3e38");
  await checkRefused(model, { target: 0, weights }, feeds, "with a weight of 3e38");
}

async function checkRefused(
  model: Model,
  options: { readonly target: number | null; readonly weights?: Float32Array },
  feeds: Parameters<Model["vjp"]>[0]["feeds"],
  what: string,
): Promise<void> {
  await expectRejection(() => new Backprop(model).explain(feeds, options), "RESULT_NOT_FINITE", `An explanation ${what}`);
}

async function demandNotFinite<T extends ForwardResult>(call: () => Promise<T>, valuesOf: (result: T) => Float32Array, what: string): Promise<void> {
  let values: Float32Array;
  try {
    values = valuesOf(await call());
  } catch (error) {
    if (isXDeepError(error, "RESULT_NOT_FINITE")) return;
    throw error;
  }
  demand(
    values.some((value) => !Number.isFinite(value)),
    `${what} is beyond what floats hold, but the answer is ${values.slice(0, 6).join(", ")}.`,
  );
}
