/** A size as it is typed: a number, or a word or ? for any. */
export type TypedDim = number | string | null;

const isWord = (text: string): boolean => /^[a-z_]\w*$/i.test(text);

/** Sizes as people read and write them: N, 3, 224, 224. What exporters call open sizes, such as `input.0`, says nothing. */
export function writeDims(dims: readonly TypedDim[]): string {
  return dims.map((dim, at) => (typeof dim === "number" || (dim !== null && isWord(dim)) ? dim : at === 0 ? "N" : "?")).join(", ");
}

/** @returns null for what is no list of sizes */
export function readDims(text: string): readonly TypedDim[] | null {
  const words = text.split(/[\s,]+/).filter((word) => word !== "");
  const dims = words.map((word) => (word === "?" ? null : /^\d+$/.test(word) ? Number(word) : word));
  return dims.every((dim) => dim === null || (typeof dim === "number" ? dim > 0 : isWord(dim))) ? dims : null;
}
