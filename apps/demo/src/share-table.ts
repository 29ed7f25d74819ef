import Table from "cli-table3";
import { mean } from "./object-share.ts";
import { type Study, timesArea } from "./study.ts";

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

/** How much of each method's attribution lies on the object, next to the area that it covers, as text. */
export function shareTable(study: Study): string {
  const table = new Table({
    head: ["method", "on the object", "times its area", "gradients", "ms a picture"],
    colAligns: ["left", "right", "right", "right", "right"],
    style: { head: [], border: [], "padding-left": 2, "padding-right": 0 },
    chars: NO_LINES,
  });
  table.push(["(the object's area)", percent(mean(study.areas)), "1.0", "", ""]);
  for (const result of study.results) {
    const { method, shares, milliseconds } = result;
    table.push([method.name, percent(mean(shares)), timesArea(study, result).toFixed(1), String(method.gradients), (milliseconds / shares.length).toFixed(1)]);
  }
  return table.toString();
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}
