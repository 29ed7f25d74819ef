import { readModel, writeModel } from "@xdeep/onnx";
import { mutateBytes } from "./mutate-bytes.mjs";
import { mutateFields } from "./mutate-fields.mjs";
import { mutateGraph } from "./mutate-graph.mjs";
import { createRandom } from "./random.mjs";

/** Mutant number `index` of a corpus under a seed: { name, bytes }. The same numbers give the same bytes. */
export function mutantOf(corpus, seed, index) {
  const random = createRandom(seed, index);
  const { name, bytes } = random.pick(corpus);
  const kind = random.pick(["bytes", "fields", "fields", "graph", "graph", "graph"]);
  if (kind === "bytes") return { name, bytes: mutateBytes(bytes, random) };
  try {
    const model = readModel(bytes);
    if (kind === "fields") mutateFields(model, random);
    else mutateGraph(model, random);
    return { name, bytes: writeModel(model) };
  } catch {
    // What cannot be read, or written after the change, is changed byte by byte.
    return { name, bytes: mutateBytes(bytes, random) };
  }
}
