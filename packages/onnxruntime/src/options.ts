import type { Layout } from "@xdeep/core";
import type { Lowering, RuleSet } from "@xdeep/autodiff";
import type { ModelLimits } from "@xdeep/onnx";
import type { ByteSource, WeightsHook } from "@xdeep/core/backend";
import type { InferenceSession } from "onnxruntime-common";
import type { CacheOption } from "./cache/session-cache.ts";
import type { EngineName, OnnxRuntime } from "./engine/engine.ts";

/** How a model is loaded. What is not named here goes to ONNX Runtime as it is: `executionProviders`, `intraOpNumThreads`, … */
export interface LoadModelOptions extends InferenceSession.SessionOptions {
  /** "onnxruntime-node" (the default in Node), "onnxruntime-web" (the default elsewhere), or the imported module itself. */
  readonly engine?: EngineName | OnnxRuntime | undefined;
  /** Run on a GPU: CUDA, or else WebGPU. Rejects with GPU_UNAVAILABLE where neither starts; never runs on the CPU instead. */
  readonly useGpu?: boolean | undefined;
  /**
   * With `useGpu`: a GPU that is emulated on the CPU, such as SwiftShader, will do. It is slower than the CPU itself, and counts as the CPU in `capabilities`;
   * tests on machines without a GPU need it. Default false.
   */
  readonly allowSoftwareGpu?: boolean | undefined;
  /** Gradient rules. Default: `builtinRules` of @xdeep/autodiff; `withRules(builtinRules, mine)` adds to them. */
  readonly rules?: RuleSet | undefined;
  /** Forms of gradients that run faster than the rules' plain ones. Default: those of @xdeep/autodiff for the device; none, `[]`, to compare. */
  readonly lowerings?: readonly Lowering[] | undefined;
  /**
   * "float32" (the default): float16 and bfloat16 models are widened, so that they take a Float32Array and their gradients do not overflow at
   * 65504. "declared": they compute, and take their inputs, in the types of the file. float64 models always compute in float64.
   */
  readonly compute?: "float32" | "declared" | undefined;
  /** Order of the axes of image inputs, by input name. Default: guessed from their dims. */
  readonly layout?: Readonly<Record<string, Layout>> | undefined;
  /** Dims of inputs where the file leaves them open, declares none, or fixes others than are fed, by input name: numbers, names of sizes, or null. The first is the batch. */
  readonly inputDims?: Readonly<Record<string, readonly (number | string | null)[]>> | undefined;
  /** The files that hold the model's weights outside the model file, by the location it names. Not needed when a path is given. */
  readonly weightFiles?: Readonly<Record<string, ByteSource>> | undefined;
  /**
   * Weights in place of the file's, such as random ones for a parameter randomisation test: called with the name in the file and the float32
   * tensor of every weight, it returns one of the same dims, or the tensor itself. It is called in the order in which
   * the network uses its weights, those of branches and loops included; scales of resizes are none.
   */
  readonly weights?: WeightsHook | undefined;
  /** Read weights behind symbolic links that lead out of the model's folder too. Default false. */
  readonly followSymlinks?: boolean | undefined;
  /** How much the file may ask for: nodes, nesting, sizes that it chooses. Default: `DEFAULT_LIMITS` of @xdeep/onnx. An error that names a limit says which to raise. */
  readonly limits?: Partial<ModelLimits> | undefined;
  /**
   * Inputs that have no batch axis in front, such as tables or the states [layers, batch, hidden] of recurrent networks: they are passed whole
   * to every run. Default: scalars, and inputs whose leading size is fixed beside others that are open.
   */
  readonly shared?: readonly string[] | undefined;
  /** Sessions that are kept, one per kind of call (rule, output, `wrt`, …); the least recently used is released beyond that. Default 8, and fewer, down to 2, where eight times the weights take more than 4 GiB. */
  readonly maxSessions?: number | undefined;
  /**
   * False: the engine's threads sleep between their pieces of work. For processes in which other sessions run beside xdeep's, as in servers: threads
   * that spin while they wait take the cores from one another, and both get slower. Default true: a session that runs alone is faster so.
   */
  readonly spinning?: boolean | undefined;
  /**
   * Keep what is prepared for the engine in this folder, so that the next process starts sooner: the path, or `{ folder, maxBytes }`, 2 GiB unless it says
   * otherwise. In Node, with onnxruntime-node on a CPU; not used with `rules` or `lowerings` of your own. Default: nothing is kept.
   */
  readonly cache?: CacheOption | undefined;
  /** Rows per engine run on which methods work. Default 2, 4 for small networks, and 1 on a CPU where the values of a row take more than 64 MB: larger batches take memory there and gain nothing. */
  readonly preferredBatch?: number | undefined;
}

/**
 * Splits the options into ours and ONNX Runtime's.
 *
 * @param prepacking whether the engine keeps a copy of weights in the form that its kernels read, where the caller does not say
 */
export function sessionOptionsOf(options: LoadModelOptions, prepacking = true): InferenceSession.SessionOptions {
  const {
    engine: _engine,
    useGpu: _useGpu,
    allowSoftwareGpu: _software,
    rules: _rules,
    lowerings: _lowerings,
    layout: _layout,
    weightFiles: _files,
    preferredBatch: _batch,
    compute: _compute,
    inputDims: _dims,
    limits: _limits,
    followSymlinks: _followSymlinks,
    weights: _weights,
    maxSessions: _maxSessions,
    cache: _cache,
    shared: _shared,
    spinning = true,
    ...session
  } = options;
  // What the engine would print as an error is thrown as one.
  return { logSeverityLevel: 4, ...session, ...(spinning && prepacking ? {} : { extra: withSettings(session.extra, { spinning, prepacking }) }) };
}

/** ONNX Runtime's own settings, beside whatever the caller sets. */
function withSettings(
  extra: Readonly<Record<string, unknown>> = {},
  { spinning, prepacking }: { readonly spinning: boolean; readonly prepacking: boolean },
): Record<string, unknown> {
  const { session = {} } = extra as { readonly session?: Readonly<Record<string, unknown>> };
  const { intra_op: threads = {} } = session as { readonly intra_op?: Readonly<Record<string, unknown>> };
  const own = spinning ? {} : { intra_op: { ...threads, allow_spinning: "0" } };
  return { ...extra, session: { ...(prepacking ? {} : { disable_prepacking: "1" }), ...session, ...own } };
}
