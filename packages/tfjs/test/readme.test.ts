import { readFileSync } from "node:fs";

import * as core from "@xdeep/core";
import { initializers, layers, sequential } from "@tensorflow/tfjs-layers";
import { expect, it } from "vitest";

import * as guided from "../../guided/src/index.ts";
import { runExample } from "../../test-models/src/index.ts";
import "./engines.ts";
import { artifactsOf, writeModel } from "./model-folder.ts";
import { ENGINE_PACKAGES } from "../src/engine/engine-packages.ts";
import { loadModel } from "../src/index.ts";
import { RECTIFIER_NAMES } from "../src/tape/rectifier.ts";

const url = new URL("../README.md", import.meta.url);
const readme = readFileSync(url, "utf8");

it("the README's example prints what it says", async () => {
  const network = sequential({
    layers: [
      layers.conv2d({ inputShape: [28, 28, 1], filters: 3, kernelSize: 3, activation: "relu", kernelInitializer: initializers.glorotNormal({ seed: 1 }) }),
      layers.conv2d({
        name: "last_conv",
        filters: 3,
        kernelSize: 3,
        strides: 2,
        activation: "relu",
        kernelInitializer: initializers.glorotNormal({ seed: 2 }),
      }),
      layers.flatten(),
      layers.dense({ units: 5, activation: "softmax", kernelInitializer: initializers.glorotNormal({ seed: 3 }) }),
    ],
  });
  const path = await writeModel(await artifactsOf(network));
  const beside = { loadModel: (_: string, options: object) => loadModel(path, options) };
  const logged = await runExample(url, { "@xdeep/core": core, "@xdeep/guided": guided, "@xdeep/tfjs": beside }, {});
  expect(logged).toEqual([[1, 28, 28, 1], 1, 1, 2, [1, 12, 12, 3]]);
});

it("the README has a row and an install line for every engine, and every rectifier", () => {
  for (const [engine, { packageName }] of Object.entries(ENGINE_PACKAGES)) expect(readme).toContain(`| \`"${engine}"\` | \`npm install ${packageName}\` |`);
  for (const name of RECTIFIER_NAMES.filter((known) => known !== "Clip" && known !== "PRelu")) expect(readme).toMatch(new RegExp(`\\b${name}\\b`));
});

it("the README stays short", () => {
  expect(readme.split("\n").length).toBeLessThanOrEqual(120);
});
