import { readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { OperatorTable } from "../operator-call.ts";
import { operators } from "./index.ts";

const files = readdirSync(import.meta.dirname, { recursive: true, encoding: "utf8" })
  .map((file) => file.replaceAll("\\", "/"))
  .filter((file) => file.endsWith(".ts") && !/^index\.|\.test\.ts$/.test(file));
const tables = await Promise.all(
  files.map(async (file) => {
    const exports = (await import(/* @vite-ignore */ `./${file}`)) as Readonly<Record<string, unknown>>;
    return Object.entries(exports).flatMap(([name, table]) => (name.endsWith("Operators") ? [table as OperatorTable] : []));
  }),
);

describe("the table of operators", () => {
  it("has the operators of every file", () => {
    expect(tables.map((found) => found.length)).toEqual(files.map(() => 1));
    expect(Object.keys(operators).sort()).toEqual(tables.flat().flatMap(Object.keys).sort());
  });
});
