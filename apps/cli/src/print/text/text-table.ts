import { printable } from "@xdeep/core";
import Table from "cli-table3";

/** A column of a text table. */
export interface Column {
  readonly heading: string;
  readonly align?: "left" | "right";
}

const NO_LINES = {
  top: "",
  "top-mid": "",
  "top-left": "",
  "top-right": "",
  bottom: "",
  "bottom-mid": "",
  "bottom-left": "",
  "bottom-right": "",
  left: "",
  "left-mid": "",
  mid: "",
  "mid-mid": "",
  right: "",
  "right-mid": "",
  middle: "  ",
};

/** Rows under headings, or without headings where all are empty; columns as wide as their widest cell, and left out where no row has one; every line indented. */
export function textTable(columns: readonly Column[], rows: readonly (readonly string[])[], indent = ""): string {
  const filled = columns.flatMap((column, n) => (rows.some((row) => row[n] !== "") ? [{ ...column, n }] : []));
  const hasHead = filled.some(({ heading }) => heading !== "");
  const table = new Table({
    chars: NO_LINES,
    style: { "padding-left": 0, "padding-right": 0, head: [], border: [] },
    colAligns: filled.map(({ align }) => align ?? "left"),
    ...(hasHead ? { head: filled.map(({ heading }) => heading) } : {}),
  });
  table.push(...rows.map((row) => filled.map(({ n }) => printable(row[n]!))));
  const lines = table.toString().split("\n");
  return lines.map((line) => `${indent}${line}`.trimEnd()).join("\n");
}
