import { writeFile } from "node:fs/promises";
import { join } from "node:path";

import { type Attribution, type Model, type Tensor, float32 } from "@xdeep/core";
import { createNoise } from "@xdeep/core/method";
import { modelProto, nodeProto, tensorProto, valueInfoProto, writeModel } from "@xdeep/onnx";
import { loadModel } from "@xdeep/onnxruntime";
import { afterAll, describe, expect, it } from "vitest";

import { ALONE_WORDS } from "../src/explain/methods/alone-method.ts";
import type { ExplanationRecord } from "../src/explain/explanation.ts";
import { SETTINGS, checkSettings, settingWarnings, settingsOf } from "../src/explain/methods/method-settings.ts";
import { METHOD_WORDS, createExplainer, resolveMethods } from "../src/explain/methods/method.ts";
import type { MethodSettings, Setting } from "../src/explain/methods/settings.ts";
import { SERVED_METHODS } from "../src/serve/open-served.ts";
import { runCli, temporaryFolder } from "./run-cli.ts";

/** A network on whose paths the gradient turns, with a layer and rectifiers that cut some gradients off. */
const network = (): Uint8Array =>
  writeModel(
    modelProto({
      nodes: [
        nodeProto("Tanh", ["picture"], ["bent"]),
        nodeProto("Conv", ["bent", "kernels"], ["mixed"]),
        nodeProto("Relu", ["mixed"], ["rectified"]),
        nodeProto("GlobalAveragePool", ["rectified"], ["pooled"]),
        nodeProto("Flatten", ["pooled"], ["means"]),
        nodeProto("Tanh", ["means"], ["turned"]),
        nodeProto("Gemm", ["turned", "weights"], ["scores"], { transB: 1 }),
      ],
      inputs: [valueInfoProto("picture", "float32", ["N", 3, 4, 4])],
      outputs: [valueInfoProto("scores", "float32", ["N", 2])],
      initializers: [
        tensorProto("kernels", { type: "float32", dims: [3, 3, 1, 1], data: Float32Array.of(2, -1, 0.5, -1, 1, 1, 1, 2, -2) }),
        tensorProto("weights", { type: "float32", dims: [2, 3], data: Float32Array.of(4, -2, 1, -1, 3, 0.5) }),
      ],
    }),
  );
const picture = float32([1, 3, 4, 4], Float32Array.from(createNoise(1).next(48)));

/** A value of each setting that is not what it is by default. */
const VALUES: Readonly<Record<Setting, unknown>> = {
  aggregate: "variance",
  baseline: 0.5,
  methodOption: { composite: "epsilon" },
  multiplyByInputs: false,
  noiseLevel: 0.3,
  noiseStd: 1,
  quadrature: "left",
  rectifiers: ["Elu"],
  samples: 3,
  seed: 7,
  steps: 3,
  takeMax: true,
  tolerance: 1e-6,
  wrt: ["bent"],
};
const WORDS = [...Object.keys(METHOD_WORDS), "smooth-integrated-guided", ...Object.keys(ALONE_WORDS)];
const METHODS = await resolveMethods(WORDS);
const PAIRS = METHODS.flatMap((method) => SETTINGS.map((setting) => ({ name: method.name, setting, method, takes: settingsOf(method).has(setting) })));

let loaded: Promise<Model> | undefined;
const model = (): Promise<Model> => (loaded ??= loadModel(network()));
afterAll(async () => (await loaded)?.dispose());

