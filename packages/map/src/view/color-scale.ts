/** Red, green, blue, 0…255. */
type RgbColor = readonly [number, number, number];

/** From nothing to much: Inferno of matplotlib, grows evenly brighter, and is safe for colour-blind people. */
export const SEQUENTIAL: readonly string[] = ["#000004", "#1b0c41", "#4a0c6b", "#781c6d", "#a52c60", "#cf4446", "#ed6925", "#fb9b06", "#f7d13d", "#fcffa4"];

/** What speaks against, as one colour: of bars and, by their strength, of words. */
export const AGAINST = "#4393c3";
/** What speaks for. */
export const FOR = "#e08214";

/** Against in blue, for in orange, as ColorBrewer's RdBu and PuOr; safe for colour-blind people. Zero is near white. */
export const DIVERGING: readonly string[] = ["#053061", "#2166ac", AGAINST, "#92c5de", "#d1e5f0", "#f7f7f7", "#fee0b6", "#fdb863", FOR, "#b35806", "#7f3b08"];

/** Colours of positions 0…1, evenly spaced stops with straight lines between. */
export function colorScale(stops: readonly string[]): (position: number) => RgbColor {
  const colors = stops.map(parseHex);
  const last = colors.length - 1;
  return (position) => {
    const at = Math.min(1, Math.max(0, position)) * last;
    const below = Math.min(last - 1, Math.floor(at));
    return mix(colors[below]!, colors[below + 1]!, at - below);
  };
}

function mix(a: RgbColor, b: RgbColor, share: number): RgbColor {
  const channel = (n: 0 | 1 | 2): number => Math.round(a[n] + (b[n] - a[n]) * share);
  return [channel(0), channel(1), channel(2)];
}

/** Channels of "#rrggbb". */
export function parseHex(hex: string): RgbColor {
  const bits = Number.parseInt(hex.slice(1), 16);
  return [bits >> 16, (bits >> 8) & 255, bits & 255];
}
