import { existsSync, readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { drawScene } from "@xdeep/demo";
import * as guided from "@xdeep/guided";
import * as image from "@xdeep/image";
import * as integrating from "@xdeep/integrated";
import { loadModelFile, valueInfoProto, withFields, writeModel } from "@xdeep/onnx";
import * as onnxruntime from "@xdeep/onnxruntime";
import { runExample } from "@xdeep/test-models";
import { describe, expect, it } from "vitest";

const readme = new URL("../README.md", import.meta.url);
const text = readFileSync(readme, "utf8");
const manifest = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as { scripts: Record<string, string> };

/** The demo's network without its fixed size: it averages over the picture, so that it takes any. */
async function networkOfAnySize(): Promise<Uint8Array> {
  const { model } = await loadModelFile(new URL("../apps/demo/model/shapes.onnx", import.meta.url));
  const { graph } = model;
  const input = [valueInfoProto("image", "float32", ["N", 3, "height", "width"])];
  return writeModel(withFields(model, { graph: withFields(graph!, { input }) }));
}

describe("README", () => {
  it("has an example that runs as it stands", async () => {
    const folder = await mkdtemp(join(tmpdir(), "xdeep-readme-"));
    const before = process.cwd();
    try {
      process.chdir(folder);
      await writeFile("model.onnx", await networkOfAnySize());
      await image.writePng("photo.jpg", drawScene(2_000_003).image);
      const modules = { "@xdeep/guided": guided, "@xdeep/image": image, "@xdeep/integrated": integrating, "@xdeep/onnxruntime": onnxruntime };
      const [line] = await runExample(readme, modules, {});
      expect(line).toMatch(/^class \d, score -?\d+\.\d+, not accounted for: -?\d+\.\d+(e-\d+)?$/);
      expect(await image.decodeImage("explanation.png")).toMatchObject({ width: 224, height: 224 });
    } finally {
      process.chdir(before);
      await rm(folder, { recursive: true });
    }
  });

  it("links to what exists", () => {
    const pages = [...text.matchAll(/\]\((?!https?:)([^)#]+)\)/g)].map(([, path]) => path!);
    expect(pages.length).toBeGreaterThan(10);
    expect(pages.filter((path) => !existsSync(fileURLToPath(new URL(path, readme))))).toEqual([]);
  });

  it("names scripts that exist", () => {
    const named = [...text.matchAll(/(?:npm run|npx pnpm) ([\w:]+)/g)].map(([, name]) => name!);
    expect(named.length).toBeGreaterThan(1);
    expect(named.filter((name) => manifest.scripts[name] === undefined)).toEqual([]);
  });

  it("stays short", () => {
    expect(text.split("\n").length).toBeLessThanOrEqual(120);
  });
});
