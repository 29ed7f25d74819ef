import { writeFile } from "node:fs/promises";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { foreignModel, pictureModel, slowModel, writeTestModel, writeTestPicture } from "./models.ts";
import { runCli, temporaryFolder } from "./run-cli.ts";

async function scene(): Promise<{ folder: string; model: string; picture: string }> {
  const folder = await temporaryFolder();
  return {
    folder,
    model: await writeTestModel(folder, "model.onnx", pictureModel()),
    picture: await writeTestPicture(folder, "red.png", { r: 255, g: 51, b: 0 }),
  };
}

describe("failures of model and data exit with 1", () => {
  const cases: readonly (readonly [name: string, code: string, argv: (at: { folder: string; model: string; picture: string }) => readonly string[]])[] = [
    ["a model that is not there", "MODEL_NOT_FOUND", ({ folder, picture }) => [join(folder, "none.onnx"), picture]],
    ["a text file as model", "MODEL_INVALID", ({ folder, picture }) => [join(folder, "text.onnx"), picture]],
    ["a model behind a URL", "MODEL_NOT_FOUND", ({ picture }) => ["https://example.com/model.onnx", picture]],
    ["an operator without a rule", "GRADIENT_MISSING", ({ folder }) => [join(folder, "foreign.onnx"), join(folder, "row.json")]],
    ["a picture that is not there", "IMAGE_INVALID", ({ model, folder }) => [model, join(folder, "none.png")]],
    ["a picture that is none", "IMAGE_INVALID", ({ model, folder }) => [model, join(folder, "text.jpg")]],
    ["a file of numbers that is not there", "INPUT_MISSING", ({ model, folder }) => [model, join(folder, "none.npy")]],
    ["numbers of other dims", "INPUT_SHAPE", ({ model, folder }) => [model, join(folder, "row.json")]],
    ["a class out of range", "TARGET_OUT_OF_RANGE", ({ model, picture }) => [model, picture, "--target", "3"]],
    ["a negative class", "TARGET_OUT_OF_RANGE", ({ model, picture }) => [model, picture, "--target", "-1"]],
    ["a name without labels", "TARGET_INVALID", ({ model, picture }) => [model, picture, "--target", "fox"]],
    [
      "a name that no class has",
      "TARGET_INVALID",
      ({ model, picture, folder }) => [model, picture, "--target", "whale", "--labels", join(folder, "names.txt")],
    ],
    ["a picture as labels", "OPTION_INVALID", ({ model, picture }) => [model, picture, "--labels", picture]],
    ["labels that are not there", "OPTION_INVALID", ({ model, picture, folder }) => [model, picture, "--labels", join(folder, "none.txt")]],
    ["an output that does not exist", "OUTPUT_UNKNOWN", ({ model, picture }) => [model, picture, "--output", "other"]],
    ["a value that does not exist", "WRT_UNKNOWN", ({ model, picture }) => [model, picture, "--wrt", "other"]],
    ["a further input that does not exist", "INPUT_UNKNOWN", ({ model, picture, folder }) => [model, picture, "--input", `other=${join(folder, "row.json")}`]],
    ["a preset file that is not there", "OPTION_INVALID", ({ model, picture, folder }) => [model, picture, "--preset", join(folder, "none.json")]],
    ["a font that is not there", "OPTION_INVALID", ({ model, picture, folder }) => [model, picture, "--render", "sheet", "--font", join(folder, "none.ttf")]],
    ["noise relative to a constant picture", "NOISE_INVALID", ({ model, folder }) => [model, join(folder, "black.png"), "--method", "smooth"]],
  ];

  it.each(cases)("%s: %s", async (_, code, argv) => {
    const at = await scene();
    await writeFile(join(at.folder, "text.onnx"), "this is no model\n");
    await writeFile(join(at.folder, "text.jpg"), "this is no picture\n");
    await writeFile(join(at.folder, "names.txt"), "fox\nfrog\njay\n");
    await writeFile(join(at.folder, "row.json"), "[[1, 2, 3, 4]]");
    await writeTestModel(at.folder, "foreign.onnx", foreignModel());
    await writeTestPicture(at.folder, "black.png", { r: 0, g: 0, b: 0 });
    const result = await runCli(["explain", ...argv(at), "--out", join(at.folder, "out")]);
    expect(result.code).toBe(1);
    expect(result.stderr).toMatch(/^error: /);
    expect(result.stderr).toContain(`[${code}]`);
    expect(result.stderr).not.toMatch(/^\s+at /m);
  });

  it("says the same of a value that does not exist, whatever the method", async () => {
    const { model, picture, folder } = await scene();
    const argv = ["explain", model, picture, "--wrt", "rectifier", "--out", join(folder, "out"), "--method"];
    const messages = new Set<string>();
    for (const method of ["vanilla", "guided", "integrated", "smooth", "smooth-integrated"]) messages.add((await runCli([...argv, method])).stderr);
    expect([...messages]).toEqual([expect.stringMatching(/no float value "rectifier".*Nearest: "rectified", .* \[WRT_UNKNOWN\]\n$/)]);
  });

  it("prints the error as JSON with --json, and the stack with --debug", async () => {
    const { model, picture } = await scene();
    const { stdout, stderr } = await runCli(["explain", model, picture, "--target", "9", "--json", "--debug"]);
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: "TARGET_OUT_OF_RANGE", message: expect.stringContaining("9") as string } });
    expect(stderr).toMatch(/^\s+at /m);
  });
});

