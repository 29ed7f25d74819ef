import type { ValueInfo } from "@xdeep/core";
import type { InnerValues } from "@xdeep/core/backend";

import type { InnerNames } from "../network.ts";

/** The inner values of a network. What they look like is found out when the first is asked for, because that takes a run. */
export function innerValues(names: InnerNames, look: () => ReadonlyMap<string, ValueInfo>): InnerValues {
  let known: ReadonlyMap<string, ValueInfo> | undefined;
  const infos = (): ReadonlyMap<string, ValueInfo> => (known ??= look());
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
