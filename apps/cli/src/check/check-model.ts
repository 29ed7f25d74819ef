import { basename } from "node:path";

import { inspectModel } from "@xdeep/autodiff";
import { checkPortable } from "@xdeep/export";
import { declareDims, loadModelFile } from "@xdeep/onnx";

import { checkLoaded } from "../models/check-loaded.ts";
import type { LoadFlags } from "../models/model-loader.ts";
import { tfjsLoader } from "../models/tfjs-loader.ts";
import { describeCheck } from "../print/print-check.ts";
import { describeFindings } from "../print/print-export.ts";
import { describeLoadedCheck } from "../print/print-loaded-check.ts";
import { UsageError } from "../usage-error.ts";

/** The options of `xdeep check` that say what is looked at. */
export interface CheckFlags extends Pick<LoadFlags, "engine" | "inputDims" | "limit" | "backend" | "backendOption"> {
  readonly values?: boolean;
  readonly portable?: boolean;
}

export interface Checked {
  readonly document: object;
  readonly text: string;
  /** It can be explained, or keeps every rule. */
  readonly isFine: boolean;
}

/**
 * Looks at an ONNX file, or loads and tries any other model.
 *
 * @throws {XDeepError} as reading and loading do; {UsageError} for rules that are none of the model's kind
 */
export async function checkModel(path: string, { values = false, portable = false, ...flags }: CheckFlags): Promise<Checked> {
  const isOnnx = flags.backend === undefined ? !tfjsLoader.accepts(path) : flags.backend === "onnxruntime";
  if (portable && !isOnnx) throw new UsageError("--portable is for ONNX files.");
  return portable ? checkPlaces(path) : isOnnx ? checkOnnx(path, flags, values) : checkOther(path, flags);
}

async function checkOnnx(path: string, { limit, inputDims = {} }: CheckFlags, values: boolean): Promise<Checked> {
  const { model } = await loadModelFile(path);
  const check = inspectModel(declareDims(model, inputDims), { limits: limit });
  const file = basename(path);
  return { document: { file, ...check }, text: describeCheck(check, file, values), isFine: check.explainable };
}

async function checkPlaces(path: string): Promise<Checked> {
  const { bytes } = await loadModelFile(path);
  const findings = checkPortable(bytes);
  const file = basename(path);
  return { document: { file, findings }, text: describeFindings(file, findings), isFine: findings.every(({ severity }) => severity !== "error") };
}

async function checkOther(path: string, flags: CheckFlags): Promise<Checked> {
  const check = await checkLoaded(path, { ...flags, gpu: false });
  return { document: check, text: describeLoadedCheck(check), isFine: check.explainable };
}
