/** What a case found wrong. The message alone is enough to find the fault. */
export class ConformanceFailure extends Error {
  override readonly name = "ConformanceFailure";
}

/** @throws {ConformanceFailure} unless `holds` */
export function demand(holds: boolean, message: string): asserts holds {
  if (!holds) throw new ConformanceFailure(message);
}

/** @throws {ConformanceFailure} unless both are the same plain data */
export function demandEqual(actual: unknown, expected: unknown, what: string): void {
  const [got, wanted] = [JSON.stringify(actual), JSON.stringify(expected)];
  demand(got === wanted, `${what}: expected ${wanted}, got ${got}.`);
}
