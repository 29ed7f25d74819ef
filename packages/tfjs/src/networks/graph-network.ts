import { XDeepError } from "@xdeep/core";
import type { Tensor } from "@tensorflow/tfjs-core";
import type { GraphModel } from "@tensorflow/tfjs-converter";

import type { Network } from "./network.ts";
import { valueInfo } from "./value-info.ts";

/** Structural, so that a GraphModel of any installed copy of TensorFlow.js is one. */
export function isGraphModel(source: unknown): source is GraphModel {
  const model = source as Partial<GraphModel> | null;
  return (
    typeof model === "object" &&
    model !== null &&
    typeof model.executeAsync === "function" &&
    typeof model.execute === "function" &&
    Array.isArray(model.outputNodes)
  );
}

/** Operators whose running time or result size depends on data: TensorFlow.js runs them asynchronously, and nothing can be recorded then. */
const CONTROL_FLOW: ReadonlySet<string> = new Set([
  "Enter",
  "Exit",
  "If",
  "LoopCond",
  "Merge",
  "NextIteration",
  "StatelessIf",
  "StatelessWhile",
  "Switch",
  "While",
  "NonMaxSuppressionV2",
  "NonMaxSuppressionV3",
  "NonMaxSuppressionV4",
  "NonMaxSuppressionV5",
  "Where",
]);

/**
 * A GraphModel.
 *
 * @throws {XDeepError} MODEL_UNSUPPORTED for control flow, string inputs and inputs of unknown rank
 */
export function graphNetwork(model: GraphModel, { owned }: { readonly owned: boolean }): Network {
  checkControlFlow(model);
  const inputNames = model.inputNodes;
  const outputNames = model.outputNodes;
  return {
    inputs: model.inputs.map(({ shape, dtype }, i) => {
      const name = inputNames[i]!;
      if (shape === undefined || shape === null) {
        throw new XDeepError("MODEL_UNSUPPORTED", `Input "${name}" has no declared shape. Convert the model with a signature that gives its rank.`, {
          details: { input: name },
        });
      }
      return valueInfo(name, shape, dtype, "input");
    }),
    // Without a signature the converter often drops output shapes; the trial run at load fills them in.
    outputs: model.outputs.map(({ shape, dtype }, i) => valueInfo(outputNames[i]!, shape ?? [], dtype ?? "float32", "output")),
    run(feeds) {
      const result = model.execute({ ...feeds }, [...outputNames]);
      const outputs: Tensor[] = Array.isArray(result) ? result : [result];
      return Object.fromEntries(outputNames.map((name, i) => [name, outputs[i]!]));
    },
    dispose: () => {
      if (owned) model.dispose();
    },
  };
}

function checkControlFlow(model: GraphModel): void {
  const nodes = (
    model as unknown as {
      readonly executor?: { readonly graph?: { readonly nodes?: Readonly<Record<string, { readonly name: string; readonly op: string }>> } };
    }
  ).executor?.graph?.nodes;
  const found = Object.values(nodes ?? {}).filter(({ op }) => CONTROL_FLOW.has(op));
  if (found.length === 0) return;
  const listed = found.map(({ name, op }) => `${op} ("${name}")`);
  throw new XDeepError(
    "MODEL_UNSUPPORTED",
    `The graph has operators that TensorFlow.js runs asynchronously: ${listed.join(", ")}. Cut the model before them and convert it again.`,
    {
      details: { nodes: found.map(({ name, op }) => ({ name, op })) },
    },
  );
}
