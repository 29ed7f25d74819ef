import { XDeepError } from "@xdeep/core";
import { asUnknownWrt, checkMovable, isFloatType, movedByDefault, resolveWrt, scoreInput, scoreTargets } from "@xdeep/core/method";
import type { Model, ScoreResult, TargetOption, TargetsOptions, Tensor } from "@xdeep/core";
import type { InnerValues, ResolvedInput } from "@xdeep/core/method";

/** The end of every path: the input, with the values that move towards it. */
export interface Moving {
  /** Every input, and the inner value that moves where one does. */
  readonly feeds: Readonly<Record<string, Tensor>>;
  readonly rows: number;
  /** Names of the values that move. */
  readonly names: readonly string[];
}

/** Each row's target and score there. */
export type Endpoint = ScoreResult;

/**
 * Runs the model at x, once for all targets where that is possible: fixes each row's target there, and finds the inner value that moves where `wrt` names one.
 *
 * @throws {XDeepError} WRT_UNKNOWN, CAPABILITY_MISSING; OPTION_INVALID when an inner value is to move together with another value
 */
export async function findEndpoints(
  model: Model,
  { feeds, rows }: ResolvedInput,
  targets: readonly (TargetOption | undefined)[],
  options: TargetsOptions,
): Promise<{ readonly moving: Moving; readonly endpoints: readonly Endpoint[] }> {
  const isInput = (name: string): boolean => model.inputs.some((input) => input.name === name);
  // The model knows which values there are inside it, and says so when it runs.
  const anyValue: InnerValues = { get: (name) => (isInput(name) ? undefined : { name, type: "float32", dims: [], layout: null }), names: () => [] };
  const names = resolveWrt(model.inputs, options.wrt ?? movedByDefault(model) ?? model.defaultWrt, {
    innerValues: model.capabilities.innerValues ? anyValue : undefined,
  });
  checkMovable(model.inputs, names);
  const inner = names.find((name) => !isInput(name));
  if (inner !== undefined && names.length > 1) {
    throw new XDeepError("OPTION_INVALID", `The inner value "${inner}" moves along the path alone, got wrt: ${names.join(", ")}.`, {
      details: { option: "wrt", got: names },
    });
  }
  if (inner === undefined || feeds[inner] !== undefined) {
    return { moving: { feeds, rows, names }, endpoints: await scoreInput(model, { feeds, rows }, targets, options) };
  }
  const { output, score, signal } = options;
  const argmaxes = targets.map((target) => target ?? null);
  const endpoints = await scoreTargets(model, { feeds, rows }, argmaxes, { output, score, signal, outputs: [inner] }).catch((error: unknown) => {
    throw asUnknownWrt(error, model.inputs);
  });
  return { moving: { feeds: { ...feeds, [inner]: checkInner(inner, endpoints[0]!.outputs[inner]!, rows) }, rows, names }, endpoints };
}

function checkInner(name: string, tensor: Tensor, rows: number): Tensor {
  if (isFloatType(tensor.type) && tensor.dims[0] === rows) return tensor;
  throw new XDeepError(
    "WRT_UNKNOWN",
    `Inner value "${name}" is ${tensor.type} [${tensor.dims.join(", ")}]; a path needs a float value whose first axis is the batch, ${rows}.`,
    {
      details: { wrt: name, type: tensor.type, dims: tensor.dims },
    },
  );
}
