const INTEGERS = [
  0n,
  1n,
  -1n,
  2n,
  3n,
  7n,
  64n,
  255n,
  1000n,
  65_536n,
  2n ** 20n,
  2n ** 31n - 1n,
  2n ** 31n,
  2n ** 33n,
  2n ** 53n,
  2n ** 62n,
  2n ** 63n - 1n,
  -(2n ** 63n),
  -(2n ** 31n),
];
const NUMBERS = [0, 1, -1, 2, 3, 7, 16, 1000, 2 ** 20, 2 ** 31 - 1, -(2 ** 31)];
const FLOATS = [0, 1, -1, 0.5, 1e-30, 1e30, Infinity, -Infinity, NaN];
const TEXTS = [
  "",
  "__proto__",
  "constructor",
  "toString",
  "x",
  "y",
  "\u001b[2J",
  "a\u0000b",
  "NOTSET",
  "SAME_UPPER",
  "linear",
  "constant",
  "reflect",
  "ij,jk->ik",
];

/** Changes some fields of a message, or of those in it, in place: whatever they are, they keep their types. */
export function mutateFields(message, random) {
  const places = [];
  collect(message, places);
  for (let changes = 1 + random.below(3); changes > 0 && places.length > 0; changes -= 1) change(random.pick(places), random);
}

function collect(value, places) {
  for (const key of Object.keys(value)) {
    if (key.startsWith("$")) continue;
    places.push({ owner: value, key });
    const field = value[key];
    const inner = Array.isArray(field) ? field.filter((item) => isMessage(item)) : isMessage(field) ? [field] : [];
    for (const item of inner) collect(item, places);
  }
}

function isMessage(value) {
  return typeof value === "object" && value !== null && !(value instanceof Uint8Array) && !Array.isArray(value);
}

function change({ owner, key }, random) {
  const field = owner[key];
  if (Array.isArray(field)) return changeList(field, random);
  // The case of a oneof goes with its value.
  if (key === "case" || key === "$typeName") return;
  if (isMessage(field)) {
    if (random.chance(0.5) && !("case" in owner)) delete owner[key];
    return;
  }
  owner[key] = changedScalar(field, random, key);
}

function changeList(list, random) {
  const at = random.below(list.length + 1);
  const action = random.below(6);
  if (action === 0 && list.length > 0) list.splice(Math.min(at, list.length - 1), 1);
  else if (action === 1 && list.length > 0) list.splice(at, 0, random.pick(list));
  else if (action === 2 && list.length > 1) list.reverse();
  else if (action === 3) list.length = Math.min(list.length, at);
  else if (list.length > 0 && !isMessage(list[0])) list[Math.min(at, list.length - 1)] = changedScalar(list[0], random);
}

function changedScalar(value, random, key = "") {
  switch (typeof value) {
    case "bigint":
      return random.chance(0.3) ? value + BigInt(random.below(5) - 2) : random.pick(INTEGERS);
    case "number":
      return key === "f" || !Number.isInteger(value) ? random.pick(FLOATS) : random.chance(0.3) ? value + random.below(5) - 2 : random.pick(NUMBERS);
    case "string":
      return random.chance(0.5) ? random.pick(TEXTS) : `${value}${random.pick(["", "_", "'", "{", "*", "0"])}`;
    case "boolean":
      return !value;
    default:
      return value instanceof Uint8Array ? changedBytes(value, random) : value;
  }
}

function changedBytes(bytes, random) {
  if (bytes.length === 0 || random.chance(0.2)) return bytes.slice(0, random.below(bytes.length + 1));
  const copy = bytes.slice();
  // Whole int64 elements, as shapes and axes are stored.
  if (bytes.length % 8 === 0 && random.chance(0.7)) new DataView(copy.buffer).setBigInt64(8 * random.below(bytes.length / 8), random.pick(INTEGERS), true);
  else copy[random.below(copy.length)] ^= 1 << random.below(8);
  return copy;
}
