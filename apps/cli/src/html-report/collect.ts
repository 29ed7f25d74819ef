import { type AttributionJSON, type FloatTensor, sliceRows } from "@xdeep/core";
import { createAttribution } from "@xdeep/core/method";
import { type RgbImage, encodeJpeg, resizeImage, writeWholeFile } from "@xdeep/image";
import { sumTokens } from "@xdeep/text/attribution";

import type { ExplanationRecord, Explanation } from "../explain/explanation.ts";
import type { Failure } from "../explain/report.ts";
import type { Labels } from "../inputs/labels.ts";
import type { PreparedInput } from "../inputs/prepare-input.ts";
import { isOfTokens } from "../inputs/prepare-text.ts";
import { pictureOf } from "../write/picture-of.ts";
import { type MapDetail, detailOf, strongest } from "./map-detail.ts";
import { reportPage } from "./page.ts";
import type { ReportInput, ReportMap } from "./report-input.ts";
import { smallMap } from "./small-map.ts";

/** Gathers what a run finds, for one page that stands alone. */
export interface HtmlReport {
  add(input: PreparedInput, explanations: readonly Explanation[], records: readonly ExplanationRecord[], features: Labels | null): Promise<void>;
  /** Writes the page. @throws {XDeepError} WRITE_FAILED */
  write(told: { readonly warnings: readonly string[]; readonly failures: readonly Failure[] }): Promise<void>;
}

/** Side of pictures in pixels. */
const PICTURE_SIDE = 320;
const MOST_ROWS = 8;

/**
 * @param path of the page
 * @param maps how many there will be, so that the page stays small: many are shown in less detail
 * @param command that made it, without the program's own name
 */
export function createHtmlReport(path: string, maps: number, command: readonly string[]): HtmlReport {
  const detail = detailOf(maps, 2);
  const inputs: ReportInput[] = [];
  return {
    async add(input, explanations, records, features) {
      const rows = records[0]!.rows.slice(0, MOST_ROWS).map((_, row) => ({
        row,
        methods: explanations.map(({ values }, n) => ({ record: records[n]!, maps: mapsOf(values, records[n]!, row, { input, features, detail }) })),
      }));
      inputs.push({ picture: await shownPicture(input.picture), rows, left: records[0]!.rows.length - rows.length });
    },
    async write(told) {
      const { MAP_SCRIPT: element } = await import("@xdeep/map/script");
      await writeWholeFile(path, reportPage({ element, inputs, command, made: new Date(), ...told }));
    },
  };
}

interface MapOptions {
  readonly input: PreparedInput;
  readonly features: Labels | null;
  readonly detail: MapDetail;
}

function mapsOf(values: Explanation["values"], record: ExplanationRecord, row: number, { input, features, detail }: MapOptions): readonly ReportMap[] {
  return Object.entries(values).map(([value, tensor]) => {
    const one = sliceRows(tensor, row, row + 1);
    const picture = pictureOf(value, one, record.layer, input);
    if (picture !== null) {
      const small = smallMap(picture, input.layout, detail.side);
      return { value, attribution: attributionOf(small, record, row), isOver: fits(small, input.picture), names: null, kind: "picture" };
    }
    if (input.text !== null && isOfTokens(one, input.text)) {
      const { tokens } = input.text;
      const sums = sumTokens(
        one,
        tokens.map((_, at) => [at]),
      );
      return { value, attribution: attributionOf(sums, record, row), isOver: false, names: tokens.map(({ text }) => text), kind: "words" };
    }
    const shown = strongest(one, detail.features);
    const names = shown.places.map((at) => features?.[at] ?? String(at));
    return { value, attribution: attributionOf(shown.tensor, record, row), isOver: false, names, kind: "bars" };
  });
}

function attributionOf(values: FloatTensor, record: ExplanationRecord, row: number): AttributionJSON {
  const { target, score, convergence } = record.rows[row]!;
  return createAttribution({
    values,
    target: [target],
    scores: Float32Array.of(score),
    output: record.output,
    ...(record.layer === null ? {} : { layer: record.layer.name }),
    ...(convergence === undefined ? {} : { convergenceDelta: Float32Array.of(convergence.delta) }),
    provenance: {
      method: record.method,
      rule: record.rule,
      rectifiers: record.rectifiers,
      notes: record.notes,
      score: record.score,
      backend: record.model.backend,
      engine: record.model.engine,
      versions: record.versions,
    },
  }).toJSON();
}

/** A map of other proportions would point at the wrong places. */
function fits({ dims }: FloatTensor, picture: RgbImage | null): boolean {
  return picture !== null && Math.abs(dims[2]! / dims[3]! - picture.height / picture.width) < 0.05;
}

async function shownPicture(picture: RgbImage | null): Promise<ReportInput["picture"]> {
  if (picture === null) return null;
  const shrink = PICTURE_SIDE / Math.max(picture.width, picture.height);
  const size = { width: Math.max(1, Math.round(picture.width * shrink)), height: Math.max(1, Math.round(picture.height * shrink)) };
  const shown = shrink < 1 ? resizeImage(picture, { preset: "unit", resize: "stretch", interpolation: "lanczos", size }) : picture;
  const bytes = await encodeJpeg(shown);
  return { url: `data:image/jpeg;base64,${Buffer.from(bytes).toString("base64")}`, width: shown.width, height: shown.height };
}
