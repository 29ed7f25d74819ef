import { XDeepError, explainTargets } from "@xdeep/core";
import type { Attribution, Explainer, FloatTensor, Input, MethodDescription, Model, TargetOption, TargetsOptions, Tensor } from "@xdeep/core";
import {
  type Pause,
  checkExplainOptions,
  checkExplainer,
  createAttribution,
  explainerOfTargets,
  inPieces,
  mirrorInput,
  pauses,
  resolveInput,
  runEach,
  toFloat64,
  weightRows,
} from "@xdeep/core/method";

import { VERSION } from "./version.ts";

type Tensors<T extends Tensor> = Readonly<Record<string, T>>;

/**
 * Input × gradient: x ⊙ A(x), with A the attribution of the explainer inside; for a gradient of a network that is linear along the way from 0, F(x) − F(0).
 * Inner values are multiplied where they are fed.
 *
 * @throws {XDeepError} CONTRACT_VERSION; from `explain` the codes of the explainer inside, and WRT_UNKNOWN for a value that is not fed
 * @see A. Shrikumar, P. Greenside, A. Kundaje (2016), Not Just a Black Box, arXiv:1605.01713
 */
export function inputXGradient(explainer: Explainer): Explainer {
  checkExplainer(explainer);
  const method: MethodDescription = { name: "input-x-gradient", parameters: {}, of: explainer.method };
  return explainerOfTargets(explainer.model, method, (input, targets, call) => explainProducts(explainer, method, input, targets, call));
}

async function explainProducts<T extends Input>(
  explainer: Explainer,
  method: MethodDescription,
  input: Input,
  targets: readonly (TargetOption | undefined)[],
  { weights, ...call }: TargetsOptions,
): Promise<readonly Attribution<T>[]> {
  const { model } = explainer;
  const { feeds, rows } = await resolveInput(model, input, call.signal);
  checkExplainOptions({ ...call, weights }, rows);
  // As a record, so that values come with their names: those of a layer are none of the input.
  const parts = await explainTargets(explainer, feeds as Input, targets as readonly TargetOption[], call);
  const pause = pauses(call.signal);
  return runEach(parts, call.signal, async (part) => {
    const products: Record<string, FloatTensor> = {};
    for (const [name, tensor] of Object.entries(part.values as Tensors<FloatTensor>))
      products[name] = await product(tensor, factor(model, feeds, name, tensor), weights, pause);
    return createAttribution<T>({
      ...part,
      values: mirrorInput(model, input, products, call),
      provenance: { ...part.provenance, method, versions: { ...part.provenance.versions, "@xdeep/guided": VERSION } },
    });
  });
}

/** x ⊙ a in double precision, since the factors may be float16; with weights the sum over rows, [1, …]. */
async function product({ dims, data }: FloatTensor, x: Tensor, weights: Float32Array | undefined, pause: Pause): Promise<FloatTensor> {
  const products = toFloat64(x);
  await inPieces(data.length, pause, (start, end) => {
    for (let i = start; i < end; i++) products[i] = data[i]! * products[i]!;
  });
  return weightRows({ dims, data: products }, weights);
}

/** What is fed under the name, or the integers that the model makes floats of by that name. */
function factor({ inputs, defaultWrt = [] }: Model, feeds: Tensors<Tensor>, name: string, { data }: FloatTensor): Tensor {
  const fed = feeds[name] ?? (inputs.length === 1 && defaultWrt.includes(name) ? feeds[inputs[0]!.name] : undefined);
  if (fed?.data.length === data.length) return fed;
  throw new XDeepError(
    "WRT_UNKNOWN",
    `input-x-gradient multiplies what is fed by attributions to it, and those to "${name}" are none. Name an input in \`wrt\` (${Object.keys(feeds).join(", ")}), and put it around a method that attributes to inputs.`,
    {
      details: { wrt: name, inputs: Object.keys(feeds) },
    },
  );
}
