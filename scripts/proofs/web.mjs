// onnxruntime-web (wasm), which imports nothing of ours: usage node web.mjs FOLDER
import { readFileSync } from "node:fs";
import { join } from "node:path";

import * as ort from "onnxruntime-web";

// One thread, as everywhere in these proofs.
ort.env.wasm.numThreads = 1;
const [folder] = process.argv.slice(2);
for (const name of ["picture", "tokens"]) {
  const about = JSON.parse(readFileSync(join(folder, `${name}.json`), "utf8"));
  const read = (kind, key, { type, dims }) => {
    const { buffer } = new Uint8Array(readFileSync(join(folder, `${name}.${kind}.${key}.bin`)));
    return new ort.Tensor(type, type === "int64" ? new BigInt64Array(buffer) : new Float32Array(buffer), dims);
  };
  const feeds = Object.fromEntries(Object.entries(about.inputs).map(([key, info]) => [key, read("input", key, info)]));
  const session = await ort.InferenceSession.create(new Uint8Array(readFileSync(join(folder, about.file))));
  const found = await session.run(feeds);
  const scores = read("web", "score", about.expected.score).data;
  let worst = 0;
  for (const [key, info] of Object.entries(about.expected)) {
    const expected = read("web", key, info).data;
    const scale = (key.startsWith("convergence_delta") ? scores : expected).reduce((most, value) => Math.max(most, Math.abs(Number(value))), 0) || 1;
    expected.forEach((value, i) => (worst = Math.max(worst, Math.abs(Number(value) - Number(found[key].data[i])) / scale)));
  }
  const plain = await ort.InferenceSession.create(new Uint8Array(readFileSync(join(folder, `${name}_plain.onnx`))));
  const times = [[], []];
  for (let round = -1; round < 5; round++) {
    for (const [i, each] of [session, plain].entries()) {
      const started = performance.now();
      await each.run(feeds);
      if (round >= 0) times[i].push((performance.now() - started) / 1000);
    }
  }
  const rows = Object.values(feeds)[0].dims[0];
  const [rate, plainRate] = times.map((seconds) => rows / seconds.toSorted((a, b) => a - b)[2]);
  const result = { where: "onnxruntime-web (wasm)", version: ort.env.versions.web, case: name, error: worst, rate, plain_rate: plainRate };
  console.log(`PROOF ${JSON.stringify(result)}`);
}
