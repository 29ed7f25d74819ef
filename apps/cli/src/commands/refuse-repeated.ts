import type { Command } from "commander";

import { COLLECTORS } from "./parse-flag.ts";

/** Refuses options that are given twice, unless they collect: the second would take the place of the first in silence. */
export function refuseRepeated(command: Command): void {
  for (const option of command.options) {
    if (!option.required || COLLECTORS.has(option.parseArg)) continue;
    let isGiven = false;
    command.on(`option:${option.name()}`, () => {
      if (isGiven) command.error(`error: option '${option.flags}' is given twice`);
      isGiven = true;
    });
  }
}
