import { sharedInputs } from "@xdeep/core/method";
import type { Value } from "@xdeep/onnx";

import type { Feeds } from "../network/network.ts";
import { repeatedAlong } from "../network/axes.ts";
import type { Rows, WriterContext } from "./writer.ts";

/** These values beside what is fed: those inside the network are computed, and the network is run from them. */
export function feedsWith({ network }: WriterContext, { feeds }: Rows, names: readonly string[]): Feeds {
  return new Map([...feeds, ...names.filter((name) => !feeds.has(name)).map((name) => [name, network.at(feeds).value(name)] as const)]);
}

/** The feeds of n points for each row: what moves as it is given, all other inputs repeated, those without a batch axis as they are. */
export function pointFeeds(context: WriterContext, feeds: Feeds, moved: ReadonlyMap<string, Value>, n: number): Feeds {
  return new Map([...feeds].map(([name, value]) => [name, moved.get(name) ?? repeatedAlong(context.g, value, batchAxis(context, name), n)]));
}

/** The feeds of rows by their places, some of them several times: what moves as it is given, all other inputs gathered, those without a batch axis as they are. */
export function rowsOf(context: WriterContext, feeds: Feeds, moved: ReadonlyMap<string, Value>, places: Value): Feeds {
  const gathered = (name: string, value: Value): Value => {
    const axis = batchAxis(context, name);
    return axis === null ? value : context.g.gather(value, places, axis);
  };
  return new Map([...feeds].map(([name, value]) => [name, moved.get(name) ?? gathered(name, value)]));
}

/** The first feed that has a row for each of the batch. */
export function batchedFeed({ model }: WriterContext, feeds: Feeds): Value {
  const shared = sharedInputs(model.inputs);
  return [...feeds].find(([name]) => !shared.has(name))![1];
}

/** The axis of a fed value that holds its rows: the leading one, or that of a state, [layers, batch, hidden]. Null where every row gets the whole of it. */
function batchAxis({ model, network, batch }: WriterContext, name: string): number | null {
  if (!sharedInputs(model.inputs).has(name)) return 0;
  const axis = network.graph.facts.get(name)?.dims?.indexOf(batch) ?? -1;
  return axis < 0 ? null : axis;
}
