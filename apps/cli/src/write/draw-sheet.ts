import { type FloatTensor, sliceRows } from "@xdeep/core";
import { type ContactSheetCell, type RgbImage, renderContactSheet } from "@xdeep/image";

import { draw, enlargedPicture, isDrawable } from "./draw.ts";
import type { DrawingFlags } from "../commands/explain-flags.ts";
import type { Explanation } from "../explain/explanation.ts";
import { formatNumber, formatProbability } from "../print/format-number.ts";
import type { PreparedInput } from "../inputs/prepare-input.ts";
import { describeTarget } from "../print/print-explanation.ts";

/** What one input adds to the sheet. */
export interface SheetRow {
  readonly label: string;
  readonly cells: readonly (ContactSheetCell | null)[];
}

/** The input beside the overlay of every method, for the first sample of the file. */
export function sheetRow(input: PreparedInput, explanations: readonly Explanation[], flags: DrawingFlags): SheetRow {
  const [first] = explanations[0]!.record.rows;
  const best = first!.top[0];
  const isProbability = explanations[0]!.record.entries === "probabilities" && best !== undefined;
  const inputCell: ContactSheetCell | null =
    input.picture === null
      ? null
      : {
          image: enlargedPicture(input.picture),
          ...(best === undefined
            ? {}
            : {
                caption: `${best.name ?? `entry ${describeTarget(best.target)}`} ${isProbability ? formatProbability(best.value) : formatNumber(best.value)}`,
              }),
          ...(isProbability ? { bar: Math.min(1, best.value) } : {}),
        };
  return { label: input.file.file, cells: [inputCell, ...explanations.map((explanation) => methodCell(explanation, input, flags))] };
}

/** Inputs below each other, methods side by side. */
export async function drawSheet(rows: readonly SheetRow[], methods: readonly string[], title: string): Promise<RgbImage> {
  return renderContactSheet({ title, columns: ["input", ...methods], rows });
}

function methodCell({ record, values }: Explanation, input: PreparedInput, flags: DrawingFlags): ContactSheetCell | null {
  const tensor: FloatTensor | undefined = values[input.info.name] ?? Object.values(values)[0];
  if (tensor === undefined || !isDrawable(tensor, input.layout)) return null;
  const [drawing] = draw(sliceRows(tensor, 0, 1), input, { ...flags, render: ["overlay"] });
  const [{ target, name }] = record.rows as [Explanation["record"]["rows"][number]];
  return drawing === undefined ? null : { image: drawing.image, caption: `why ${name ?? describeTarget(target)}` };
}
