// Writes the network of model/shapes.onnx for TensorFlow.js, into model/shapes-tfjs.
//
//   pnpm --filter @xdeep/demo build && node train/to-tfjs.mjs
import { mkdir, writeFile } from "node:fs/promises";
import { toLayersModel } from "@xdeep/demo";
import { loadModelFile } from "@xdeep/onnx";

const folder = new URL("../model/shapes-tfjs/", import.meta.url);
const { model } = await loadModelFile(new URL("../model/shapes.onnx", import.meta.url));
await mkdir(folder, { recursive: true });
for (const [name, bytes] of Object.entries(toLayersModel(model, "shapes"))) await writeFile(new URL(name, folder), bytes);
