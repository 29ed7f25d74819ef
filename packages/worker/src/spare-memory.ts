import { type CopyArray, copyInto } from "./packed-tensors.ts";

/** Smaller arrays cost nothing worth keeping memory for. */
const LEAST = 2 ** 16;
/** Bytes that are kept at most. */
const MOST = 2 ** 25;

/**
 * Memory of requests that a worker has answered and given back, for the copies of the next ones. New memory for a batch of pictures costs more than to copy them, and
 * brings the next full collection of garbage nearer, which stops the thread for milliseconds.
 */
export class SpareMemory {
  readonly #spare: ArrayBuffer[] = [];

  readonly copy: CopyArray = (array) => {
    const at = this.#spare.findIndex(({ byteLength }) => byteLength === array.byteLength);
    const memory = at < 0 ? new ArrayBuffer(array.byteLength) : this.#spare.splice(at, 1)[0]!;
    return copyInto(memory, array);
  };

  /** The newest are kept. */
  keep(memories: readonly ArrayBuffer[]): void {
    this.#spare.unshift(...memories.filter(({ byteLength }) => byteLength >= LEAST && byteLength <= MOST));
    while (this.#spare.reduce((sum, { byteLength }) => sum + byteLength, 0) > MOST) this.#spare.pop();
  }
}

/** The memory of a request's arrays that is not in what goes out as its result. */
export function memoryOf(request: object, { transfer }: { readonly transfer: readonly ArrayBuffer[] }): readonly ArrayBuffer[] {
  const found = new Set<ArrayBuffer>();
  const look = (value: unknown): void => {
    if (ArrayBuffer.isView(value)) found.add(value.buffer as ArrayBuffer);
    else if (typeof value === "object" && value !== null) Object.values(value).forEach(look);
  };
  look(request);
  return [...found].filter((memory) => memory.byteLength >= LEAST && !transfer.includes(memory));
}
