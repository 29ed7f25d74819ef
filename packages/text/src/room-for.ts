/**
 * How many tokens are kept of one text, or of two, where there is room for `room` of them: the longer text gives way until both are alike, then both do, as in the
 * Python library (`longest_first`).
 */
export function roomFor(room: number, [first, second]: readonly [first: number, second: number]): readonly [first: number, second: number] {
  if (first + second <= room) return [first, second];
  const shorter = Math.min(first, second, Math.floor(room / 2));
  return first > second ? [room - shorter, shorter] : [shorter, room - shorter];
}
