import { XDeepError } from "@xdeep/core";
import { assembleRows, betweenRuns, planForward, planVjp, resolveTargets, scoreEntries, targetCotangent } from "@xdeep/core/backend";

const STEP = 1e-5;

/**
 * A backend over any function: inputs by name in, outputs by name out, both { dims: [N, …], data }. No derivatives are needed.
 * `inputs` and `outputs` are ValueInfos; an output that ends in a Softmax or Sigmoid says so in `activation`.
 */
export function finiteDifferences({ f, inputs, outputs }) {
  const capabilities = { rules: ["standard"], rectifiers: [], innerValues: false, logits: false, gpu: false, maxBatch: null, preferredBatch: 1 };
  let disposed = false;

  /** Runs f, and scores its rows unless a cotangent takes the place of the target. */
  function run({ feeds, outputs: names, output, score, targets }) {
    if (disposed) throw new XDeepError("MODEL_DISPOSED", "The model was disposed. Build it again.");
    const values = f(feeds);
    const result = { outputs: Object.fromEntries(names.map((name) => [name, float32(values[name])])), output: output.name, score };
    if (targets === undefined) return { ...result, target: [], scores: new Float32Array(0) };
    const { targets: target, entries } = resolveTargets({ name: output.name, ...values[output.name] }, targets);
    return { ...result, target, scores: scoreEntries(values[output.name].data, entries), entries, dims: values[output.name].dims };
  }

  async function forward(request) {
    const { entries: _entries, dims: _dims, ...result } = run(planForward(model, request));
    return result;
  }

  async function vjp(request) {
    const plan = planVjp(model, request);
    const { entries, dims, ...result } = run(plan);
    const dy = (plan.cotangent ?? targetCotangent(dims, entries)).data;
    const gradients = Array.from({ length: plan.rows }, () => ({}));
    for (const name of plan.wrt) {
      await betweenRuns(plan.signal);
      const x = plan.feeds[name];
      const size = x.data.length / plan.rows;
      for (const row of gradients) row[name] = { dims: x.dims.slice(1), data: new Float64Array(size) };
      for (let i = 0; i < size; i++) {
        // ⟨ȳ, f(x + h eᵢ) − f(x − h eᵢ)⟩ / 2h. Rows do not depend on each other, so one run moves element i of all.
        const moved = (step) => ({ dims: x.dims, data: Float64Array.from(x.data, (value, k) => (k % size === i ? value + step : value)) });
        const [above, below] = [STEP, -STEP].map((step) => f({ ...plan.feeds, [name]: moved(step) })[result.output].data);
        dy.forEach((weight, k) => (gradients[Math.floor((k * plan.rows) / dy.length)][name].data[i] += (weight * (above[k] - below[k])) / (2 * STEP)));
      }
    }
    return { ...result, gradients: assembleRows(gradients, plan.weights), rectifiers: 0 };
  }

  const dispose = async () => void (disposed = true);
  const identity = { backend: "finite-differences", engine: "JavaScript", contractVersion: 1 };
  const model = { ...identity, inputs, outputs, capabilities, forward, vjp, dispose, [Symbol.asyncDispose]: dispose };
  return model;
}

const float32 = ({ dims, data }) => ({ type: "float32", dims, data: Float32Array.from(data) });
