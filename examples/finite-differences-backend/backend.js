import {
  XDeepError,
  assembleRows,
  betweenRuns,
  checkExplainOptions,
  checkRule,
  gatherScores,
  resolveOutput,
  resolveTargets,
  resolveWrt,
  validateFeeds,
  validateTensor,
} from "@xdeep/core";

const STEP = 1e-5;

/**
 * A backend over any function: inputs by name in, outputs by name out, both { dims: [N, …], data }. No derivatives are needed.
 * `inputs` and `outputs` are ValueInfos; an output that ends in a Softmax or Sigmoid says so in `activation`.
 */
export function finiteDifferences({ f, inputs, outputs }) {
  const capabilities = { rules: ["standard"], innerValues: false, logits: false, gpu: false, maxBatch: null, preferredBatch: 1 };
  let disposed = false;

  function begin({ feeds, signal }, batched) {
    signal?.throwIfAborted();
    if (disposed) throw new XDeepError("MODEL_DISPOSED", "The model was disposed. Build it again.");
    return validateFeeds(feeds, inputs, { batched });
  }

  /** What is scored, per row; nothing where a cotangent takes the place of a target. */
  function scoreOf(values, { output, target, score = "logit" }, scored) {
    const { name, activation } = resolveOutput(outputs, output);
    checkExplainOptions({ score }, 1);
    if (activation && score === "logit")
      throw new XDeepError("CAPABILITY_MISSING", `The argument of the ${activation} in "${name}" is not known here. Ask for score: "probability".`);
    if (!scored) return { result: { target: [], scores: new Float32Array(0), output: name, score } };
    const { targets, indices } = resolveTargets({ name, ...values[name] }, target);
    return { result: { target: targets, scores: gatherScores(values[name].data, indices), output: name, score }, indices };
  }

  async function forward(request) {
    const { feeds, target, outputs: names = outputs.map(({ name }) => name) } = request;
    begin(request, target !== undefined);
    for (const name of names) resolveOutput(outputs, name);
    const values = f(feeds);
    const { result } = scoreOf(values, target === undefined ? { score: "probability", output: request.output } : request, target !== undefined);
    return { ...result, outputs: Object.fromEntries(names.map((name) => [name, float32(values[name])])) };
  }

  async function vjp(request) {
    const { feeds, cotangent, weights, signal, rule = "standard" } = request;
    const rows = begin(request, true);
    checkRule(model, rule);
    checkExplainOptions({ weights }, rows);
    const wrt = resolveWrt(inputs, request.wrt);
    if (cotangent && request.target !== undefined) throw new XDeepError("OPTION_INVALID", "Give either a cotangent or a target.");
    const values = f(feeds);
    const { result, indices } = scoreOf(values, request, !cotangent);
    const { dims, data } = values[result.output];
    if (cotangent) validateTensor(cotangent, { name: `cotangent of ${result.output}`, type: "float32", dims });
    const outputSize = data.length / rows;
    const dy = cotangent?.data ?? data.map((_, k) => Number(k % outputSize === indices[Math.floor(k / outputSize)]));

    const gradients = Array.from({ length: rows }, () => ({}));
    for (const name of wrt) {
      await betweenRuns(signal);
      const x = feeds[name];
      const size = x.data.length / rows;
      gradients.forEach((row) => (row[name] = { dims: x.dims.slice(1), data: new Float64Array(size) }));
      for (let i = 0; i < size; i++) {
        // ⟨ȳ, f(x + h eᵢ) − f(x − h eᵢ)⟩ / 2h. Rows do not depend on each other, so one run moves element i of all.
        const moved = (step) =>
          f({ ...feeds, [name]: { dims: x.dims, data: Float64Array.from(x.data, (value, k) => (k % size === i ? value + step : value)) } });
        const [above, below] = [moved(STEP)[result.output].data, moved(-STEP)[result.output].data];
        dy.forEach((weight, k) => (gradients[Math.floor(k / outputSize)][name].data[i] += (weight * (above[k] - below[k])) / (2 * STEP)));
      }
    }
    return {
      ...result,
      outputs: Object.fromEntries(outputs.map(({ name }) => [name, float32(values[name])])),
      gradients: assembleRows(gradients, weights),
      rectifiers: 0,
    };
  }

  const dispose = async () => void (disposed = true);
  const model = {
    backend: "finite-differences",
    engine: "JavaScript",
    contractVersion: 1,
    inputs,
    outputs,
    capabilities,
    forward,
    vjp,
    dispose,
    [Symbol.asyncDispose]: dispose,
  };
  return model;
}

const float32 = ({ dims, data }) => ({ type: "float32", dims, data: Float32Array.from(data) });
