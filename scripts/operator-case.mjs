import { isXDeepError } from "@xdeep/core";
import { ELEMENT_ARRAYS, createNoise } from "@xdeep/core/method";
import { builtinRules, differentiateGraph, prepareModel, typedGraph } from "@xdeep/autodiff";
import { isFloatType, readModel, writeModel } from "@xdeep/onnx";
import { evaluate, fromTensor, toTensor, value64 } from "@xdeep/reference";
import * as ort from "onnxruntime-node";

/** Largest error of a directional derivative, relative to its size and to the size of its terms. */
const TOLERANCE = { reference: 1e-3, engine: 2e-2 };
/** Derivatives below this, per unit of direction and cotangent, drown in the rounding of float32: a saturated tanh, for instance. */
const FLOAT32_FLOOR = 1e-2;
/** Distance of the points from the case's own inputs, relative to the size of each: off the kinks that round numbers sit on, and on one side where a domain ends. */
const JITTERS = [
  { share: 1e-2, side: (x) => x },
  { share: 1e-2, side: Math.abs },
  { share: 1e-2, side: (x) => -Math.abs(x) },
  { share: 1e-4, side: (x) => x },
  { share: 0, side: (x) => x },
];

/** { verdict: "right" | "refused" | "no float path" | "wrong", reason? } of one case. */
export async function checkOperatorCase(example) {
  try {
    return await check(example);
  } catch (error) {
    if (error instanceof EngineRefusal) return { verdict: "refused", reason: `ONNX Runtime does not run it: ${error.message.slice(0, 120)}` };
    if (isXDeepError(error)) return { verdict: "refused", reason: `${error.code}: ${error.message.split("\n").slice(0, 3).join(" ")}` };
    return { verdict: "wrong", reason: error.stack };
  }
}

async function check(example) {
  const bytes = Buffer.from(example.model, "base64");
  const declared = readModel(bytes);
  const inputs = example.inputs.filter(({ data }) => data !== undefined);
  const feeds = Object.fromEntries(inputs.filter(({ dtype }) => ELEMENT_ARRAYS[dtype] !== undefined).map((input) => [input.name, decoded(input)]));
  const floats = Object.keys(feeds).filter((name) => isFloatType(feeds[name].type));
  const outputs = example.outputs.filter(({ dtype }) => isFloatType(dtype)).map(({ name }) => name);
  if (floats.length === 0 || outputs.length === 0 || declared.graph === undefined) return { verdict: "no float path" };
  const graph = typedGraph(prepareModel(declared));
  let checked = 0;
  for (const output of outputs) {
    const forward = await forwardOf(graph, output, feeds);
    const wrt = await movable(
      forward,
      floats.filter((name) => graph.facts.has(name)),
      feeds,
    );
    const verdict = wrt.length === 0 ? null : await checkOutput({ graph, output, forward, wrt, feeds });
    if (verdict === null) continue;
    if (verdict.verdict !== "right") return verdict;
    checked += 1;
  }
  return checked === 0 ? { verdict: "no float path" } : { verdict: "right" };
}

/** The inputs that may be moved a little: those that set no dims, such as a float depth, and where the model gives the same numbers twice. */
async function movable(forward, names, feeds) {
  const y = await forward.at(feeds);
  const again = await forward.at(feeds);
  if (y === null || again === null || y.data.some((x, i) => !Object.is(x, again.data[i]))) return [];
  const kept = [];
  for (const name of names) {
    const moved = (await Promise.all([1, 2, 3, 4].map((seed) => forward.at(jittered(feeds, [name], JITTERS[0], seed))))).filter((other) => other !== null);
    if (moved.length > 0 && moved.every(({ dims }) => String(dims) === String(y.dims))) kept.push(name);
  }
  return kept;
}

async function checkOutput({ graph, output, forward, wrt, feeds }) {
  const gradient = differentiateGraph(graph, { of: output, wrt, rules: builtinRules });
  const run = await runnerOf(gradient.model, gradient.gradients);
  const { dims } = await forward.at(feeds);
  for (const jitter of JITTERS) {
    const results = [];
    for (const seed of [1, 2, 3]) {
      const result = await checkPoint({ forward, dims, run, gradient, wrt, seed, point: jittered(feeds, wrt, jitter, seed) });
      if (result === null) break;
      results.push(result);
    }
    if (results.length < 3) continue;
    await run.release();
    const wrong = results.find(({ error }) => !(error <= TOLERANCE[forward.kind]));
    return wrong === undefined
      ? { verdict: "right" }
      : { verdict: "wrong", reason: `${output}: expected ${wrong.expected}, actual ${wrong.actual} (jitter ${jitter.share}, ${forward.kind}, ${run.kind})` };
  }
  await run.release();
  return { verdict: "refused", reason: `${output}: the model gives no finite numbers around the case's inputs` };
}

