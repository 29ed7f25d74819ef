import type { GraphProto } from "@xdeep/onnx";
import { activePath, forwardReach } from "../path/active-path.ts";
import { carriesGradient } from "../coverage.ts";

/** The body of a Loop or a Scan, as far as gradients pass it in one step. Names are the body's own. */
export interface BodyPath {
  /** By state: its name before and after a step. */
  readonly states: readonly { readonly before: string; readonly after: string }[];
  /** Values whose cotangents are wanted: states' starts, scanned elements, outer values. */
  readonly wrt: readonly string[];
  /** Values that something outside depends on: last states and scanned outputs. */
  readonly of: readonly string[];
}

/** For each state, whether a gradient passes it: what is wanted reaches it, and it reaches what is explained, in some number of steps. */
export function activeStates(body: GraphProto, { states, wrt, of }: BodyPath): readonly boolean[] {
  const graph = { nodes: body.node, facts: new Map<string, never>() };
  const reached = grown(new Set(wrt), (names) => {
    const values = forwardReach(graph, names, carriesGradient);
    return states.filter(({ after }) => values.has(after)).map(({ before }) => before);
  });
  const needed = grown(new Set(of), (names) => {
    const { values } = activePath(graph, names, [...reached], carriesGradient);
    return states.filter(({ before }) => values.has(before)).map(({ after }) => after);
  });
  return states.map(({ before, after }) => reached.has(before) && needed.has(after));
}

/** A set with what follows from it, and from that, until nothing is new. */
export function grown(names: Set<string>, follow: (names: readonly string[]) => readonly string[]): ReadonlySet<string> {
  for (let size = -1; size !== names.size;) {
    size = names.size;
    for (const name of follow([...names])) names.add(name);
  }
  return names;
}
