import {
  type Attribution,
  type ExplainOptions,
  type Explainer,
  type FloatTensor,
  type Input,
  type MethodDescription,
  type Tensor,
  XDeepError,
  isTensor,
} from "@xdeep/core";
import { checkExplainOptions, checkExplainer, createAttribution, mirrorInput, resolveInput, toFloat64, weightRows } from "@xdeep/core/method";

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
  return { model: explainer.model, method, explain: (input, call) => explainProduct(explainer, method, input, call ?? {}) };
}

async function explainProduct<T extends Input>(
  explainer: Explainer,
  method: MethodDescription,
  input: Input,
  { weights, ...call }: ExplainOptions,
): Promise<Attribution<T>> {
  const { model } = explainer;
  const { feeds, rows } = resolveInput(model, input);
  checkExplainOptions({ ...call, weights }, rows);
  const inner = await explainer.explain(input, call);
  const values = isTensor(inner.values) ? { [model.inputs[0]!.name]: inner.values } : (inner.values as Tensors<FloatTensor>);
  const products = Object.fromEntries(Object.entries(values).map(([name, tensor]) => [name, product(tensor, fed(feeds, name), weights)]));
  return createAttribution<T>({
    ...inner,
    values: mirrorInput(model, input, products, call),
    provenance: { ...inner.provenance, method, versions: { ...inner.provenance.versions, "@xdeep/guided": VERSION } },
  });
}

/** x ⊙ a in double precision, since the factors may be float16; with weights the sum over rows, [1, …]. */
function product({ dims, data }: FloatTensor, x: Tensor, weights: Float32Array | undefined): FloatTensor {
  const values = toFloat64(x);
  return weightRows({ dims, data: Float64Array.from(data, (a, i) => a * values[i]!) }, weights);
}

function fed(feeds: Tensors<Tensor>, name: string): Tensor {
  const tensor = feeds[name];
  if (tensor !== undefined) return tensor;
  throw new XDeepError(
    "WRT_UNKNOWN",
    `input-x-gradient multiplies by what is fed, and "${name}" is not. Name an input in \`wrt\`: ${Object.keys(feeds).join(", ")}.`,
    {
      details: { wrt: name, inputs: Object.keys(feeds) },
    },
  );
}
