import { printable } from "@xdeep/core";

import type { LoadedCheck, LoadedOutput } from "../models/check-loaded.ts";
import { formatDims } from "./text/format-number.ts";
import { describeLayers } from "./print-check.ts";
import { textTable } from "./text/text-table.ts";
import { wrapLines } from "./text/wrap-lines.ts";

/** The check of a loaded model as text. */
export function describeLoadedCheck({ file, explainable, problem, engine, inputs, outputs, rectifiers, layers }: LoadedCheck): string {
  const heading = `${printable(file)}: ${explainable ? "can be explained" : "cannot be explained"}\n`;
  const reason = problem === null ? "" : `\n${problem}\n`;
  if (engine === null) return `${heading}${reason}`;
  const inputTable = textTable(
    [{ heading: "name" }, { heading: "type" }, { heading: "dims" }],
    inputs.map(({ name, type, dims }) => [name, type, formatDims(dims)]),
    "  ",
  );
  const outputTable = textTable([{ heading: "name" }, { heading: "type" }, { heading: "dims" }, { heading: "explained" }], outputs.map(outputRow), "  ");
  const acted = rectifiers.length === 0 ? "  none: guided and deconvnet are not there" : wrapLines(`guided can act on ${rectifiers.join(", ")}`, "  ");
  return `${heading}  tried on     ${printable(engine)}\n${reason}\ninputs\n${inputTable}\n\noutputs\n${outputTable}\n\nrectifiers\n${acted}\n\nlayers for grad-cam and others\n${describeLayers(layers)}\n`;
}

function outputRow({ name, type, dims, explainable, activation }: LoadedOutput): readonly string[] {
  const score = activation === null ? "yes: its entries are the scores" : `yes: the logit before its ${activation}, or the result`;
  return [name, type, formatDims(dims), explainable ? score : `no: type ${type} has no gradient`];
}
