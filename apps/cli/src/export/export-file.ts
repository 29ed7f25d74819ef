import { basename, dirname, extname, join } from "node:path";

import { type Model, type Target, XDeepError } from "@xdeep/core";
import { resolveOutput } from "@xdeep/core/method";
import { type ExportOptions, type ExportedMethods, type PixelInput, checkPortable, exportExplainer, exportExplainerFiles } from "@xdeep/export";
import { writeWholeFile } from "@xdeep/image";
import type { Baseline, BaselineOption } from "@xdeep/integrated";
import { readModel } from "@xdeep/onnx";

import type { ExportFlags } from "../commands/export-flags.ts";
import { longAxes } from "../explain/targets/class-axis.ts";
import { placeTarget } from "../explain/targets/place-target.ts";
import { parseTarget } from "../explain/targets/target-flag.ts";
import { findCompanionFiles } from "../inputs/companion-files.ts";
import { readLabels } from "../inputs/labels.ts";
import { planPictures } from "../inputs/prepare-picture.ts";
import { isTensorFile, readTensorFile } from "../inputs/tensor-file.ts";
import type { Io } from "../io.ts";
import type { LoadedModel } from "../models/model-loader.ts";
import { onnxLoader } from "../models/onnx-loader.ts";
import { describeExport } from "../print/print-export.ts";
import { presetHint } from "../print/print-model.ts";
import { safeName } from "../write/file-stem.ts";
import { describeMethods } from "./exported-methods.ts";
import { type WeightsFile, writeSidecars } from "./sidecar-files.ts";

/**
 * `xdeep export`: writes the file, and says what goes in and what comes out.
 *
 * @throws {XDeepError} as loading and `exportExplainer` do; WRITE_FAILED
 */
export async function exportFile(path: string, flags: ExportFlags, io: Io): Promise<void> {
  const { model, file } = await load(path, flags);
  try {
    const baseline = await baselineOf(flags.baseline, model);
    const methods = await describeMethods(model, flags, baseline);
    const pixels = await pixelsOf(path, model, flags);
    const { out = `${basename(path, extname(path))}.${safeName(flags.method.join("-"))}.onnx` } = flags;
    const options: ExportOptions = {
      profile: flags.profile,
      target: await targetOf(path, flags, model),
      targetInput: flags.targetInput,
      output: flags.output,
      score: flags.score,
      wrt: flags.wrt,
      outputs: flags.only === true ? [] : undefined,
      maxPoints: flags.maxPoints,
      webgpu: flags.webgpu,
      pixels: pixels?.input,
      heatMap: flags.heatMap === true || flags.reduce !== undefined ? { reduce: flags.reduce } : false,
      tensors: { baseline },
      metadata: { "xdeep.source": file.file, "xdeep.source_sha256": file.sha256 },
    };
    const { bytes, weights } = await written(out, model, methods, options, flags);
    for (const { path: place, pieces } of weights) await writeWholeFile(place, pieces);
    await writeWholeFile(out, bytes);
    const beside = [...weights.map(({ path: place }) => place), ...(await writeSidecars(out, bytes, weights, flags))];
    const size = weights.flatMap(({ pieces }) => pieces).reduce((sum, { length }) => sum + length, 0);
    const { document, text } = describeExport({ path: out, beside, weights: size }, bytes, readModel(bytes), checkPortable(bytes));
    io.stdout.write(flags.json === true ? `${JSON.stringify(document, null, 2)}\n` : `${text}${pixels?.hint ?? ""}`);
  } finally {
    await model.dispose();
  }
}

/** The file, and the one of its weights where they are to lie beside it. */
async function written(
  out: string,
  model: Model,
  methods: ExportedMethods,
  options: ExportOptions,
  { externalData = false, spark, beam }: ExportFlags,
): Promise<{ readonly bytes: Uint8Array; readonly weights: readonly WeightsFile[] }> {
  if (!externalData) return { bytes: await exportExplainer(model, methods, options), weights: [] };
  const single = spark === true ? "--spark" : beam === true ? "--beam" : undefined;
  if (single !== undefined) {
    throw new XDeepError("OPTION_INVALID", `${single} is for a model in one file, and --external-data makes two. Leave one of them out.`, {
      details: { option: "externalData" },
    });
  }
  const { bytes, location, data } = await exportExplainerFiles(model, methods, { ...options, location: `${basename(out)}.data` });
  return { bytes, weights: [{ path: join(dirname(out), location), pieces: data }] };
}

