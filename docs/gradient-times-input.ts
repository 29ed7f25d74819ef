import { XDeepError, isTensor, sliceRows } from "@xdeep/core";
import { assembleRows, checkExplainOptions, checkExplainer, createAttribution, mirrorInput, resolveInput, toFloat64 } from "@xdeep/core/method";
import type { ExplainOptions, Explainer, FloatTensor, Model, Tensor } from "@xdeep/core";
import type { RowValues } from "@xdeep/core/method";

type Tensors<T extends Tensor> = Readonly<Record<string, T>>;

/** The attribution of another explainer times the input: for a gradient, the first-order estimate of F(x) − F(0). */
export function timesInput(explainer: Explainer): Explainer {
  checkExplainer(explainer);
  const { model } = explainer;
  const method = { name: "times-input", parameters: {}, of: explainer.method };
  return {
    model,
    method,
    async explain(input, given) {
      const options: ExplainOptions = given ?? {};
      const { feeds, rows } = await resolveInput(model, input);
      checkExplainOptions(options, rows);
      const { weights, ...perRow } = options;
      const inner = await explainer.explain(input, perRow);
      const values = isTensor(inner.values) ? { [model.inputs[0]!.name]: inner.values } : (inner.values as Tensors<FloatTensor>);
      checkFed(model, values, feeds);
      const products = Array.from({ length: rows }, (_, row) => productOfRow(values, feeds, row));
      return createAttribution({
        ...inner,
        values: mirrorInput(model, input, await assembleRows(products, weights), options),
        provenance: { ...inner.provenance, method },
      });
    },
  };
}

/** Multiplies in double precision: the factors may be float16, and their product need not fit. */
function productOfRow(values: Tensors<FloatTensor>, feeds: Tensors<Tensor>, row: number): RowValues {
  const products = Object.entries(values).map(([name, tensor]) => {
    const x = toFloat64(sliceRows(feeds[name]!, row, row + 1));
    const a = toFloat64(sliceRows(tensor, row, row + 1));
    return [name, { dims: tensor.dims.slice(1), data: a.map((value, i) => value * x[i]!) }] as const;
  });
  return Object.fromEntries(products);
}

function checkFed(model: Model, values: Tensors<FloatTensor>, feeds: Tensors<Tensor>): void {
  const name = Object.keys(values).find((wrt) => feeds[wrt] === undefined);
  if (name === undefined) return;
  const inputs = model.inputs.map((input) => input.name);
  throw new XDeepError("WRT_UNKNOWN", `times-input multiplies by what is fed, and "${name}" is not. Name an input in \`wrt\`: ${inputs.join(", ")}.`, {
    details: { wrt: name, inputs },
  });
}
