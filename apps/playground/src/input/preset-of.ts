import { PRESETS, type Preprocessing, type PresetName } from "@xdeep/image";

/** What a preset says of numbers; sizes, and how pictures are fitted to them, are the model's or the visitor's. */
const NUMBERS = ["channels", "scale", "mean", "std"] as const;

/** The preset whose numbers these are; null where there is none. */
export function presetOf(preprocessing: Preprocessing): PresetName | null {
  const numbers = (of: Preprocessing): string => JSON.stringify(NUMBERS.map((name) => of[name]));
  return (Object.keys(PRESETS) as PresetName[]).find((name) => numbers(PRESETS[name]) === numbers(preprocessing)) ?? null;
}
