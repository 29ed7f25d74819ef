import type { ExplainOptions, Mirrored } from "../contract/explainer.ts";
import type { Model, ValueInfo } from "../contract/model.ts";
import { XDeepError } from "../errors/error.ts";
import { rowAxes } from "../rows/row-axis.ts";
import { isTensor } from "../tensors/tensor.ts";
import type { FloatTensor, Input, Tensor } from "../tensors/tensor.ts";
import { pauses } from "../rows/between-runs.ts";
import { validateFeedsInPieces } from "./validate-feeds.ts";

/** An input in the one form that models take. */
export interface ResolvedInput {
  readonly feeds: Readonly<Record<string, Tensor>>;
  /** N, shared by all feeds that have a batch axis. */
  readonly rows: number;
}

/**
 * Turns what the caller passed into checked feeds. A bare tensor is the input of a one-input model. Where the backend has inner values,
 * a record may feed one of them besides the inputs.
 *
 * @throws {XDeepError} the codes of `validateFeeds`; INPUT_MISSING for a bare tensor where the model has several inputs
 */
export async function resolveInput(model: Model, input: Input, signal?: AbortSignal): Promise<ResolvedInput> {
  const feeds = toFeeds(model, input);
  const innerValues = model.capabilities.innerValues ? innerFeeds(model, feeds) : [];
  return { feeds, rows: await validateFeedsInPieces(feeds, model.inputs, { innerValues }, pauses(signal)) };
}

/**
 * Results in the form of the input. A bare tensor gets one back, of the model's input or, where that holds integers, of the floats made of it;
 * `wrt` that names other values gets a record.
 *
 * @throws {XDeepError} WRT_UNKNOWN for a bare tensor where the model makes several floats of it and `wrt` does not choose
 */
export function mirrorInput(
  model: Model,
  input: Input,
  gradients: Readonly<Record<string, FloatTensor>>,
  { wrt }: Pick<ExplainOptions, "wrt"> = {},
): Mirrored<Input> {
  const names = Object.keys(gradients);
  const only = names.length === 1 ? gradients[names[0]!] : undefined;
  if (!isTensor(input)) return gradients;
  if (only !== undefined && (wrt === undefined || names[0] === model.inputs[0]?.name)) return only;
  if (wrt !== undefined) return gradients;
  throw new XDeepError(
    "WRT_UNKNOWN",
    `The model makes several floats of its input: "${names.join('", "')}". Name one or more in \`wrt\`; the result is then a record.`,
    {
      details: { candidates: names },
    },
  );
}

/** Drops the batch axis where it is 1: (1, C, H, W) → (C, H, W). More rows keep it, and so does what has none. */
export function dropBatchAxis<I extends Input>({ inputs }: Pick<Model, "inputs">, values: Mirrored<I>): Mirrored<I> {
  if (isTensor(values)) return squeeze(values, 0) as Mirrored<I>;
  const axisOf = rowAxes(inputs);
  const entries = Object.entries(values as Readonly<Record<string, FloatTensor>>).map(([name, tensor]) => [name, squeeze(tensor, axisOf(name))]);
  return Object.fromEntries(entries) as Mirrored<I>;
}

function squeeze(tensor: FloatTensor, axis: number | null): FloatTensor {
  return axis !== null && tensor.dims[axis] === 1 ? { ...tensor, dims: tensor.dims.toSpliced(axis, 1) } : tensor;
}

function toFeeds(model: Model, input: Input): Readonly<Record<string, Tensor>> {
  if (typeof input !== "object" || input === null)
    throw new TypeError(`An input is a tensor or a record of tensors by name, got ${input === null ? "null" : typeof input}.`);
  if (!isTensor(input)) return input;
  const names = model.inputs.map(({ name }) => name);
  if (names.length === 1) return { [names[0]!]: input };
  throw new XDeepError(
    "INPUT_MISSING",
    `The model has ${names.length} inputs, so one tensor is not enough: pass a record by the names "${names.join('", "')}".`,
    {
      details: { expected: names },
    },
  );
}

/** Names beyond the inputs, described by what is fed; the model knows whether they exist and which dims they have. */
export function innerFeeds(model: Pick<Model, "inputs">, feeds: Readonly<Record<string, Tensor>>): readonly ValueInfo[] {
  return Object.entries(feeds)
    .filter(([name, tensor]) => isTensor(tensor) && model.inputs.every((info) => info.name !== name))
    .map(([name, { type, dims }]) => ({ name, type, dims: dims.map(() => null), layout: null }));
}
