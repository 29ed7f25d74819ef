import { type DataType, type Layout, type ValueInfo, XDeepError } from "@xdeep/core";
import type { Tensor } from "@tensorflow/tfjs-core";

import type { Network } from "./network.ts";
import { valueInfo } from "./value-info.ts";

/** A network as a synchronous function: tensors in the order of `inputs`, one tensor or a list in the order of `outputs`. */
export type TfjsFunction = (...inputs: Tensor[]) => Tensor | readonly Tensor[];

/** Declares an input or output of a function. */
export interface FunctionValue {
  readonly name: string;
  /** The batch axis first; null where any size goes. */
  readonly dims: readonly (number | null)[];
  /** Default "float32". */
  readonly type?: Extract<DataType, "float32" | "int32" | "bool"> | undefined;
  /** Default "NHWC" for float inputs with four axes, otherwise null. */
  readonly layout?: Layout | undefined;
}

export interface FunctionSignature {
  readonly inputs: readonly FunctionValue[];
  readonly outputs: readonly FunctionValue[];
}

/** A plain function of tensors. Its weights are the user's, and so is their disposal. */
export function functionNetwork(run: TfjsFunction, { inputs, outputs }: FunctionSignature): Network {
  return {
    inputs: inputs.map((value) => declare(value, "input")),
    outputs: outputs.map((value) => declare(value, "output")),
    run({ feeds }) {
      const result: unknown = run(...inputs.map(({ name }) => feeds[name]!));
      if (typeof (result as { then?: unknown } | null)?.then === "function") {
        throw new XDeepError(
          "MODEL_UNSUPPORTED",
          "The function returned a promise. Only a synchronous function can be differentiated: await what it needs before it is called.",
        );
      }
      const list = (Array.isArray(result) ? result : [result]) as readonly Tensor[];
      if (list.length !== outputs.length) {
        throw new XDeepError("MODEL_INVALID", `The function declares ${outputs.length} outputs and returned ${list.length}.`, {
          details: { declared: outputs.map(({ name }) => name), got: list.length },
        });
      }
      return Object.fromEntries(outputs.map(({ name }, i) => [name, list[i]!]));
    },
    dispose: () => undefined,
  };
}

function declare({ name, dims, type = "float32", layout }: FunctionValue, role: "input" | "output"): ValueInfo {
  const info = valueInfo(name, dims, type, role);
  return layout === undefined ? info : { ...info, layout };
}
