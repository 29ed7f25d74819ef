/** Units of a double array, as darts-clone packs them: the label of the edge that leads here, where the children lie, and whether a text may end here. */
const label = (unit: number): number => unit & 0x800000ff;
const offset = (unit: number): number => (unit >>> 10) << ((unit & 0x200) >>> 6);
const hasLeaf = (unit: number): boolean => ((unit >>> 8) & 1) === 1;
const value = (unit: number): number => unit & 0x7fffffff;

/** Longer clusters than this, in bytes of UTF-8, are replaced character by character. */
const LONGEST_CLUSTER = 5;

/**
 * The normalizer `Precompiled` of SentencePiece: replaces characters by a table that the file carries, NFKC and more for most models.
 *
 * What a person sees as one character is looked up whole where it is short, and else in its parts; of what begins with an entry of the table, all is replaced, as
 * SentencePiece does.
 *
 * @param table base64: the size of a trie in bytes, its units (uint32), and what characters become, with a zero byte after each
 * @throws where it is no such table
 * @see https://github.com/google/sentencepiece/blob/master/doc/normalization.md
 */
export function precompiled(table: string): (text: string) => string {
  const bytes = Uint8Array.from(atob(table), (character) => character.charCodeAt(0));
  const view = new DataView(bytes.buffer);
  const size = bytes.length < 4 ? 0 : view.getUint32(0, true);
  if (size < 4 || size % 4 !== 0 || 4 + size > bytes.length) throw new Error("its normalizer Precompiled has no table");
  const units = Uint32Array.from({ length: size / 4 }, (_, n) => view.getUint32(4 + 4 * n, true));
  const texts = bytes.subarray(4 + size);
  const encoder = new TextEncoder();
  const decoder = new TextDecoder();

  /** What the shortest beginning that the table has becomes; null where it has none. */
  function replacement(key: Uint8Array): string | null {
    let at = offset(units[0]!);
    for (const byte of key) {
      if (byte === 0) return null;
      at ^= byte;
      const unit = units[at] ?? 0;
      if (label(unit) !== byte) return null;
      at ^= offset(unit);
      if (hasLeaf(unit)) {
        const start = value(units[at]!);
        return decoder.decode(texts.subarray(start, texts.indexOf(0, start)));
      }
    }
    return null;
  }

  const clusters = new Intl.Segmenter("en", { granularity: "grapheme" });
  return (text) => {
    let normalized = "";
    for (const { segment } of clusters.segment(text)) {
      const key = encoder.encode(segment);
      const whole = key.length <= LONGEST_CLUSTER ? replacement(key) : null;
      normalized += whole ?? Array.from(segment, (character) => replacement(encoder.encode(character)) ?? character).join("");
    }
    return normalized;
  };
}
