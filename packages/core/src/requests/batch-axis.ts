import { XDeepError } from "../errors/error.ts";

/** What a model says of an input: a size, the name of a size, or nothing (null) for each axis. */
export interface DeclaredInput {
  readonly name: string;
  readonly dims: readonly (number | string | null)[];
}

/** Which inputs have the batch as their leading axis, and how large it is. */
export interface BatchAxis {
  /** Names of the inputs that have none: they are passed whole. */
  readonly shared: ReadonlySet<string>;
  /** The batch size that the model fixes; null where any goes. */
  readonly fixedBatch: number | null;
}

/**
 * Finds the batch axis of a model's inputs. Scalars have none, and neither has an input whose leading size is fixed beside others that are
 * open, as the state [2, N, 128] of a recurrent network is beside [N, 512]. Where all are fixed, the size that most inputs lead with is the
 * batch, the smallest of several.
 *
 * @param named inputs that the caller knows to have no batch axis
 * @throws {XDeepError} MODEL_INVALID for a batch fixed at 0
 */
export function findBatchAxis(inputs: readonly DeclaredInput[], named: readonly string[] = []): BatchAxis {
  const candidates = inputs.filter(({ name, dims }) => dims.length > 0 && !named.includes(name));
  const isOpen = candidates.some(({ dims }) => typeof dims[0] !== "number");
  const fixedBatch = isOpen ? null : mostFrequent(candidates.map(({ dims }) => dims[0] as number));
  if (fixedBatch === 0) {
    throw new XDeepError("MODEL_INVALID", `The model fixes a batch of 0 rows for its inputs (${candidates.map(({ name }) => `"${name}"`).join(", ")}).`, {
      details: { inputs: candidates.map(({ name }) => name) },
    });
  }
  const batched = new Set(candidates.filter(({ dims }) => (isOpen ? typeof dims[0] !== "number" : dims[0] === fixedBatch)).map(({ name }) => name));
  return { shared: new Set(inputs.filter(({ name }) => !batched.has(name)).map(({ name }) => name)), fixedBatch };
}

function mostFrequent(sizes: readonly number[]): number | null {
  const counts = new Map<number, number>();
  for (const size of sizes) counts.set(size, (counts.get(size) ?? 0) + 1);
  const [best] = [...counts].sort(([a, countA], [b, countB]) => countB - countA || a - b);
  return best?.[0] ?? null;
}
