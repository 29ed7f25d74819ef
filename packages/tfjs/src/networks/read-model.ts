import { XDeepError } from "@xdeep/core";
import { type ByteSource, bytesOf, isByteSource, joinArrays } from "@xdeep/core/backend";
import type { io } from "@tensorflow/tfjs-core";

import type { LoadOptions } from "../options.ts";
import { checkLinks, readResource, resolveResource } from "./resource.ts";

/** A model.json with its weights. */
export interface ModelFile {
  readonly format: "layers-model" | "graph-model";
  readonly artifacts: io.ModelArtifacts;
}

interface ModelJson extends Omit<io.ModelJSON, "modelTopology"> {
  readonly modelTopology?: Readonly<Record<string, unknown>> | null;
}

/** Where a model.json comes from: a path, a URL, or its bytes. */
export type ModelJsonSource = string | URL | ByteSource;

/** How a model.json is read. */
export type ReadModelOptions = Pick<LoadOptions, "followSymlinks" | "weightFiles">;

/**
 * Reads a model.json and the weight files it names, from disk in Node or by fetch, unless they are given.
 *
 * @throws {XDeepError} MODEL_NOT_FOUND, MODEL_INVALID; EXTERNAL_DATA_MISSING for weight files
 */
export async function readModel(source: ModelJsonSource, options: ReadModelOptions = {}): Promise<ModelFile> {
  const address = addressOf(source);
  const named = address === null ? "The model.json" : String(address);
  const bytes = isByteSource(source) ? await bytesOf(source, { code: "MODEL_NOT_FOUND", what: named }) : await readResource(source, "MODEL_NOT_FOUND", "Model");
  const json = parse(bytes, named);
  const manifest = checkedManifest(json.weightsManifest ?? [], named);
  const paths = manifest.flatMap((group) => group.paths);
  const parts = await readFew(paths, (path) => (options.weightFiles === undefined ? readBeside(path, address, options) : givenFile(path, options)));
  const weightSpecs = manifest.flatMap((group) => group.weights);
  const weightData = joinArrays(Uint8Array, parts).buffer as ArrayBuffer;
  checkSize(weightSpecs, weightData.byteLength, named);
  return { format: formatOf(json, named), artifacts: { ...pick(json), modelTopology: json.modelTopology!, weightSpecs, weightData } };
}

/** Null for bytes that come from nowhere in particular. */
function addressOf(source: ModelJsonSource): string | URL | null {
  if (!isByteSource(source)) return source;
  return "url" in source && source.url !== "" ? new URL(source.url) : null;
}

/** Files that are read at a time: a process may have a thousand open, a server answers a few. */
const AT_A_TIME = 16;

async function readFew(paths: readonly string[], read: (path: string) => Promise<Uint8Array>): Promise<readonly Uint8Array[]> {
  const parts: Uint8Array[] = [];
  for (let i = 0; i < paths.length; i += AT_A_TIME) parts.push(...(await Promise.all(paths.slice(i, i + AT_A_TIME).map(read))));
  return parts;
}

async function readBeside(path: string, model: string | URL | null, { followSymlinks = false }: ReadModelOptions): Promise<Uint8Array> {
  if (model === null) throw missingWeights(path);
  const file = resolveResource(path, model);
  if (!followSymlinks) await checkLinks(file, model);
  return readResource(file, "EXTERNAL_DATA_MISSING", "Weight file");
}

function givenFile(path: string, { weightFiles = {} }: ReadModelOptions): Promise<Uint8Array> {
  const file = Object.hasOwn(weightFiles, path) ? weightFiles[path] : undefined;
  if (file === undefined) throw missingWeights(path);
  return bytesOf(file, { code: "EXTERNAL_DATA_MISSING", what: `Weight file "${path}"` });
}

function missingWeights(path: string): XDeepError {
  return new XDeepError("EXTERNAL_DATA_MISSING", `The model keeps weights in "${path}": pass them as weightFiles: { ${JSON.stringify(path)}: file }.`, {
    details: { location: path },
  });
}

function parse(bytes: Uint8Array, named: string): ModelJson {
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder().decode(bytes));
  } catch (cause) {
    throw new XDeepError(
      "MODEL_INVALID",
      `${named} is not JSON. Pass the model.json that the TensorFlow.js converter wrote; ONNX files belong to @xdeep/onnxruntime.`,
      { details: { source: named }, cause },
    );
  }
  return (json ?? {}) as ModelJson;
}

