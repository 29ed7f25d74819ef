import type { Operator, OperatorTable } from "../../operator-call.ts";
import { value64 } from "../../arrays/value64.ts";

/** wₙ = Σ aⱼ cos(2πjn / N), N the length of the window, or one less when it is not periodic. */
function cosineWindow(coefficients: readonly number[]): Operator {
  return (call) => {
    const size = call.input(0).data[0]!;
    const period = call.flag("periodic", true) ? size : size - 1;
    const data = Array.from({ length: size }, (_, n) => coefficients.reduce((sum, a, j) => sum + a * Math.cos((2 * Math.PI * j * n) / period), 0));
    return [value64(call.elementType("output_datatype") ?? "float32", [size], data)];
  };
}

/** Windows for frames of a signal. */
export const cosineWindowOperators: OperatorTable = {
  BlackmanWindow: cosineWindow([0.42, -0.5, 0.08]),
  HammingWindow: cosineWindow([25 / 46, -21 / 46]),
  HannWindow: cosineWindow([0.5, -0.5]),
};
