import { parquetReadObjects } from "hyparquet";
import { expect, it } from "vitest";

import type { Outcome } from "../rows/row-record.ts";
import { parquetBytes } from "./parquet-shard.ts";

it("a Parquet shard has the delta of a method that attributes to several values, which no array is named after", async () => {
  const tensor = { type: "float32", dims: [1], data: Float32Array.of(2) } as const;
  const record = { row: 0, name: "a", sha256: null, at: 0, target: 1, score: 3, deltas: { integrated: 0.5, "integrated.x": 0.25 } } as const;
  const explained: readonly Outcome[] = [{ record, values: { "integrated.x": tensor, "integrated.y": tensor } }];
  const bytes = parquetBytes([record], explained, ["integrated.x", "integrated.y"], null);
  const [row] = await parquetReadObjects({ file: bytes.buffer as ArrayBuffer });
  expect(row).toMatchObject({ "integrated.delta": 0.5, "integrated.x.delta": 0.25, "integrated.y.delta": null });
});