function checkedManifest(manifest: io.WeightsManifestConfig, named: string): io.WeightsManifestConfig {
  const isList = (value: unknown): value is readonly unknown[] => Array.isArray(value);
  const isSize = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0;
  const isWeight = (value: unknown): boolean => {
    const { name, shape, dtype, quantization } = (value ?? {}) as Partial<io.WeightsManifestEntry>;
    return typeof name === "string" && DTYPES.includes(dtype!) && isList(shape) && shape.every(isSize) && isQuantization(quantization);
  };
  const isGroup = (value: unknown): boolean => {
    const { paths, weights } = (value ?? {}) as Partial<io.WeightsManifestConfig[number]>;
    return isList(paths) && paths.every((path) => typeof path === "string") && isList(weights) && weights.every(isWeight);
  };
  const damaged = (problem: string): XDeepError =>
    new XDeepError("MODEL_INVALID", `The weightsManifest of ${named} is damaged: ${problem}.`, { details: { source: named } });
  if (!isList(manifest) || !manifest.every(isGroup)) throw damaged("it must list groups of paths and weights");
  const twice = repeated(manifest.flatMap(({ paths }) => paths)) ?? repeated(manifest.flatMap(({ weights }) => weights.map(({ name }) => name)));
  if (twice !== undefined) throw damaged(`it lists "${twice}" twice`);
  return manifest;
}

const DTYPES: readonly string[] = ["float32", "int32", "bool", "string", "complex64"];

/** Weights that are stored as integers, w = scale · q + min, or as halves. */
function isQuantization(value: unknown): boolean {
  if (value === undefined) return true;
  const { dtype, scale, min } = (value ?? {}) as { readonly dtype?: unknown; readonly scale?: unknown; readonly min?: unknown };
  return dtype === "float16" || ((dtype === "uint8" || dtype === "uint16") && Number.isFinite(scale) && Number.isFinite(min));
}

function repeated(names: readonly string[]): string | undefined {
  const seen = new Set<string>();
  return names.find((name) => seen.size === seen.add(name).size);
}

function formatOf({ format, modelTopology }: ModelJson, named: string): ModelFile["format"] {
  if (modelTopology !== undefined && modelTopology !== null && typeof modelTopology === "object") {
    if (format === "graph-model" || "node" in modelTopology) return "graph-model";
    if (format === "layers-model" || "model_config" in modelTopology || "class_name" in modelTopology) return "layers-model";
  }
  throw new XDeepError("MODEL_INVALID", `${named} is no TensorFlow.js model: it has no modelTopology of a LayersModel or GraphModel.`, {
    details: { source: named, format },
  });
}

/** What loaders read besides topology and weights. */
function pick(json: ModelJson): Omit<io.ModelArtifacts, "modelTopology"> {
  const { format, generatedBy, convertedBy, signature, userDefinedMetadata, modelInitializer, initializerSignature } = json as io.ModelJSON;
  const known = { format, generatedBy, convertedBy, signature, userDefinedMetadata, modelInitializer, initializerSignature };
  return Object.fromEntries(Object.entries(known).filter(([, value]) => value !== undefined && value !== null));
}

const BYTES: Readonly<Record<string, number>> = { float32: 4, int32: 4, bool: 1, complex64: 8, uint8: 1, uint16: 2, float16: 2 };

/** TensorFlow.js would fill up or fail obscurely. String weights have no fixed size, so then nothing is checked. */
function checkSize(specs: readonly io.WeightsManifestEntry[], got: number, named: string): void {
  if (specs.some(({ dtype }) => dtype === "string")) return;
  const expected = specs.reduce(
    (sum, { shape, dtype, quantization }) => sum + shape.reduce((a, b) => a * b, 1) * (BYTES[quantization?.dtype ?? dtype] ?? 4),
    0,
  );
  if (got === expected) return;
  throw new XDeepError(
    "MODEL_INVALID",
    `The weight files of ${named} hold ${got} bytes, its manifest needs ${expected}. They are truncated or belong to another model.`,
    {
      details: { source: named, expected, got },
    },
  );
}
