import { XDeepError } from "@xdeep/core";

/** The error for a form of a kernel that TensorFlow.js 4.22 computes wrongly: what comes out has no meaning to differentiate. */
export function unsupportedForm(kernel: string, form: string, todo: string): XDeepError {
  return new XDeepError("GRADIENT_MISSING", `${kernel} ${form} is not supported: TensorFlow.js computes it wrongly. ${todo}`, {
    details: { kernels: [kernel] },
  });
}
