import { sharedInputs } from "@xdeep/core/method";
import type { Value } from "@xdeep/onnx";

import type { Feeds } from "../network/network.ts";
import { repeated } from "../network/axes.ts";
import type { Rows, WriterContext } from "./writer.ts";

/** These values beside what is fed: those inside the network are computed, and the network is run from them. */
export function feedsWith({ network }: WriterContext, { feeds }: Rows, names: readonly string[]): Feeds {
  return new Map([...feeds, ...names.filter((name) => !feeds.has(name)).map((name) => [name, network.at(feeds).value(name)] as const)]);
}

/** The feeds of n points for each row: what moves as it is given, all other inputs repeated, those without a batch axis as they are. */
export function pointFeeds({ g, model }: WriterContext, feeds: Feeds, moved: ReadonlyMap<string, Value>, n: number): Feeds {
  const shared = sharedInputs(model.inputs);
  return new Map([...feeds].map(([name, value]) => [name, moved.get(name) ?? (shared.has(name) ? value : repeated(g, value, n))]));
}
