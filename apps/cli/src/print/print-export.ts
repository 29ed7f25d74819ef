import { printable } from "@xdeep/core";
import type { PortabilityFinding } from "@xdeep/export";
import { type ModelProto, dataTypeName } from "@xdeep/onnx";

import { wrapLines } from "./text/wrap-lines.ts";

/** The files of an export: the model, what lies beside it, and how many bytes of weights are among that. */
export interface WrittenFiles {
  readonly path: string;
  readonly beside: readonly string[];
  readonly weights: number;
}

/** What was written, as data and as text. */
export function describeExport(
  { path, beside, weights }: WrittenFiles,
  bytes: Uint8Array,
  model: ModelProto,
  findings: readonly PortabilityFinding[],
): { readonly document: object; readonly text: string } {
  const [inputs, outputs] = [model.graph!.input.map(describeValue), model.graph!.output.map(describeValue)];
  const metadata = Object.fromEntries(model.metadataProps.map(({ key, value }) => [key, value]));
  const document = { file: path, beside, bytes: bytes.length, weights, inputs, outputs, metadata, findings };
  const text = [
    `${printable(path)}: ${megabytes(bytes.length)}, ${weights === 0 ? "" : `weights beside it ${megabytes(weights)}, `}${metadata["xdeep.profile"]}\n`,
    listed("  inputs   ", inputs),
    listed("  outputs  ", outputs),
    `${wrapLines(`${metadata["xdeep.target"] === "argmax" ? "each row's highest" : metadata["xdeep.target"]}, ${metadata["xdeep.score"]}`, "  target   ")}\n`,
    `${wrapLines(metadata["xdeep.batch_proof"] ?? "", "  batch    ")}\n`,
    ...(beside.length === 0 ? [] : [listedPaths(beside)]),
    ...findings.map(({ message }) => `${wrapLines(printable(message), "  note     ")}\n`),
  ].join("");
  return { document, text };
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(bytes < 50_000 ? 3 : 1)} MB`;
}

/** Findings of `xdeep check --portable`, the grave ones first. */
export function describeFindings(file: string, findings: readonly PortabilityFinding[]): string {
  const errors = findings.filter(({ severity }) => severity === "error");
  const notes = findings.filter(({ severity }) => severity === "note");
  const head =
    errors.length === 0
      ? "keeps every rule of the portable profile"
      : `breaks ${new Set(errors.map(({ rule }) => rule)).size} of the rules of the portable profile`;
  const lines = [...errors, ...notes].map(({ rule, severity, message }) =>
    wrapLines(printable(message), `  ${(severity === "note" ? `note, ${rule}` : rule).padEnd(18)}  `),
  );
  return `${[`${printable(file)}: ${head}`, ...lines].join("\n")}\n`;
}

interface DescribedValue {
  readonly name: string;
  readonly type: string;
  readonly dims: readonly (number | string | null)[];
}

function describeValue({ name, type }: NonNullable<ModelProto["graph"]>["input"][number]): DescribedValue {
  const tensor = type?.value.case === "tensorType" ? type.value.value : undefined;
  const dims = (tensor?.shape?.dim ?? []).map(({ value }) => (value.case === "dimValue" ? Number(value.value) : (value.value ?? null)));
  return { name, type: dataTypeName(tensor?.elemType ?? 0) ?? "unknown", dims };
}

function listedPaths(paths: readonly string[]): string {
  return `  beside   ${paths.map((path) => printable(path)).join("\n           ")}\n`;
}

function listed(head: string, values: readonly DescribedValue[]): string {
  const lines = values.map(({ name, type, dims }) => `${printable(name)} ${type} [${dims.map((dim) => dim ?? "?").join(", ")}]`);
  return `${head}${lines.join(`\n${" ".repeat(head.length)}`)}\n`;
}
