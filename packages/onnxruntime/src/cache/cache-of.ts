import { XDeepError } from "@xdeep/core";
import type { TypedGraph } from "@xdeep/autodiff";
import { writeModelInPieces } from "@xdeep/onnx";
import type { InferenceSession } from "onnxruntime-common";

import type { Device } from "../engine/device.ts";
import type { Engine } from "../engine/engine.ts";
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
 * The cache that was asked for; null where nothing is kept. Rules and lowerings are functions, which cannot be told apart by their bytes: graphs by others
 * than ours are not kept.
 *
 * @throws {XDeepError} OPTION_INVALID where graphs cannot be kept
 */
export async function cacheOf({ cache, rules, lowerings }: LoadModelOptions, model: CachedModel): Promise<SessionCache | null> {
  if (cache === undefined) return null;
  const { engine, device } = model;
  if (engine.name !== "onnxruntime-node" || device.name !== "cpu") {
    throw new XDeepError(
      "OPTION_INVALID",
      `\`cache\` keeps graphs of onnxruntime-node on a CPU; this model runs on ${engine.name} (${device.name}). Leave it out.`,
      {
        details: { option: "cache", engine: engine.name, device: device.name },
      },
    );
  }
  return sessionCache(cache, rules === undefined && lowerings === undefined ? identityOf(model) : null);
}

function identityOf({ graph, axis, engine, session }: CachedModel): readonly (Uint8Array | string)[] {
  const { bytes, externalData } = writeModelInPieces(graph.model, LARGE);
  const settings = JSON.stringify([VERSION, engine.version, [...axis.shared], axis.fixedBatch, session]);
  return [settings, bytes, ...externalData.map(({ data }) => data)];
}

/** Weights from this size on are hashed where they lie. */
const LARGE = 4096;
