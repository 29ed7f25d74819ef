import type { ValueInfo } from "@xdeep/core";
import type { InnerValues } from "@xdeep/core/backend";

import type { InnerNames } from "../network.ts";

/** The inner values of a network. `infos` is asked when the first of them is, because what they look like takes a run. */
export function innerValues(names: InnerNames, infos: () => ReadonlyMap<string, ValueInfo>): InnerValues {
  return {
    get(name) {
      const listed = names.resolve(name);
      const info = listed === undefined ? undefined : infos().get(listed);
      return info === undefined ? undefined : { ...info, name };
    },
    names: () => infos().keys(),
    entries: names.entries,
  };
}
