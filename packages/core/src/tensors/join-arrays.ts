/** Numbers of parts one behind the other, in a new array of their kind. */
export function joinArrays<T extends Uint8Array | Float32Array | Float64Array>(kind: new (length: number) => T, parts: readonly T[]): T {
  const whole = new kind(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
