/**
 * Weights whose sum of slopes is smaller by `delta`: between neighbours weight moves from one to the other, most where they are far apart and differ much, and
 * as little as will do in the sum of squares. The kinks of a network lie anywhere between two points, while a rule takes them to be in the middle.
 * Undefined where more than half a stretch would have to move.
 */
export function closeDelta(alphas: readonly number[], slopes: readonly number[], weights: Float64Array, delta: number): Float64Array | undefined {
  const moves = slopes.slice(1).map((slope, k) => (alphas[k + 1]! - alphas[k]!) ** 2 * (slope - slopes[k]!));
  const yields = moves.reduce((sum, move, k) => sum + move * (slopes[k + 1]! - slopes[k]!), 0);
  const closed = weights.slice();
  for (const [k, move] of moves.entries()) {
    const moved = (-delta * move) / yields;
    if (!(Math.abs(moved) <= (alphas[k + 1]! - alphas[k]!) / 2)) return undefined;
    closed[k] = closed[k]! - moved;
    closed[k + 1] = closed[k + 1]! + moved;
  }
  return closed;
}