/** Pictures of open size get the one that is asked for, and are loaded again. */
async function load(path: string, flags: ExportFlags): Promise<LoadedModel> {
  const { size, inputDims } = flags;
  const loaded = await onnxLoader.load(path, { ...flags, gpu: false });
  if (size === undefined) return loaded;
  const sides = (model: Model): [string, readonly (number | string | null)[]][] =>
    model.inputs.flatMap(({ name, dims, layout }) => {
      if (layout === null) return [];
      return [[name, layout === "NCHW" ? ["N", dims[1]!, size.height, size.width] : ["N", size.height, size.width, dims[3]!]]];
    });
  const sized = sides(loaded.model);
  await loaded.model.dispose();
  if (sized.length === 0) {
    throw new XDeepError(
      "OPTION_INVALID",
      "--size is for pictures, and no input of the model is known to be one. Give its dims by --input-dims, such as image=N,3,224,224.",
      {
        details: { option: "size" },
      },
    );
  }
  return onnxLoader.load(path, { ...flags, gpu: false, inputDims: { ...Object.fromEntries(sized), ...inputDims } });
}

async function targetOf(path: string, { target, labels, output }: ExportFlags, { outputs }: Model): Promise<Target | null> {
  if (target === undefined) return null;
  const names = labels === undefined ? ((await findCompanionFiles(path)).labels?.labels ?? null) : await readLabels(labels);
  const wish = parseTarget(target, names);
  if (wish === null || "max" in wish) return wish;
  const terms = "classes" in wish ? wish.classes.map(({ class: index, weight }) => ({ index, weight })) : wish.terms;
  const [first] = terms;
  if (terms.length > 1 || first!.weight !== 1) return { terms };
  if (typeof first!.index !== "number") return { index: first!.index };
  const scored = outputs.some(({ name }) => name === output) || output === undefined ? resolveOutput(outputs, output) : undefined;
  const rowDims = scored?.dims.slice(1) ?? [];
  const isKnown = rowDims.every((dim) => dim !== null);
  // A class of an output with more axes is its highest entry, which needs no values here.
  if (!isKnown || longAxes(rowDims).length < 2) return first!.index;
  return placeTarget(wish, { name: scored!.name, rowDims, rows: [new Float64Array(0)] }, names?.length ?? null).targets![0]!;
}

/** Numbers, or files that hold one sample. */
async function baselineOf(texts: readonly string[] | undefined, model: Model): Promise<BaselineOption | undefined> {
  if (texts === undefined) return undefined;
  const baselines = await Promise.all(texts.map((text) => oneBaseline(text, model)));
  return baselines.length === 1 ? baselines[0]! : baselines;
}

async function oneBaseline(text: string, { inputs }: Model): Promise<Baseline> {
  const number = Number(text);
  if (text.trim() !== "" && Number.isFinite(number)) return number;
  if (isTensorFile(text)) return readTensorFile(text, inputs[0]!);
  throw new XDeepError("BASELINE_INVALID", `--baseline ${text} is neither a number in units of the model's input nor a .npy or .json file.`, {
    details: { baseline: text },
  });
}

async function pixelsOf(path: string, model: Model, flags: ExportFlags): Promise<{ readonly input: PixelInput; readonly hint: string } | null> {
  if (flags.pixels === undefined) return null;
  const info = model.inputs.find(({ layout }) => layout !== null) ?? model.inputs[0]!;
  const plan = await planPictures(info, { ...flags, size: undefined }, (await findCompanionFiles(path)).pictures);
  const { channels, scale, mean, std } = plan.preprocessing;
  return { input: { type: flags.pixels, input: info.name, channels, scale, mean, std }, hint: presetHint(plan) };
}
