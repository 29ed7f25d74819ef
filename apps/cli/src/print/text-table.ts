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

/** Rows under headings, or without headings where all are empty; columns as wide as their widest cell; every line indented. */
export function textTable(columns: readonly Column[], rows: readonly (readonly string[])[], indent = ""): string {
  const hasHead = columns.some(({ heading }) => heading !== "");
  const table = new Table({
    chars: NO_LINES,
    style: { "padding-left": 0, "padding-right": 0, head: [], border: [] },
    colAligns: columns.map(({ align }) => align ?? "left"),
    ...(hasHead ? { head: columns.map(({ heading }) => heading) } : {}),
  });
  table.push(...rows.map((row) => row.map(printable)));
  const lines = table.toString().split("\n");
  return lines.map((line) => `${indent}${line}`.trimEnd()).join("\n");
}