/** One directional derivative; null where the point lies outside the operator's domain. */
async function checkPoint({ forward, dims, run, gradient, wrt, seed, point }) {
  const y = await forward.at(point);
  if (y === null || String(y.dims) !== String(dims) || !y.data.every(Number.isFinite)) return null;
  const v = random(seed + 10, y.dims);
  const u = Object.fromEntries(wrt.map((name, i) => [name, random(seed + 20 + i, point[name].dims)]));
  const step = forward.kind === "reference" ? 1e-6 : 1e-3;
  const moved = (sign) => ({
    ...point,
    ...Object.fromEntries(
      wrt.map((name) => [
        name,
        value64(
          point[name].type,
          point[name].dims,
          point[name].data.map((x, i) => x + sign * step * u[name].data[i]),
        ),
      ]),
    ),
  });
  const [above, below] = [await forward.at(moved(1)), await forward.at(moved(-1))];
  if (above === null || below === null || String(above.dims) !== String(below.dims)) return null;
  const expected = dot(
    v.data,
    above.data.map((x, i) => (x - below.data[i]) / (2 * step)),
  );
  if (!Number.isFinite(expected)) return null;
  const results = await orNull(() => run.at({ ...point, [gradient.cotangent]: value64(y.type, y.dims, v.data) }));
  if (results === null) return null;
  const actual = wrt.reduce((sum, name) => sum + dot(u[name].data, results[gradient.gradients[name]].data), 0);
  const size = Math.sqrt(wrt.reduce((sum, name) => sum + u[name].data.reduce((s, x, i) => s + (x * results[gradient.gradients[name]].data[i]) ** 2, 0), 0));
  const lengths = Math.sqrt(dot(v.data, v.data) * wrt.reduce((sum, name) => sum + dot(u[name].data, u[name].data), 0));
  return { expected, actual, error: Math.abs(expected - actual) / (Math.abs(expected) + size + FLOAT32_FLOOR * lengths + Number.MIN_VALUE) };
}

/** The forward graph in float64, or in ONNX Runtime where the interpreter lacks an operator. */
async function forwardOf(graph, output, feeds) {
  try {
    evaluate(graph.model, feeds, { outputs: [output] });
    return { kind: "reference", at: async (point) => orNull(() => evaluate(graph.model, point, { outputs: [output] })[output]) };
  } catch (error) {
    if (!isXDeepError(error, "MODEL_UNSUPPORTED")) throw error;
  }
  const run = await engineRunner(graph.model, { output });
  return { kind: "engine", at: (point) => orNull(async () => (await run.at(point))[output]) };
}

/** What a run gives; null where the model refuses the point. */
async function orNull(run) {
  try {
    return await run();
  } catch {
    return null;
  }
}

/** The gradient graph in ONNX Runtime, or in float64 where ONNX Runtime does not run the operator itself. */
async function runnerOf(model, fetches) {
  try {
    return await engineRunner(model, fetches);
  } catch (cause) {
    return {
      kind: `float64, for ONNX Runtime says: ${cause.message.slice(0, 120)}`,
      at: async (point) => evaluate(model, point, { outputs: Object.values(fetches) }),
      release: async () => {},
    };
  }
}

/** The engine does not take the model of a case: an operator, a version or an attribute that it does not have. */
class EngineRefusal extends Error {}

async function engineRunner(model, fetches) {
  const session = await ort.InferenceSession.create(writeModel(model), { logSeverityLevel: 4 }).catch((cause) => {
    throw new EngineRefusal(cause.message, { cause });
  });
  const wanted = new Set(session.inputNames);
  return {
    kind: "ONNX Runtime",
    release: () => session.release(),
    at: async (point) => {
      const tensors = Object.entries(point)
        .filter(([name]) => wanted.has(name))
        .map(([name, value]) => [name, engineTensor(value)]);
      const results = await session.run(Object.fromEntries(tensors), Object.values(fetches));
      return Object.fromEntries(Object.entries(results).map(([name, { type, dims, data }]) => [name, fromTensor({ type, dims, data })]));
    },
  };
}

function engineTensor(value) {
  const { type, dims, data } = toTensor(value);
  return new ort.Tensor(type, data, dims);
}

function jittered(feeds, wrt, jitter, seed) {
  const moved = wrt.map((name, i) => {
    const { type, dims, data } = feeds[name];
    const noise = createNoise(seed * 100 + i).next(data.length);
    return [
      name,
      value64(
        type,
        dims,
        data.map((x, j) => Math.fround(x + jitter.share * jitter.side(noise[j]) * (Math.abs(x) + 0.1))),
      ),
    ];
  });
  return { ...feeds, ...Object.fromEntries(moved) };
}

function random(seed, dims) {
  return value64("float32", dims, Float64Array.from(createNoise(seed).next(dims.reduce((a, b) => a * b, 1)), Math.fround));
}

function dot(a, b) {
  return a.reduce((sum, x, i) => sum + x * b[i], 0);
}

function decoded({ dtype, dims, data }) {
  const bytes = new Uint8Array(Buffer.from(data, "base64"));
  return fromTensor({ type: dtype, dims, data: new ELEMENT_ARRAYS[dtype](bytes.buffer) });
}
