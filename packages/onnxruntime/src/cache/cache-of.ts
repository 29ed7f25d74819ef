import { XDeepError } from "@xdeep/core";
import type { TypedGraph } from "@xdeep/autodiff";
import { writeModelInPieces } from "@xdeep/onnx";
import type { InferenceSession } from "onnxruntime-common";

import type { Device } from "../device.ts";
import type { Engine } from "../engine.ts";
import type { LoadModelOptions } from "../options.ts";
import { VERSION } from "../version.ts";
import { type SessionCache, sessionCache } from "./session-cache.ts";

/** What graphs of a loaded model depend on, besides the kind of call. */
export interface CachedModel {
  readonly graph: TypedGraph;
  readonly axis: { readonly shared: ReadonlySet<string>; readonly fixedBatch: number | null };
  readonly engine: Engine;
  readonly device: Device;
  readonly session: InferenceSession.SessionOptions;
}

/**
 * The cache that was asked for. Rules and lowerings are functions, which cannot be told apart by their bytes: graphs by others than ours are not kept.
 *
 * @throws {XDeepError} OPTION_INVALID where graphs cannot be kept
 */
export async function cacheOf(
  { cache, rules, lowerings }: LoadModelOptions,
  { graph, axis, engine, device, session }: CachedModel,
): Promise<SessionCache | null> {
  if (cache === undefined) return null;
  if (engine.name !== "onnxruntime-node" || device.name !== "cpu") {
    throw new XDeepError(
      "OPTION_INVALID",
      `\`cache\` keeps graphs of onnxruntime-node on a CPU; this model runs on ${engine.name} (${device.name}). Leave it out.`,
      {
        details: { option: "cache", engine: engine.name, device: device.name },
      },
    );
  }
  const { bytes, externalData } = writeModelInPieces(graph.model, LARGE);
  const weights = externalData.reduce((sum, { data }) => sum + data.length, bytes.length);
  const settings = JSON.stringify([VERSION, engine.version, [...axis.shared], axis.fixedBatch, session]);
  const opened = await sessionCache(cache, [settings, bytes, ...externalData.map(({ data }) => data)], weights);
  return rules === undefined && lowerings === undefined ? opened : null;
}

/** Weights from this size on are hashed where they lie. */
const LARGE = 4096;
