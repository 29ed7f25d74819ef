import { concatRows } from "@xdeep/core/backend";
import { type FloatTensor, type Tensor, sliceRows } from "@xdeep/core";

import { REFERENCE_CAPABILITIES, referenceModel } from "../../src/index.ts";
import { type Fault, inForward, inGradients, inVjp, mapValues, withRows } from "../broken-model.ts";

const { preferredBatch: _, ...honest } = REFERENCE_CAPABILITIES;

/** Faults that show where a call holds many rows, or where the rows are run in parts. */
export const batchFaults: readonly Fault[] = [
  {
    name: "gradients of batches of three come in reverse order",
    breaks: inGradients((gradient) => (gradient.dims[0] === 3 ? concatRows([2, 1, 0].map((row) => sliceRows(gradient, row, row + 1))) : gradient)),
    fails: ["batch/rows-alone/cnn", "batch/*", "*shared-inputs", "targets/*", "methods/*"],
  },
  {
    name: "of 33 rows those from the fifth to the last but one get zeros",
    breaks: inGradients((gradient) => (gradient.dims[0] === 33 ? withRows(gradient, (row, n) => (n >= 4 && n < 32 ? row.map(() => 0) : row)) : gradient)),
    fails: ["batch/large"],
  },
  {
    name: "the first row after a chunk gets its neighbour's gradient",
    breaks: inGradients((gradient) => withRows(gradient, (row, n, rows) => (n === 40 ? rows[39]! : row))),
    manifest: { capabilities: honest, createModel: async (fixture) => referenceModel(fixture, { preferredBatch: 40 }) },
    fails: ["batch/beyond-preferred", "rules/*/batch"],
  },
  {
    name: "outputs of vjp are zero from the fifth row on",
    breaks: inVjp(async (vjp, request) => {
      const result = await vjp(request);
      return { ...result, outputs: zeroedFrom(4, result.outputs) };
    }),
    fails: ["batch/large", "batch/*", "rules/*/batch"],
  },
  {
    name: "outputs of forward are zero from the fifth row on",
    breaks: inForward(async (forward, request) => {
      const result = await forward(request);
      return { ...result, outputs: zeroedFrom(4, result.outputs) };
    }),
    fails: ["batch/large-forward", "batch/*"],
  },
  {
    name: "scores of vjp are zero from the fifth row on",
    breaks: inVjp(async (vjp, request) => {
      const result = await vjp(request);
      return { ...result, scores: result.scores.map((score, row) => (row < 4 ? score : 0)) };
    }),
    fails: ["batch/large", "batch/*", "rules/*/batch"],
  },
  {
    name: "scores of forward are zero from the fifth row on",
    breaks: inForward(async (forward, request) => {
      const result = await forward(request);
      return { ...result, scores: result.scores.map((score, row) => (row < 4 ? score : 0)) };
    }),
    fails: ["batch/large-forward", "batch/*"],
  },
  {
    name: "weights of rows beyond the preferred batch are taken as 0",
    breaks: inVjp((vjp, request) => vjp(request.weights === undefined ? request : { ...request, weights: request.weights.map((w, n) => (n < 4 ? w : 0)) })),
    fails: ["batch/weights-beyond-preferred", "batch/fixed/weights", "batch/gradient-of-shared-inputs", "rules/*/batch"],
  },
  {
    name: "weights average instead of summing",
    breaks: inGradients((gradient, { weights }) => (weights === undefined ? gradient : { ...gradient, data: gradient.data.map((v) => v / weights.length) })),
    fails: [
      "batch/weights",
      "batch/*weights*",
      "batch/*gradient-of-shared-inputs",
      "rules/*/batch",
      "targets/terms-weights",
      "inner/several",
      "methods/*",
      "layers/known/at-the-input",
      "targets/several/weights",
    ],
  },
];

function zeroedFrom(first: number, outputs: Readonly<Record<string, Tensor>>): Record<string, Tensor> {
  return mapValues(outputs, (tensor) => withRows(tensor as FloatTensor, (row, n) => (n < first ? row : row.map(() => 0))));
}
