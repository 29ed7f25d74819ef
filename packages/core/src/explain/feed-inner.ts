import { isFloatType } from "../tensors/data-types.ts";
import { XDeepError } from "../errors/error.ts";
import type { Model } from "../contract/model.ts";
import type { ResolvedInput } from "../requests/resolve-input.ts";
import { asUnknownWrt } from "../requests/resolve-values.ts";
import { scoreRows } from "../rows/score-rows.ts";

/**
 * The feeds with these inner values beside the inputs, so that a method can move them. The model computes those that are not fed yet.
 *
 * @throws {XDeepError} WRT_UNKNOWN for a name that the model does not have, or a value that holds no floats or whose first axis is not the batch
 */
export async function feedInner(model: Model, { feeds, rows }: ResolvedInput, names: readonly string[], signal?: AbortSignal): Promise<ResolvedInput> {
  const missing = names.filter((name) => feeds[name] === undefined);
  if (missing.length === 0) return { feeds, rows };
  const { outputs } = await scoreRows(model, { feeds, rows }, { outputs: missing, signal }).catch((error: unknown) => {
    throw asUnknownWrt(error, model.inputs);
  });
  for (const [name, { type, dims }] of Object.entries(outputs)) {
    if (isFloatType(type) && dims[0] === rows) continue;
    throw new XDeepError(
      "WRT_UNKNOWN",
      `Inner value "${name}" is ${type} [${dims.join(", ")}]; a method moves float values whose first axis is the batch, ${rows}.`,
      {
        details: { wrt: name, type, dims },
      },
    );
  }
  return { feeds: { ...feeds, ...outputs }, rows };
}
