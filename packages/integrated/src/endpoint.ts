import { XDeepError } from "@xdeep/core";
import { asUnknownWrt, checkMovable, isFloatType, movedByDefault, resolveWrt, runEach, scoreInput, scoreRows } from "@xdeep/core/method";
import type { ExplainOptions, Model, ScoreResult, TargetOption, Tensor } from "@xdeep/core";
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
 * Runs the model at x for every target: fixes each row's target there, and finds the inner value that moves where `wrt` names one.
 *
 * @throws {XDeepError} WRT_UNKNOWN, CAPABILITY_MISSING; OPTION_INVALID when an inner value is to move together with another value
 */
export async function findEndpoints(
  model: Model,
  input: ResolvedInput,
  targets: readonly (TargetOption | undefined)[],
  options: ExplainOptions,
): Promise<{ readonly moving: Moving; readonly endpoints: readonly Endpoint[] }> {
  const found = await runEach(targets, options.signal, (target) => findEndpoint(model, input, { ...options, target }));
  return { moving: found[0]!.moving, endpoints: found.map(({ endpoint }) => endpoint) };
}

async function findEndpoint(
  model: Model,
  { feeds, rows }: ResolvedInput,
  options: ExplainOptions,
): Promise<{ readonly moving: Moving; readonly endpoint: Endpoint }> {
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
    return { moving: { feeds, rows, names }, endpoint: await scoreInput(model, { feeds, rows }, options) };
  }
  const { output, target = null, score, signal } = options;
  const scored = await scoreRows(model, { feeds, rows }, { output, target, score, signal, outputs: [inner] }).catch((error: unknown) => {
    throw asUnknownWrt(error, model.inputs);
  });
  return { moving: { feeds: { ...feeds, [inner]: checkInner(inner, scored.outputs[inner]!, rows) }, rows, names }, endpoint: scored };
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
