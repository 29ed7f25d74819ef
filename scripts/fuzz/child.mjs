// Loads mutants and takes their first gradient: numbers come in, and what became of each goes out. A process of its own, since an engine may end it.
import process from "node:process";
import { isXDeepError } from "@xdeep/core";
import { ELEMENT_ARRAYS } from "@xdeep/core/backend";
import { loadModel } from "@xdeep/onnxruntime";
import { loadCorpus } from "./corpus.mjs";
import { mutantOf } from "./mutant.mjs";

const { seed, file, asItIs } = JSON.parse(process.argv[2]);
const corpus = loadCorpus(file);
/** Larger inputs are the caller's doing, not the file's. */
const LARGEST_FEED = 2 ** 20;

process.on("message", (index) => {
  void outcomeOf(index).then((outcome) => process.send({ index, ...outcome, rss: process.resourceUsage().maxRSS * 1024 }));
});
process.send({ ready: true });

async function outcomeOf(index) {
  const { bytes } = asItIs ? corpus[index % corpus.length] : mutantOf(corpus, seed, index);
  const started = process.cpuUsage();
  const outcome = await explain(bytes).catch((error) =>
    isXDeepError(error) ? { kind: "refused", code: error.code } : { kind: "untyped", error: String(error?.stack ?? error).slice(0, 2000) },
  );
  const { user, system } = process.cpuUsage(started);
  return { ...outcome, cpu: (user + system) / 1000 };
}

async function explain(bytes) {
  const model = await loadModel(bytes, { intraOpNumThreads: 1 });
  try {
    const feeds = Object.fromEntries(model.inputs.map((info) => [info.name, feedOf(info)]));
    const output = model.outputs.find(({ type }) => type.startsWith("float"))?.name;
    if (Object.values(feeds).includes(null) || output === undefined) return { kind: "explained" };
    const refusal = await refusalOf(() => model.vjp({ feeds, output }));
    // Many operators mix rows, and have no target: a cotangent takes any output back.
    const { outputs } = await model.forward({ feeds });
    const { dims, data } = outputs[output];
    if (data.length > LARGEST_FEED) return refusal ?? { kind: "explained" };
    return (
      (await refusalOf(() => model.vjp({ feeds, output, cotangent: { type: "float32", dims, data: new Float32Array(data.length).fill(1) } }))) ?? {
        kind: "explained",
      }
    );
  } finally {
    await model.dispose();
  }
}

async function refusalOf(call) {
  try {
    await call();
    return null;
  } catch (error) {
    if (isXDeepError(error)) return { kind: "refused", code: error.code };
    throw error;
  }
}

function feedOf({ type, dims, batched }) {
  const sizes = dims.map((dim, axis) => dim ?? (axis === 0 && batched !== false ? 1 : 3));
  const length = sizes.reduce((product, size) => product * size, 1);
  if (length > LARGEST_FEED || ELEMENT_ARRAYS[type] === undefined) return null;
  const isBig = type.endsWith("64") && type !== "float64";
  const element = (i) => (type.startsWith("float") ? Math.sin(i + 1) : isBig ? BigInt(i % 2) : i % 2);
  return { type, dims: sizes, data: ELEMENT_ARRAYS[type].from({ length }, (_, i) => element(i)) };
}
