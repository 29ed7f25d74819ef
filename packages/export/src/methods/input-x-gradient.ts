import { type MethodDescription, XDeepError } from "@xdeep/core";

import { type Rows, type WriterContext, type WrittenAttribution, inside } from "./writer.ts";

/** x ⊙ A(x). */
export function writeInputXGradient({ g, write }: WriterContext, method: MethodDescription, rows: Rows): WrittenAttribution {
  const { values, ...rest } = write(inside(method), rows);
  const products = [...values].map(([name, attribution]) => {
    const fed = rows.feeds.get(name);
    if (fed !== undefined) return [name, g.mul(fed, attribution)] as const;
    throw new XDeepError("WRT_UNKNOWN", `${method.name} multiplies by what is fed, and "${name}" is not: it is inside the network.`, {
      details: { wrt: name },
    });
  });
  return { ...rest, values: new Map(products), delta: undefined };
}
