import { checkOptionNames, demandOption } from "@xdeep/core/method";

import type { Better, Metric } from "../metric.ts";
import { rowsOf } from "../subject/row-values.ts";
import { layerPictureSize, pooledMaps } from "./pooled-map.ts";

export interface MapMeasureOptions {
  /**
   * What is counted: "entry", every number of the attribution as it is; or "position", one number per pixel, channels summed, a layer's map enlarged to
   * the picture where the subject has one, so that maps of different methods are alike. Default "entry".
   */
  readonly features?: "entry" | "position" | undefined;
}

/** A measure of |A| of a row by itself: nothing runs. Null where A is zero everywhere. */
export function mapMeasure(name: string, better: Better, options: MapMeasureOptions, formula: (sizes: Float64Array, total: number) => number): Metric {
  checkOptionNames(name, options, ["features"]);
  const { features = "entry" } = options;
  demandOption(features === "entry" || features === "position", name, "features", features, '"entry" or "position"');
  return {
    name,
    better,
    parameters: { features },
    measure: async (explained) => {
      const rows =
        features === "entry" ? rowsOf(explained.values, explained.rows) : pooledMaps(explained, name, layerPictureSize(explained)).map(({ data }) => data);
      const values = rows.map((row) => {
        const sizes = row.map(Math.abs);
        const total = sizes.reduce((sum, value) => sum + value, 0);
        return total === 0 ? null : formula(sizes, total);
      });
      return { values, ...(values.includes(null) ? { notes: ["An attribution of zeros has no sparseness and no complexity."] } : {}) };
    },
  };
}
