import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

interface Diagnostic {
  readonly code: string;
  readonly filename: string;
}

const root = fileURLToPath(new URL("..", import.meta.url));
const oxlint = join(root, "node_modules/oxlint/bin/oxlint");

/** What must not be imported, and where. */
const FORBIDDEN: readonly (readonly [file: string, specifier: string])[] = [
  ["packages/core/src/a.ts", "@xdeep/onnx"],
  ["packages/core/src/b.ts", "onnxruntime-common"],
  ["packages/core/src/c.ts", "node:fs"],
  ["packages/core/src/d.ts", "pure-rand/generator/mersenne"],
  ["packages/guided/src/a.ts", "@xdeep/onnxruntime"],
  ["packages/guided/src/b.ts", "onnxruntime-node"],
  ["packages/integrated/src/a.ts", "@xdeep/guided"],
  ["packages/integrated/src/b.ts", "@tensorflow/tfjs-core"],
  ["packages/smooth/src/a.ts", "@xdeep/tfjs"],
  ["packages/metrics/src/a.ts", "@xdeep/guided"],
  ["packages/metrics/src/b.ts", "@xdeep/onnxruntime"],
  ["packages/image/src/a.ts", "@xdeep/guided"],
  ["packages/map/src/a.ts", "@xdeep/image"],
  ["packages/text/src/a.ts", "@xdeep/onnxruntime"],
  ["packages/onnx/src/a.ts", "@xdeep/autodiff"],
  ["packages/autodiff/src/rules/a.ts", "@xdeep/onnxruntime"],
  ["packages/autodiff/src/rules/b.ts", "@xdeep/reference"],
  ["packages/onnxruntime/src/a.ts", "@xdeep/guided"],
  ["packages/onnxruntime/src/b.ts", "@tensorflow/tfjs-core"],
  ["packages/tfjs/src/a.ts", "@xdeep/autodiff"],
  ["packages/tfjs/src/b.ts", "onnxruntime-common"],
  ["packages/conformance/src/a.ts", "@xdeep/onnxruntime"],
  ["packages/conformance/src/b.ts", "onnxruntime-node"],
  ["packages/worker/src/a.ts", "@xdeep/onnxruntime"],
  ["packages/export/src/a.ts", "onnxruntime-node"],
  ["packages/brand-new/src/a.ts", "@xdeep/core"],
  ["packages/brand-new/src/b.ts", "lodash"],
  ["packages/guided/src/c.ts", "lodash"],
  ["packages/onnxruntime/src/c.ts", "sharp"],
  ["apps/cli/src/a.ts", "@xdeep/reference"],
  ["apps/cli/src/b.ts", "@xdeep/core/src/model.ts"],
  ["apps/cli/src/c.ts", "../../../packages/core/src/model.ts"],
  ["packages/smooth/src/b.ts", "../../core/src/model.ts"],
  ["packages/smooth/src/c.test.ts", "@xdeep/core/dist/model.js"],
];

/** What may be imported. */
const ALLOWED: readonly (readonly [file: string, specifier: string])[] = [
  ["packages/guided/src/ok.ts", "@xdeep/core"],
  ["packages/guided/src/ok2.ts", "@xdeep/core/method"],
  ["packages/smooth/src/ok.test.ts", "@xdeep/integrated"],
  ["packages/metrics/src/ok.ts", "@xdeep/smooth"],
  ["packages/image/src/ok.ts", "@xdeep/map/values"],
  ["packages/text/src/ok.ts", "@huggingface/tokenizers"],
  ["packages/autodiff/src/rules/ok.ts", "@xdeep/onnx"],
  ["packages/autodiff/src/rules/ok.spec.ts", "@xdeep/reference"],
  ["packages/onnxruntime/src/ok.ts", "@xdeep/autodiff"],
  ["packages/onnxruntime/src/ok2.ts", "onnxruntime-common"],
  ["packages/tfjs/src/ok.ts", "@tensorflow/tfjs-core"],
  ["packages/conformance/src/ok.ts", "@xdeep/smooth"],
  ["packages/export/src/ok.ts", "@xdeep/onnxruntime"],
  ["apps/cli/src/ok.ts", "@xdeep/onnxruntime"],
  ["apps/playground/src/ok.ts", "@xdeep/image/browser"],
];

let folder: string;
let reported: readonly Diagnostic[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "xdeep-boundaries-"));
  await cp(join(root, ".oxlintrc.json"), join(folder, ".oxlintrc.json"));
  for (const [file, specifier] of [...FORBIDDEN, ...ALLOWED]) await write(file, `import { x } from "${specifier}";\nexport const y = x;\n`);
  await write("packages/guided/src/lazy.ts", 'export const load = (): Promise<unknown> => import("@xdeep/tfjs");\n');
  await write("packages/guided/src/passed-on.ts", 'export { loadModel } from "@xdeep/onnxruntime";\n');
  await write("packages/guided/src/type.ts", 'export type { LoadModelOptions } from "@xdeep/onnxruntime";\n');
  await write("packages/guided/src/type-ring-a.ts", 'import type { B } from "./type-ring-b.ts";\nexport type A = { readonly b: B };\n');
  await write("packages/guided/src/type-ring-b.ts", 'import type { A } from "./type-ring-a.ts";\nexport type B = { readonly a: A };\n');
  await write("packages/guided/src/ring-a.ts", 'import { b } from "./ring-b.ts";\nexport const a = (): unknown => b;\n');
  await write("packages/guided/src/ring-b.ts", 'import { a } from "./ring-a.ts";\nexport const b = (): unknown => a;\n');
  reported = await lint();
});

afterAll(() => rm(folder, { recursive: true }));

async function write(file: string, text: string): Promise<void> {
  await mkdir(dirname(join(folder, file)), { recursive: true });
  await writeFile(join(folder, file), text);
}

/** The findings of this repository's rules in the folder; finding any is an exit code of 1. */
async function lint(): Promise<readonly Diagnostic[]> {
  const { stdout } = await promisify(execFile)(process.execPath, [oxlint, "--format=json"], { cwd: folder }).catch((error: { stdout: string }) => error);
  return (JSON.parse(stdout) as { diagnostics: readonly Diagnostic[] }).diagnostics;
}

const codesOf = (file: string): string[] => reported.filter(({ filename }) => filename === file).map(({ code }) => code);
const RESTRICTED = ["eslint(no-restricted-imports)"];

describe("the direction of dependencies", () => {
  it.each(FORBIDDEN)("%s may not import %s", (file) => {
    expect(codesOf(file)).toEqual(RESTRICTED);
  });

  it.each(ALLOWED)("%s may import %s", (file) => {
    expect(codesOf(file)).toEqual([]);
  });

  it.each(["lazy.ts", "passed-on.ts", "type.ts"])("holds for every form of import: %s", (file) => {
    expect(codesOf(`packages/guided/src/${file}`)).toEqual(RESTRICTED);
  });

  it("has no circles", () => {
    expect(codesOf("packages/guided/src/ring-a.ts")).toEqual(["import(no-cycle)"]);
    expect(codesOf("packages/guided/src/type-ring-a.ts")).toEqual(["import(no-cycle)"]);
  });
});
