/** Bytes that stand for lengths, tags and numbers at their bounds. */
const BYTES = [0x00, 0x01, 0x7f, 0x80, 0xff, 0x0a, 0x12, 0x1a, 0x22, 0x2a, 0x3a, 0x08, 0x10, 0x18];

const CHANGES = [
  (bytes, random) => replaced(bytes, random.below(bytes.length), 1, [bytes[random.below(bytes.length)] ^ (1 << random.below(8))]),
  (bytes, random) => replaced(bytes, random.below(bytes.length), 1, [random.pick(BYTES)]),
  (bytes, random) => replaced(bytes, random.below(bytes.length), random.below(16), []),
  (bytes, random) =>
    replaced(
      bytes,
      random.below(bytes.length),
      0,
      Array.from({ length: 1 + random.below(10) }, () => random.below(256)),
    ),
  (bytes, random) => bytes.subarray(0, random.below(bytes.length)),
  (bytes, random) => {
    const [from, length] = [random.below(bytes.length), random.below(64)];
    return replaced(bytes, random.below(bytes.length), 0, bytes.subarray(from, from + length));
  },
  // The largest varint.
  (bytes, random) => replaced(bytes, random.below(bytes.length), 1, [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f]),
];

/** A file with a few of its bytes changed, whatever they mean. */
export function mutateBytes(bytes, random) {
  let mutant = bytes;
  for (let changes = 1 + random.below(4); changes > 0 && mutant.length > 0; changes -= 1) mutant = random.pick(CHANGES)(mutant, random);
  return mutant;
}

function replaced(bytes, at, count, insert) {
  return Buffer.concat([bytes.subarray(0, at), Uint8Array.from(insert), bytes.subarray(at + count)]);
}
