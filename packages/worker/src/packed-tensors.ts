/**
 * A message with its arrays ready to be moved rather than copied. Arrays that are views on larger memory, or that the caller keeps, are copied
 * first, so that no more than their own elements travel and nothing of the caller's is taken away.
 *
 * @param keep whether the arrays stay the sender's: true for requests, false for results
 */
export function packed<T extends object>(message: T, keep: boolean): { readonly message: T; readonly transfer: ArrayBuffer[] } {
  const buffers = new Set<ArrayBuffer>();
  const copy = (value: unknown): unknown => {
    if (ArrayBuffer.isView(value)) return movable(value as Float32Array, keep, buffers);
    if (Array.isArray(value)) return value.map(copy);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, copy(each)]));
  };
  return { message: copy(message) as T, transfer: [...buffers] };
}

function movable(array: Float32Array, keep: boolean, buffers: Set<ArrayBuffer>): Float32Array {
  const isWhole = array.buffer instanceof ArrayBuffer && array.byteLength === array.buffer.byteLength;
  // Memory that two arrays share is moved once; a second array on it gets a copy of its own.
  const mine = keep || !isWhole || buffers.has(array.buffer as ArrayBuffer) ? array.slice() : array;
  // Memory of WebAssembly threads cannot be moved, and is copied on its way.
  if (mine.buffer instanceof ArrayBuffer) buffers.add(mine.buffer);
  return mine;
}
