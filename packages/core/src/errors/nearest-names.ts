/** Up to `count` of `candidates`, the ones most like `name` first, those that contain it before all others: for messages about unknown names. */
export function nearestNames(name: string, candidates: Iterable<string>, count = 3): readonly string[] {
  const wanted = name.toLowerCase();
  return [...candidates]
    .map((candidate) => ({ candidate, contains: candidate.toLowerCase().includes(wanted), distance: editDistance(wanted, candidate.toLowerCase()) }))
    .toSorted((a, b) => Number(b.contains) - Number(a.contains) || a.distance - b.distance)
    .slice(0, count)
    .map(({ candidate }) => candidate);
}

/** Levenshtein distance, one row of the table at a time. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(substitution, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[b.length]!;
}