describe("a command line that cannot be understood exits with 2", () => {
  it.each([
    ["no command", [], "Usage: xdeep"],
    ["an unknown command", ["explian"], "Did you mean explain"],
    ["no inputs", ["explain", "model.onnx"], "there is nothing to explain: model.onnx. Name inputs behind them, or give a --text."],
    ["an unknown option", ["explain", "m.onnx", "a.png", "--stepz", "3"], "unknown option '--stepz'"],
    ["an unknown method", ["explain", "m.onnx", "a.png", "-m", "lime"], 'There is no method "lime"'],
    ["a method around nothing it can hold", ["explain", "m.onnx", "a.png", "-m", "guided-smooth"], 'There is no method "guided-smooth"'],
    ["an unknown preset", ["explain", "m.onnx", "a.png", "-p", "vgg"], 'There is no preset "vgg"'],
    ["an unknown kind of picture", ["explain", "m.onnx", "a.png", "--render", "movie"], 'There is no "movie"'],
    ["no steps", ["explain", "m.onnx", "a.png", "-n", "0"], "integer, 1 or above"],
    ["a number that is none", ["explain", "m.onnx", "a.png", "--noise-level", "much"], "It is a number"],
    ["two kinds of noise", ["explain", "m.onnx", "a.png", "--noise-level", "0.1", "--noise-std", "1"], "cannot be used with"],
    ["an option that is given twice", ["explain", "m.onnx", "a.png", "-n", "1", "--steps", "2"], "'-n, --steps <n>' is given twice"],
    ["several targets to measure", ["evaluate", "m.onnx", "a.png", "-t", "1", "--target", "2"], "'-t, --target <class>' is given twice"],
    ["several targets in one file", ["export", "m.onnx", "-t", "1", "--target", "2"], "'-t, --target <class>' is given twice"],
    ["several targets in shards", ["explain", "m.onnx", "a.png", "-t", "1", "-t", "2", "--workers", "1"], "--target is given several times, and shards"],
    ["models alone", ["explain", "m.onnx", "n.onnx"], "there is nothing to explain"],
    [
      "a picture in front of its model",
      ["explain", "cat.png", "m.onnx"],
      '"cat.png" is a picture; models stand in front of what they are to explain: xdeep explain m.onnx cat.png',
    ],
    ["no folder for results", ["explain", "m.onnx", "cat.png", "-o", ""], "It names nothing."],
    ["a folder in place of a page", ["explain", "m.onnx", "cat.png", "--report", "."], "there is a folder of that name"],
    ["a backend that is not there", ["explain", "m.onnx", "a.png", "--backend", "nothing"], 'a package "xdeep-backend-nothing" or "nothing"'],
    ["dims that are none", ["explain", "m.onnx", "a.png", "--input-dims", "x=1,,2"], "image=N,3,224,224"],
    ["a colour that is none", ["explain", "m.onnx", "a.png", "--background", "#12"], "#rrggbb"],
    ["an input without a file", ["explain", "m.onnx", "a.png", "--input", "mask"], "name of an input"],
  ])("%s", async (_, argv, message) => {
    const { code, stdout, stderr } = await runCli(argv);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(message);
  });
});

it("teaches with --help", async () => {
  const program = await runCli(["--help"]);
  expect(program.code).toBe(0);
  expect(program.stdout).toContain("Examples:");
  const { code, stdout } = await runCli(["explain", "--help"]);
  expect(code).toBe(0);
  for (const word of ["vanilla", "guided", "deconvnet", "integrated", "smooth"]) expect(stdout).toMatch(new RegExp(`^  ${word} +\\S`, "m"));
  expect((await runCli(["--version"])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
});

it("stops between runs when it is interrupted, and exits with 130", async () => {
  const folder = await temporaryFolder();
  const side = 64;
  const model = await writeTestModel(folder, "slow.onnx", slowModel(side, 8));
  const row = Array.from({ length: side }, (_, y) => Array.from({ length: side }, (__, x) => Math.cos(x + y)));
  await writeFile(join(folder, "x.json"), JSON.stringify([row]));
  const controller = new AbortController();
  const argv = ["explain", model, join(folder, "x.json"), "--method", "smooth", "--samples", "1000000", "--target", "0,0", "--out", join(folder, "out")];
  const { code, stderr } = await runCli(argv, {
    signal: controller.signal,
    onOutput: (text) => {
      if (text.includes("highest of")) setTimeout(() => controller.abort(), 50);
    },
  });
  expect({ code, stderr }).toEqual({ code: 130, stderr: "Interrupted.\n" });
});
