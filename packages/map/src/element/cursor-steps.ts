import type { AttributionMap } from "../values/attribution-map.ts";
import { byStrength } from "../values/place-shares.ts";

/**
 * Where a key leads from a place of the map, null for none: arrows to the neighbours, Home to the first and End to the last, Page Down and Page Up
 * to the next weaker and the next stronger value. Undefined for keys that mean nothing here; null for Escape.
 */
export function stepFrom(map: AttributionMap, at: number | null, key: string): number | null | undefined {
  const { width, height } = map;
  if (key === "Escape") return null;
  if (key === "Home") return 0;
  if (key === "End") return map.data.length - 1;
  if (key === "PageDown" || key === "PageUp") return byRank(map, at, key === "PageDown" ? 1 : -1);
  const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[key];
  if (step === undefined) return undefined;
  const from = at ?? Math.floor(height / 2) * width + Math.floor(width / 2);
  if (at === null) return from;
  const column = Math.min(width - 1, Math.max(0, (from % width) + step[0]!));
  const row = Math.min(height - 1, Math.max(0, Math.floor(from / width) + step[1]!));
  return row * width + column;
}

function byRank(map: AttributionMap, at: number | null, step: 1 | -1): number {
  const order = byStrength(map);
  if (at === null) return order[0]!;
  return order[Math.min(order.length - 1, Math.max(0, order.indexOf(at) + step))]!;
}
