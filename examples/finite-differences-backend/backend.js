import { XDeepError } from "@xdeep/core";
import { betweenRuns, planForward, planVjp, resolveTargets, scoreEntries, targetCotangent } from "@xdeep/core/backend";

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
    if (targets === undefined) return { result: { ...result, target: [], scores: new Float32Array(0) } };
    const { dims, data } = values[output.name];
    const { targets: target, entries } = resolveTargets({ name: output.name, dims, data }, targets);
    return { result: { ...result, target, scores: scoreEntries(data, entries) }, cotangent: targetCotangent(dims, entries) };
  }

  async function forward(request) {
    return run(planForward(model, request)).result;
  }

  async function vjp(request) {
    const plan = planVjp(model, request);
    const { result, cotangent = plan.cotangent } = run(plan);
    const { rows, weights, feeds } = plan;
    const rowOf = (k) => Math.floor((k * rows) / cotangent.data.length);
    const dy = cotangent.data.map((value, k) => value * (weights?.[rowOf(k)] ?? 1));
    const gradients = {};
    for (const name of plan.wrt) {
      const x = feeds[name];
      const isShared = inputs.some((input) => input.name === name && input.batched === false);
      const size = isShared ? x.data.length : x.data.length / rows;
      const parts = isShared || weights !== undefined ? 1 : rows;
      const data = new Float64Array(parts * size);
      for (let i = 0; i < size; i++) {
        // ⟨ȳ, f(x + h eᵢ) − f(x − h eᵢ)⟩ / 2h. Rows do not depend on each other, so one run moves element i of all.
        const moved = (step) => ({ dims: x.dims, data: Float64Array.from(x.data, (value, k) => (k % size === i ? value + step : value)) });
        const [above, below] = [STEP, -STEP].map((step) => f({ ...feeds, [name]: moved(step) })[result.output].data);
        dy.forEach((weight, k) => (data[(parts === 1 ? 0 : rowOf(k)) * size + i] += (weight * (above[k] - below[k])) / (2 * STEP)));
        await betweenRuns(plan.signal);
      }
      gradients[name] = float32({ dims: isShared ? x.dims : [parts, ...x.dims.slice(1)], data });
    }
    return { ...result, gradients, rectifiers: 0 };
  }

  const dispose = async () => void (disposed = true);
  const identity = { backend: "finite-differences", engine: "JavaScript", contractVersion: 1 };
  const model = { ...identity, inputs, outputs, capabilities, forward, vjp, dispose, [Symbol.asyncDispose]: dispose };
  return model;
}

const float32 = ({ dims, data }) => ({ type: "float32", dims, data: Float32Array.from(data) });
