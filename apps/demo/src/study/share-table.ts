import Table from "cli-table3";
import { mean } from "./object-share.ts";
import type { Study } from "./study.ts";

const NO_LINES = {
  top: "",
  "top-mid": "",
  "top-left": "",
  "top-right": "",
  bottom: "",
  "bottom-mid": "",
  "bottom-left": "",
  "bottom-right": "",
  left: "",
  "left-mid": "",
  mid: "",
  "mid-mid": "",
  right: "",
  "right-mid": "",
  middle: "",
};

/** One line of measures per method, next to what a blind guess would have, as text. */
export function shareTable(study: Study): string {
  const table = new Table({
    head: ["method", "on the object", "in its half", "deletion", "random net", "gradients", "ms a picture"],
    colAligns: ["left", "right", "right", "right", "right", "right", "right"],
    style: { head: [], border: [], "padding-left": 2, "padding-right": 0 },
    chars: NO_LINES,
  });
  table.push(["(a blind guess)", percent(mean(study.areas)), percent(0.5), "", "", "", ""]);
  for (const result of study.results) {
    const { method, shares, milliseconds, measures } = result;
    table.push([
      method.name,
      percent(mean(shares)),
      percent(measures.half),
      measures.deletion.toFixed(2),
      measures.randomized.toFixed(2),
      String(method.gradients),
      (milliseconds / shares.length).toFixed(1),
    ]);
  }
  return table.toString();
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}
