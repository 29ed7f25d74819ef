/** Copies an array, for a message that takes the copy away. */
export type CopyArray = (array: Float32Array) => Float32Array;

export interface Packed<T> {
  readonly message: T;
  readonly transfer: ArrayBuffer[];
}

/** A request with its arrays copied, ready to be moved: those of the caller stay his. */
export function packedRequest<T extends object>(message: T, copy: CopyArray): Packed<T> {
  return packed(message, copy);
}

/** A result with its arrays ready to be moved rather than copied. Only views on larger memory are copied, so that no more than their own elements travel. */
export function packedResult<T extends object>(message: T): Packed<T> {
  return packed(message, (array, isTaken) => {
    const isWhole = array.buffer instanceof ArrayBuffer && array.byteLength === array.buffer.byteLength;
    // Memory that two arrays share is moved once; a second array on it gets a copy of its own.
    return isWhole && !isTaken ? array : copyInto(new ArrayBuffer(array.byteLength), array);
  });
}

/** An array of the same kind and elements, on other memory. The kind is the tag's, since a Buffer's `slice` copies nothing. */
export function copyInto(memory: ArrayBuffer, array: Float32Array): Float32Array {
  new Uint8Array(memory).set(new Uint8Array(array.buffer, array.byteOffset, array.byteLength));
  const kinds = globalThis as unknown as Readonly<Record<string, new (memory: ArrayBuffer) => Float32Array>>;
  return new kinds[array[Symbol.toStringTag]]!(memory);
}

function packed<T extends object>(message: T, take: (array: Float32Array, isTaken: boolean) => Float32Array): Packed<T> {
  const buffers = new Set<ArrayBuffer>();
  const copy = (value: unknown): unknown => {
    if (ArrayBuffer.isView(value)) {
      const mine = take(value as Float32Array, buffers.has(value.buffer as ArrayBuffer));
      buffers.add(mine.buffer as ArrayBuffer);
      return mine;
    }
    if (Array.isArray(value)) return value.map(copy);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, copy(each)]));
  };
  return { message: copy(message) as T, transfer: [...buffers] };
}