describe("a setting of a method", () => {
  it("stands in the table, as every option of the command does", () => {
    expect(Object.keys(VALUES).toSorted()).toEqual([...SETTINGS].toSorted());
  });

  it.each(PAIRS.filter(({ takes, setting }) => takes && setting !== "takeMax"))("changes what $name gives: $setting", async ({ method, setting }) => {
    const explain = async (settings: MethodSettings, wrt?: readonly string[]): Promise<Attribution<Readonly<Record<string, Tensor>>>> => {
      const explainer = createExplainer(await model(), method, { samples: 2, ...settings });
      return explainer.explain({ picture }, { target: 0, wrt }) as never;
    };
    const value = VALUES[setting];
    checkSettings([method], { [setting]: value });
    const run = setting === "wrt" ? explain({}, value as readonly string[]) : explain({ [setting]: value });
    // It multiplies what is fed, and says so.
    if (method.name === "input-x-gradient") return expect(run).rejects.toMatchObject({ code: "WRT_UNKNOWN" });
    const given = await run;
    return expect(given.values).not.toEqual((await explain({})).values);
  });

  it.each(PAIRS.filter(({ takes }) => !takes))("is refused by name where $name does not take it: $setting", ({ method, setting }) => {
    let error: unknown;
    try {
      checkSettings([method], { [setting]: VALUES[setting] });
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toMatchObject({ code: "OPTION_INVALID", details: { option: setting, methods: [method.name] } });
    const takers = PAIRS.filter((pair) => pair.setting === setting && pair.takes && pair.name !== "smooth-integrated-guided").map(({ name }) => name);
    const { message } = error as Error;
    expect(takers.filter((name) => !new RegExp(`[ ,]${name}[,.]`).test(message))).toEqual([]);
  });

  it("is for the methods of a list that take it, and paths to a layer say what they do not take", async () => {
    const methods = await resolveMethods(["vanilla", "integrated", "conductance@rectified"]);
    checkSettings(methods, { tolerance: 0.1, steps: 4 });
    expect(settingWarnings(methods, { tolerance: 0.1, steps: 4 })).toEqual(["conductance@rectified takes no --tolerance: it is left out there."]);
    expect(settingWarnings(methods, { baseline: ["1"], multiplyByInputs: true })).toEqual([]);
  });

  it.each([["explain"], ["explain", "--workers", "1"], ["evaluate"], ["export"]])(
    "is refused by xdeep %s %s %s before anything is written",
    async (...command) => {
      const folder = await temporaryFolder();
      const path = join(folder, "net.onnx");
      await writeFile(path, network());
      await writeFile(join(folder, "x.json"), JSON.stringify({ dims: picture.dims, data: [...picture.data] }));
      const [name, ...flags] = command as [string, ...string[]];
      const inputs = name === "export" ? [] : [join(folder, "x.json")];
      const { code, stderr } = await runCli([name, path, ...inputs, ...flags, "-m", "conductance", "--tolerance", "0.1", "-o", join(folder, "out")]);
      expect(stderr).toContain(
        "--tolerance is not for conductance, and would change nothing. Leave it out, or add a method that takes it: integrated. [OPTION_INVALID]",
      );
      expect(code).toBe(1);
    },
  );

  it("is refused by the server where the method does not take it", async () => {
    const create = async (name: string, parameters: Readonly<Record<string, unknown>>): Promise<unknown> =>
      SERVED_METHODS.create(await model(), name, parameters as never);
    await expect(create("vanilla", { tolerance: 1 })).rejects.toMatchObject({ code: "OPTION_INVALID", details: { option: "tolerance" } });
    await expect(create("integrated", { std: 1 })).rejects.toMatchObject({ code: "OPTION_INVALID", details: { option: "std" } });
    await expect(create("smooth", { n: 2, std: 1 })).resolves.toBeDefined();
  });

  it("--take-max reduces the channels of every method that takes it", async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, "net.onnx"), network());
    await writeFile(
      join(folder, "x.json"),
      JSON.stringify([[...Array(3).keys()].map((c) => [0, 1, 2, 3].map((y) => [0, 1, 2, 3].map((x) => Math.sin(c + 5 * y + x))))]),
    );
    const methods = PAIRS.filter(({ setting, takes, name }) => setting === "takeMax" && takes && !name.endsWith("-lrp")).map(({ name }) => name);
    const common = [join(folder, "net.onnx"), join(folder, "x.json"), "-t", "0", "--samples", "2", "-o", folder, "--json"];
    const { code, stdout, stderr } = await runCli(["explain", ...common, "-m", methods.join(","), "--take-max"]);
    expect([code, stderr]).toEqual([0, ""]);
    const { explanations } = JSON.parse(stdout) as { readonly explanations: readonly ExplanationRecord[] };
    expect(explanations.map(({ name, files }) => [name, files.attributions["picture"]!.dims])).toEqual(methods.map((name) => [name, [1, 1, 4, 4]]));
  });
});
