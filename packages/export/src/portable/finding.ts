/** Something that some place refuses ("error"), or that works with less than one might wish ("note"). */
export interface PortabilityFinding {
  /** Which rule: "batch", "dims", "types", "node-names", "output-names", "control-flow", "domain", "opset", "initializer-inputs", "external-data", "webgpu", "float64". */
  readonly rule: string;
  readonly severity: "error" | "note";
  /** The input, output, node or weight; "" where it is the file. */
  readonly where: string;
  /** What is wrong, and what it breaks where. */
  readonly message: string;
}
