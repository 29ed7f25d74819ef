import { readFile } from "node:fs/promises";
import { expect, it, vi } from "vitest";
import * as onnx from "./index.ts";

const readme = await readFile(new URL("../README.md", import.meta.url), "utf8");

it("the example of the README runs", () => {
  const [, code = ""] = /```ts\n([^]*?)```/.exec(readme) ?? [];
  const body = code.replace(/import \{([^}]*)\} from "@xdeep\/onnx";/, "const {$1} = onnx;");
  expect(body).not.toContain("import");
  const log = vi.fn<(value: unknown) => void>();
  new Function("onnx", "console", body)(onnx, { log });
  const printed = /console\.log.*\/\/ (.*)/.exec(code)?.[1] ?? "";
  expect(log.mock.calls).toEqual([[JSON.parse(printed)]]);
});

it("the README names only what is exported", () => {
  const table = readme.slice(readme.indexOf("| Task |"), readme.indexOf("Spreading a message"));
  const names = [...table.matchAll(/`(\w{2,})`/g)].map(([, name]) => name as string);
  expect(names.length).toBeGreaterThan(20);
  expect(names.filter((name) => !(name in onnx))).toEqual([]);
});

it("the README is short", () => {
  expect(readme.split("\n").length).toBeLessThanOrEqual(120);
});
