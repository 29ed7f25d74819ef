import { isXDeepError } from "@xdeep/core";
import type { ForwardResult, Model, Tensor, VjpResult } from "@xdeep/core";

import { describe } from "../run/expect-rejection.ts";
import { ConformanceFailure, demand, demandEqual } from "../run/failure.ts";
import { type RandomRequest, randomRequest } from "./random-request.ts";

/**
 * Sends a request of a seed, right or wrong, and holds the model to the contract: it gives finite results of the promised names and dims, or
 * rejects with an XDeepError, or with a TypeError where a JavaScript type is wrong. Tells whether the request succeeded.
 *
 * @param inner names of inner values that may be asked for
 * @throws {ConformanceFailure} with the seed and the request
 */
export async function checkRandomRequest(model: Model, seed: number, inner: readonly string[] = []): Promise<boolean> {
  const asked = randomRequest(model, seed, inner);
  try {
    return await check(model, asked);
  } catch (error) {
    if (!(error instanceof ConformanceFailure)) throw error;
    throw new ConformanceFailure(`${asked.call} of seed ${seed}, ${JSON.stringify(asked.request, shortened)}: ${error.message}`);
  }
}

async function check(model: Model, asked: RandomRequest): Promise<boolean> {
  let result: ForwardResult | VjpResult;
  try {
    result = await answer(model, asked);
  } catch (error) {
    if (error instanceof ConformanceFailure) throw error;
    const isCoded = isXDeepError(error) && error.message.length > 0;
    demand(isCoded || (asked.mistyped && error instanceof TypeError), `It must succeed or reject with an XDeepError, got ${describe(error)}.`);
    return false;
  }
  // What a wrong type means is not promised where it is let through.
  if (!asked.mistyped) checkResult(model, asked, result);
  return true;
}

function answer(model: Model, { call, request }: RandomRequest): Promise<ForwardResult | VjpResult> {
  try {
    return model[call](request);
  } catch (error) {
    throw new ConformanceFailure(`It must return a promise, whatever is passed, but threw ${describe(error)}.`);
  }
}

function checkResult(model: Model, { call, request }: RandomRequest, result: ForwardResult | VjpResult): void {
  const batched = model.inputs.find((info) => info.batched !== false);
  const rows = batched === undefined ? 1 : request.feeds[batched.name]!.dims[0]!;
  const outputs = request.outputs ?? model.outputs.map(({ name }) => name);
  demandEqual(Object.keys(result.outputs).toSorted(), [...new Set(outputs)].toSorted(), "names of outputs");
  for (const [name, tensor] of Object.entries(result.outputs)) {
    const [, ...dims] = model.outputs.find((info) => info.name === name)?.dims ?? tensor.dims.map(() => null);
    checkTensor(tensor, [rows, ...dims], `output "${name}"`);
  }
  const isScored = call === "vjp" ? request.cotangent === undefined : request.target !== undefined;
  demandEqual([result.target.length, result.scores.length], isScored ? [rows, rows] : [0, 0], "numbers of targets and scores");
  demand(result.scores.every(Number.isFinite), `scores are not finite: ${[...result.scores].join(", ")}.`);
  if (!("gradients" in result)) return;
  for (const [name, tensor] of Object.entries(result.gradients)) {
    const info = model.inputs.find((input) => input.name === name);
    const own = request.feeds[name]?.dims ?? [rows, ...tensor.dims.slice(1)];
    checkTensor(tensor, request.weights !== undefined && info?.batched !== false ? [1, ...own.slice(1)] : own, `gradient of "${name}"`);
  }
}

function checkTensor({ dims, data }: Tensor, expected: readonly (number | null)[], what: string): void {
  const fits = dims.length === expected.length && dims.every((dim, axis) => dim === (expected[axis] ?? dim));
  demand(fits, `${what} must have dims ${JSON.stringify(expected)}, got [${dims.join(", ")}].`);
  const size = dims.reduce((product, dim) => product * dim, 1);
  demand(data.length === size, `${what} must hold ${size} elements, got ${data.length}.`);
  demand((data as Float32Array).every(Number.isFinite), `${what} is not finite.`);
}

/** Arrays of numbers by their first entries, so that a request is one line. */
function shortened(_: string, value: unknown): unknown {
  if (!ArrayBuffer.isView(value)) return typeof value === "bigint" ? Number(value) : value;
  const values = Array.from(value as Float32Array, Number);
  return values.length <= 6 ? values : [...values.slice(0, 6), `… ${values.length} in all`];
}
