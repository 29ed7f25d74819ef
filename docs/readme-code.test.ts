import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { cp, mkdir, mkdtemp, readFile, readdir, rename, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));

/** What the text around an example says that it has, by package and number of the block. */
const GIVEN: Readonly<Record<string, string>> = {
  "core-0": "declare const model: import('@xdeep/core').Model;",
  "guided-0": "declare const model: import('@xdeep/core').Model;",
  "integrated-0": "declare const model: import('@xdeep/core').Model;",
  "export-0": "declare const model: import('@xdeep/core').Model;",
  "layers-0": "declare const model: import('@xdeep/core').Model;",
  "metrics-0": "declare const model: import('@xdeep/core').Model;",
  "relevance-0": "declare const model: import('@xdeep/core').Model;",
  "map-0": `
    declare const explainer: import('@xdeep/core').Explainer, tensor: import('@xdeep/core').FloatTensor, picture: import("@xdeep/map").PicturePixels;`,
  "worker-0": "declare const image: import('@xdeep/core').FloatTensor, signal: AbortSignal;",
  "smooth-0": "declare const model: import('@xdeep/core').Model;",
  "image-1": `
    import { preprocess, renderOverlay, rgbaFromRgb } from "@xdeep/image/browser";
    declare const context: CanvasRenderingContext2D, file: File, values: import('@xdeep/core').FloatTensor;`,
};

/** Stands in for what examples take from Node, whose types those who run them have: a test runner, files and paths. Fastify's types, which the server's example needs, bring `process`. */
const NODE = `
  declare module "node:test" { export const describe: (name: string, body: () => void) => void, it: typeof describe; }
  declare module "node:path" { export const resolve: (...parts: readonly string[]) => string; }
  declare module "node:fs/promises" { export const readFile: (path: string, encoding: "utf8") => Promise<string>; }`;

/** A user's project: our packages as they would be installed, with types alone, and no @types/node. */
let project: string;

beforeAll(async () => {
  project = await mkdtemp(join(tmpdir(), "xdeep-readme-code-"));
  await writeFile(join(project, "package.json"), '{ "type": "module" }');
  await installTypes();
  await mkdir(join(project, "examples"));
  await writeFile(join(project, "examples", "node.d.ts"), NODE);
  for (const folder of [".", ...(await publicPackages())]) await writeExamples(folder);
});

afterAll(() => rm(project, { recursive: true, force: true }));

describe("the code of the READMEs compiles under strict TypeScript, without @types/node", () => {
  it.each([
    ["NodeNext", "NodeNext"],
    ["ESNext", "Bundler"],
  ])("module %s, resolution %s", async (module, moduleResolution) => {
    const compilerOptions = {
      target: "ES2022",
      lib: ["ES2022", "DOM"],
      types: [],
      module,
      moduleResolution,
      strict: true,
      exactOptionalPropertyTypes: true,
      skipLibCheck: false,
      noEmit: true,
    };
    const config = join(project, `tsconfig.${moduleResolution}.json`);
    await writeFile(config, JSON.stringify({ compilerOptions, include: ["examples"] }));
    const errors = (await tsc("-p", config)).split("\n").filter((line) => line.includes("error"));
    // Declarations of the engines are checked with the rest, and do not all hold: TensorFlow.js misses a type and declares WebGPU again.
    expect(errors.filter((line) => /^\S*(examples|@xdeep)\//.test(line))).toEqual([]);
  });

  it("sees the examples, and our types behind them", async () => {
    const examples = await readdir(join(project, "examples"));
    expect(examples.length).toBeGreaterThan(8);
    const wrong = join(project, "wrong.ts");
    await writeFile(wrong, 'import { loadModel } from "@xdeep/onnxruntime";\nconst { backend } = await loadModel("a");\nexport const n: number = backend;\n');
    expect(await tsc("--ignoreConfig", "--module", "NodeNext", "--target", "ES2022", "--strict", "--noEmit", "--types", "", wrong)).toContain(
      "'string' is not assignable to type 'number'",
    );
  });
});

async function publicPackages(): Promise<readonly string[]> {
  const names = await readdir(join(root, "packages"));
  const manifests = await Promise.all(names.map(async (name) => ({ name, manifest: await manifestOf(name) })));
  return manifests.filter(({ manifest }) => manifest.private !== true).map(({ name }) => join("packages", name));
}

async function manifestOf(name: string): Promise<{ readonly name: string; readonly private?: boolean; readonly dependencies?: Record<string, string> }> {
  return JSON.parse(await readFile(join(root, "packages", name, "package.json"), "utf8")) as Awaited<ReturnType<typeof manifestOf>>;
}

/** Writes declarations from the sources, so that no build is needed, and lays them out as in published packages. */
async function installTypes(): Promise<void> {
  const emitted = join(project, "emitted");
  const compilerOptions = {
    noEmit: false,
    declaration: true,
    emitDeclarationOnly: true,
    // Types are checked elsewhere; with isolated declarations none has to be inferred to be written.
    noCheck: true,
    outDir: emitted,
    rootDir: join(root, "packages"),
    typeRoots: [join(root, "node_modules", "@types")],
    allowImportingTsExtensions: false,
    rewriteRelativeImportExtensions: true,
  };
  const config = join(project, "tsconfig.types.json");
  const extended = join(root, "tsconfig.base.json");
  await writeFile(
    config,
    JSON.stringify({ extends: extended, compilerOptions, include: [join(root, "packages/*/src")], exclude: [join(root, "**/*.test.ts")] }),
  );
  expect(await tsc("-p", config)).toBe("");
  const modules = join(project, "node_modules");
  for (const folder of await readdir(emitted)) {
    const { name } = await manifestOf(folder);
    const target = join(modules, name);
    await mkdir(target, { recursive: true });
    await rename(join(emitted, folder, "src"), join(target, "dist"));
    await cp(join(root, "packages", folder, "package.json"), join(target, "package.json"));
    await linkDependencies(join(root, "packages", folder, "node_modules"), modules);
  }
}

/** Packages of others, as they are installed for one of ours. */
async function linkDependencies(from: string, to: string): Promise<void> {
  if (!existsSync(from)) return;
  const entries = await readdir(from, { withFileTypes: true });
  const folders = entries.map(({ name }) => name).filter((name) => !name.startsWith(".") && name !== "@xdeep" && name !== "@types");
  const names = await Promise.all(
    folders.map(async (name) => (name.startsWith("@") ? (await readdir(join(from, name))).map((part) => join(name, part)) : [name])),
  );
  for (const name of names.flat()) {
    await mkdir(dirname(join(to, name)), { recursive: true });
    if (!existsSync(join(to, name))) await symlink(join(from, name), join(to, name));
  }
}

/** Every block of a README as a module of the project. What the text gives goes to the blocks that use it. */
async function writeExamples(folder: string): Promise<void> {
  const text = await readFile(join(root, folder, "README.md"), "utf8");
  for (const [n, [, code]] of [...text.matchAll(/^```(?:js|ts)\n([\s\S]*?)^```/gm)].entries()) {
    const name = `${folder === "." ? "xdeep" : basename(folder)}-${n}`;
    await writeFile(join(project, "examples", `${name}.ts`), `${GIVEN[name] ?? ""}\n${code}\nexport {};\n`);
  }
}

/** What the compiler prints: nothing when all is well. */
function tsc(...argv: readonly string[]): Promise<string> {
  return new Promise((resolve) => {
    execFile(process.execPath, [join(root, "node_modules", "typescript", "bin", "tsc"), ...argv], (_, stdout, stderr) => resolve(`${stdout}${stderr}`));
  });
}
