import { readFile, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

import sharp from "sharp";
import { describe, expect, it } from "vitest";

import type { ExplanationRecord } from "../src/explain/explanation.ts";
import { readNpy } from "../src/inputs/npy-file.ts";
import { detectorModel, pictureModel, writeTestModel, writeTestPicture } from "./models.ts";
import { runCli, temporaryFolder } from "./run-cli.ts";

/** A picture, its model and labels in a folder, and what is the same for all runs. */
async function started(): Promise<{ readonly folder: string; readonly argv: readonly string[] }> {
  const folder = await temporaryFolder();
  const model = await writeTestModel(folder, "net.onnx", pictureModel());
  const picture = await writeTestPicture(folder, "red.png", { r: 255, g: 51, b: 0 });
  await writeFile(join(folder, "labels.txt"), "red\ngreen\nnone at all\n");
  return { folder, argv: ["explain", model, picture, "--preset", "unit", "-l", join(folder, "labels.txt"), "--steps", "3", "--samples", "2"] };
}

const METHODS = "smooth-integrated,grad-cam";

describe("--target given several times", () => {
  it("explains each by every method with the numbers of separate runs, in files named by the target", async () => {
    const { folder, argv } = await started();
    const together = join(folder, "together");
    const targets = ["none at all", "red - green"];
    const flags = targets.flatMap((target) => ["-t", target]);
    const { code, stdout } = await runCli([...argv, "-m", METHODS, ...flags, "-o", together, "--json"]);
    expect(code).toBe(0);
    const { explanations } = JSON.parse(stdout) as { readonly explanations: readonly ExplanationRecord[] };
    expect(explanations.map(({ name, asked }) => [name, asked])).toEqual(METHODS.split(",").flatMap((name) => targets.map((target) => [name, target])));
    expect((await readdir(together)).filter((file) => file.endsWith(".npy"))).toEqual(
      METHODS.split(",")
        .flatMap((name) => ["none_at_all", "red_-_green"].map((part) => `red.net.${name}.${part}.npy`))
        .toSorted(),
    );
    for (const target of targets) {
      const alone = join(folder, target);
      await runCli([...argv, "-m", METHODS, "-t", target, "-o", alone]);
      for (const { name, rows, files } of explanations.filter(({ asked }) => asked === target)) {
        const record = JSON.parse(await readFile(join(alone, `red.net.${name}.json`), "utf8")) as ExplanationRecord;
        expect(rows).toEqual(record.rows);
        for (const { file } of Object.values(files.attributions))
          expect(await readNpy(join(together, file))).toEqual(await readNpy(join(alone, `red.net.${name}.npy`)));
      }
    }
  });

  it("lays them side by side in the sheet and in the report, each with its target and score", async () => {
    const { folder, argv } = await started();
    const flags = ["-m", METHODS, "-t", "red", "-t", "green", "-o", folder, "--render", "sheet", "--report", join(folder, "report.html")];
    const { code, stdout } = await runCli([...argv, ...flags]);
    expect(code).toBe(0);
    expect(stdout.match(/explained +(\w+)/g)?.map((line) => line.split(/ +/)[1])).toEqual(["red", "green", "red", "green"]);
    const page = await readFile(join(folder, "report.html"), "utf8");
    expect([...page.matchAll(/<xdeep-map caption="([^"]*)"/g)].map(([, caption]) => caption)).toEqual([
      "smooth-integrated · red",
      "smooth-integrated · green",
      "grad-cam · red",
      "grad-cam · green",
    ]);
    expect(page).toContain('"layer":"rectified"');
    const one = await runCli([...argv, "-m", METHODS, "-t", "red", "-o", join(folder, "one"), "--render", "sheet"]);
    expect(one.code).toBe(0);
    const [sheet, single] = await Promise.all([folder, join(folder, "one")].map((at) => sharp(join(at, "sheet.net.png")).metadata()));
    // Two maps more, with a gap before each.
    expect(sheet!.width - single!.width).toBe(2 * (224 + 18));
  });

  it("shows classes that were given by number by their names, and files stay named by the number", async () => {
    const { folder, argv } = await started();
    const { code } = await runCli([
      ...argv,
      "-m",
      "smooth-integrated",
      "-t",
      "0",
      "-t",
      "1 - 0",
      "-t",
      "none",
      "-o",
      folder,
      "--render",
      "sheet",
      "--report",
      join(folder, "report.html"),
    ]);
    expect(code).toBe(0);
    const page = await readFile(join(folder, "report.html"), "utf8");
    expect([...page.matchAll(/<xdeep-map caption="([^"]*)"/g)].map(([, caption]) => caption)).toEqual([
      "smooth-integrated · red",
      "smooth-integrated · green - red",
      "smooth-integrated · none",
    ]);
    expect((await readdir(folder)).filter((file) => file.endsWith(".npy"))).toEqual(
      ["0", "1_-_0", "none"].map((part) => `red.net.smooth-integrated.${part}.npy`),
    );
  });

  it("takes the same target once, and then names files as ever", async () => {
    const { folder, argv } = await started();
    await runCli([...argv, "-m", "integrated,smooth", "-t", "red", "--target", "red", "-o", join(folder, "out")]);
    expect((await readdir(join(folder, "out"))).filter((file) => file.endsWith(".npy"))).toEqual(["red.net.integrated.npy", "red.net.smooth.npy"]);
  });

  it("explains the best anchor of each class of a detector", async () => {
    const folder = await temporaryFolder();
    const model = await writeTestModel(folder, "net.onnx", detectorModel("anchors first"));
    await writeFile(join(folder, "x.json"), "[0.5, -1, 2, 0.25]");
    const { stdout } = await runCli(["explain", model, join(folder, "x.json"), "-t", "*,4", "-t", "*,5", "-t", "2,6", "-o", folder, "--json"]);
    const { explanations } = JSON.parse(stdout) as { readonly explanations: readonly ExplanationRecord[] };
    expect(explanations.map(({ highestOf, rows, files }) => [highestOf, (rows[0]!.target as { index: number[] }).index[1], files.record])).toEqual([
      ["*,4", 4, "x.net.vanilla.4.json"],
      ["*,5", 5, "x.net.vanilla.5.json"],
      [null, 6, "x.net.vanilla.2_6.json"],
    ]);
  });
});
