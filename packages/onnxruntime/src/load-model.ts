import { type Capabilities, type Model, XDeepError } from "@xdeep/core";
import { demandCount } from "@xdeep/core/backend";
import {
  type TypedGraph,
  RECTIFIER_NAMES,
  backwardRules,
  boundLoops,
  boundSizes,
  builtinRules,
  checkCoverage,
  computeInFloat32,
  prepareModel,
  typedGraph,
  withLogits,
} from "@xdeep/autodiff";
import { type ModelProto, asDeclared, checkSizes, declareDims, isFloatType, resolveLimits, weightBytes } from "@xdeep/onnx";
import { knownRowMixing } from "./network/check-batched.ts";
import { checkRanks } from "./network/check-ranks.ts";
import { type Device, cpuDevice, gpuDevice } from "./engine/device.ts";
import { loweringsFor, rewritingFor } from "./engine/device-rules.ts";
import { cacheOf } from "./cache/cache-of.ts";
import { EmptyValues } from "./engine/empty-values.ts";
import { loadEngine } from "./engine/engine.ts";
import { rememberNetwork } from "./network/network-of.ts";
import { OnnxModel } from "./onnx-model.ts";
import { type LoadModelOptions, sessionOptionsOf } from "./options.ts";
import { type ModelSource, readSource } from "./network/read-source.ts";
import { replaceWeights } from "./network/replace-weights.ts";
import { Sessions, sessionsFor } from "./engine/sessions.ts";
import { hasLargeRows, hasLargeVectorProducts, isSmall } from "./engine/small-models.ts";
import { batchAxis, inputInfos, outputInfos } from "./network/value-info.ts";

/**
 * Rows per run on a CPU. Larger batches gain little and take memory: two rows of a MobileNetV2 or a ResNet-18 take 1.3 to 1.4 times the memory of one, four
 * take 1.6 to 1.9 times.
 */
const PREFERRED_BATCH = 2;
const PREFERRED_BATCH_OF_SMALL = 4;
const PREFERRED_BATCH_OF_LARGE_ROWS = 1;

/** Threads that wait for one another take longer than a small network's work. */
const ONE_THREAD = { intraOpNumThreads: 1 };

/**
 * Loads an ONNX model to be explained: from a path, a URL, the file's bytes, or a ModelProto. A model of float16 or bfloat16 is computed in float32, and
 * takes and gives float32, unless `compute: "declared"` asks for its own types.
 *
 * @throws {XDeepError} MODEL_NOT_FOUND, MODEL_INVALID, EXTERNAL_DATA_MISSING for the file; GRADIENT_MISSING listing every operator that has
 * no gradient rule; ENGINE_MISSING, GPU_UNAVAILABLE for the engine; MODEL_UNSUPPORTED for inputs that are no tensors, or beyond a limit.
 */
export async function loadModel(source: ModelSource, options: LoadModelOptions = {}): Promise<Model> {
  const limits = resolveLimits(options.limits);
  const file = await readSource(source, options);
  const prepared = prepareModel(declareDims(file, options.inputDims ?? {}), limits);
  const weighted = options.weights === undefined ? prepared : replaceWeights(prepared, options.weights);
  const sized = withLogits(typedGraph(computes(options) === "float32" ? computeInFloat32(weighted) : weighted, limits));
  checkInputs(sized);
  checkRanks(sized);
  checkSizes(sized, limits);
  const graph = boundSizes(boundLoops(sized));
  const axis = batchAxis(graph, options.shared);
  const outputs = outputInfos(graph, axis);
  const rules = options.rules ?? builtinRules;
  const output = outputs.find(({ type }) => isFloatType(type))?.name;
  if (output !== undefined) checkCoverage(graph, rules, output);
  const emptyValues = new EmptyValues(graph);
  const engine = await loadEngine(options.engine);
  const device = options.useGpu === true ? await gpuDevice(engine, options.allowSoftwareGpu ?? false) : cpuDevice(options);
  const small = isSmall(graph);
  const rowsPerRun = preferredBatch(options, {
    small,
    large: !device.gpu && hasLargeRows(graph),
    mixesRows: output !== undefined && knownRowMixing(graph, output) !== null,
  });
  const prepacking = device.gpu || rowsPerRun > 1 || !hasLargeVectorProducts(graph);
  const session = { ...(small ? ONE_THREAD : {}), ...sessionOptionsOf(options, prepacking), ...device.sessionOptions };
  const cache = await cacheOf(options, { graph, axis, engine, device, session });
  const declared = options.inputDims === undefined ? [] : (file.graph?.input ?? []);
  const forDevice = rewritingFor(device);
  const rewrite = (written: ModelProto): ModelProto => forDevice(asDeclared(written, declared));
  const model = new OnnxModel({
    graph,
    engine,
    engineName: `${engine.name} ${engine.version} (${device.label})`,
    sessions: new Sessions(engine, session, { most: mostSessions(graph, options), cache, rewrite }),
    forms: { rules, lowerings: options.lowerings ?? loweringsFor(engine, device) },
    inputs: inputInfos(graph, axis, options.layout),
    fixedBatch: axis.fixedBatch,
    mostFilled: { elements: limits.filledElements, option: "limits.filledElements" },
    emptyValues,
    outputs,
    capabilities: capabilitiesOf(device, rowsPerRun),
  });
  return rememberNetwork(model, { graph, rules, fixedBatch: axis.fixedBatch, engine: engine.ort });
}

function mostSessions({ model }: TypedGraph, { maxSessions = sessionsFor(weightBytes(model)) }: LoadModelOptions): number {
  demandCount("loadModel", "maxSessions", maxSessions);
  return maxSessions;
}

/** Methods give a network whose rows depend on each other one at a time. */
function preferredBatch(options: LoadModelOptions, { small, large, mixesRows }: Readonly<Record<"small" | "large" | "mixesRows", boolean>>): number {
  if (mixesRows) return 1;
  return options.preferredBatch ?? (small ? PREFERRED_BATCH_OF_SMALL : large ? PREFERRED_BATCH_OF_LARGE_ROWS : PREFERRED_BATCH);
}

function capabilitiesOf(device: Device, rowsPerRun: number): Capabilities {
  return {
    rules: backwardRules.map(({ name }) => name),
    rectifiers: RECTIFIER_NAMES,
    innerValues: true,
    logits: true,
    severalTargets: true,
    gpu: device.gpu,
    maxBatch: null,
    preferredBatch: rowsPerRun,
  };
}

function computes({ compute = "float32" }: LoadModelOptions): "float32" | "declared" {
  if (compute === "float32" || compute === "declared") return compute;
  throw new XDeepError("OPTION_INVALID", `There is no compute: "${String(compute)}"; it is "float32" or "declared".`, {
    details: { option: "compute", got: compute },
  });
}

/** Inputs must be numeric tensors. */
function checkInputs(graph: TypedGraph): void {
  for (const { name } of graph.graph.input) {
    const facts = graph.facts.get(name);
    const kind = facts?.container ?? (facts?.type === "string" ? "string" : null);
    if (kind === null) continue;
    throw new XDeepError(
      "MODEL_UNSUPPORTED",
      `Input "${name}" holds ${kind === "string" ? "strings" : `a ${kind}`}; xdeep explains models whose inputs are numeric tensors. Cut the model after its text processing.`,
      {
        details: { input: name, kind },
      },
    );
  }
}
