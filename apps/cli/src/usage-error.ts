/** A command line that cannot be understood, where that is found out after commander has parsed it. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}
