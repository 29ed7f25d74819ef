import type { Tensor } from "@xdeep/core";
import type { VjpPlan } from "@xdeep/core/backend";

/** Name under which a cotangent travels with the feeds, so that its rows are split as theirs are. No input is called so. */
export const COTANGENT = "\0cotangent";

/** Before the names of a reference run's inputs, which travel in the same way. */
export const REFERENCE = "\0reference ";

type Feeds = Readonly<Record<string, Tensor>>;

/** The feeds of a vector-Jacobian product, its cotangent and its reference run's among them. */
export function joinFeeds({ feeds, cotangent, reference = {} }: Pick<VjpPlan, "cotangent" | "feeds" | "reference">): Feeds {
  const others = Object.fromEntries(Object.entries(reference).map(([name, tensor]) => [REFERENCE + name, tensor]));
  return { ...feeds, ...others, ...(cotangent === undefined ? {} : { [COTANGENT]: cotangent }) };
}

/** The same apart again, for the rows of one run. */
export function partFeeds(joined: Feeds): { readonly feeds: Feeds; readonly reference: Feeds; readonly cotangent: Tensor | undefined } {
  const { [COTANGENT]: cotangent, ...fed } = joined;
  const [feeds, reference]: Record<string, Tensor>[] = [{}, {}];
  for (const [name, tensor] of Object.entries(fed)) {
    if (name.startsWith(REFERENCE)) reference![name.slice(REFERENCE.length)] = tensor;
    else feeds![name] = tensor;
  }
  return { feeds: feeds!, reference: reference!, cotangent };
}
