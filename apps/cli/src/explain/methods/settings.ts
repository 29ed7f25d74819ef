import type { BaselineOption, QuadratureName } from "@xdeep/integrated";
import type { Aggregate } from "@xdeep/smooth";

/** Of |Σ A − (F(x) − F(x′))|: in units of the score, or as a share of |F(x) − F(x′)|. */
export type Tolerance = number | { readonly share: number };

/** Parameters of every method, each for those that take it (see method-settings.ts); what is undefined has the default of its package. */
export interface MethodSettings {
  readonly rectifiers?: readonly string[] | undefined;
  readonly steps?: number | undefined;
  readonly quadrature?: QuadratureName | undefined;
  readonly tolerance?: Tolerance | undefined;
  readonly multiplyByInputs?: boolean | undefined;
  readonly baseline?: BaselineOption | undefined;
  readonly samples?: number | undefined;
  readonly noiseLevel?: number | undefined;
  readonly noiseStd?: number | undefined;
  readonly seed?: number | undefined;
  readonly aggregate?: Aggregate | undefined;
  /** For methods of others. */
  readonly methodOption?: Readonly<Record<string, unknown>> | undefined;
}

/** What can be given to methods besides the score: some of them take it, others do not. */
export type Setting = keyof MethodSettings | "takeMax" | "wrt";
