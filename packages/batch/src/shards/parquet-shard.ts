import type { FloatTensor } from "@xdeep/core";
import { type BasicType, type ColumnSource, parquetWriteBuffer } from "hyparquet-writer";

import type { Json } from "../manifest/manifest.ts";
import type { Outcome, RowRecord } from "../rows/row-record.ts";

/**
 * A shard as one table: a row for every row, failed ones too. Attributions are the bytes of little-endian float32, with their dims beside them: lists
 * of that many floats take longer to write than to compute.
 */
export function parquetBytes(rows: readonly RowRecord[], explained: readonly Outcome[], names: readonly string[], about: Json): Uint8Array {
  const tensors = (name: string): readonly (FloatTensor | null)[] => rows.map(({ at }) => (at === null ? null : explained[at]!.values![name]!));
  const column = (name: string, type: BasicType, of: (row: RowRecord) => unknown): ColumnSource => ({ name, type, data: rows.map((row) => of(row) ?? null) });
  const columnData: ColumnSource[] = [
    column("row", "INT64", ({ row }) => BigInt(row)),
    column("name", "STRING", ({ name }) => name),
    column("sha256", "STRING", ({ sha256 }) => sha256),
    column("label", "STRING", ({ label }) => label),
    column("target", "STRING", ({ target }) => (target === undefined ? null : JSON.stringify(target))),
    column("target_name", "STRING", ({ targetName }) => targetName),
    column("score", "DOUBLE", ({ score }) => score),
    column("error_code", "STRING", ({ error }) => error?.code),
    column("error_message", "STRING", ({ error }) => error?.message),
    column("facts", "STRING", ({ facts }) => (facts === undefined ? null : JSON.stringify(facts))),
  ];
  const delta = (name: string): ColumnSource => column(`${name}.delta`, "DOUBLE", ({ deltas }) => deltas?.[name]);
  const known = new Set(rows.flatMap(({ deltas }) => Object.keys(deltas ?? {})));
  for (const name of known) if (!names.includes(name)) columnData.push(delta(name));
  for (const name of names) {
    columnData.push(
      delta(name),
      { name: `${name}.dims`, type: "STRING", data: tensors(name).map((tensor) => (tensor === null ? null : JSON.stringify(tensor.dims))) },
      {
        name,
        type: "BYTE_ARRAY",
        encoding: "PLAIN",
        codec: "UNCOMPRESSED",
        statistics: false,
        data: tensors(name).map((tensor) => (tensor === null ? null : bytesOf(tensor))),
      },
    );
  }
  return new Uint8Array(parquetWriteBuffer({ columnData, kvMetadata: [{ key: "xdeep", value: JSON.stringify(about) }] }));
}

export function bytesOf({ data }: FloatTensor): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}
