import type { Endpoint } from "./path/endpoint.ts";
import { type IntegratedRow, type NodeRequest, type RowIntegration, type RowPath } from "./path/row-path.ts";
import type { RunCount } from "./path/run-count.ts";

/** Where an integration is: what it asks for, or what it found. */
type Step = IteratorResult<NodeRequest, IntegratedRow>;

/**
 * Integrates several targets over the paths of one row, side by side: whichever ask for the same nodes get them from one run. What one target asks for does not
 * depend on the others, so each gets what it would get alone.
 *
 * @param planned runs that `count` knows of
 */
export async function integrateTargets(
  path: RowPath,
  row: number,
  endpoints: readonly Endpoint[],
  integrate: (endpoint: Endpoint, index: number) => RowIntegration,
  { count, planned }: { readonly count: RunCount; readonly planned: number },
): Promise<readonly IntegratedRow[]> {
  const integrations = endpoints.map((endpoint, k) => integrate(endpoint, k));
  const steps: Step[] = [];
  // What a first call is given, nobody reads.
  for (const integration of integrations) steps.push(await integration.next(undefined as never));
  let left = planned;
  for (let asking = askingFor(steps); asking.length > 0; asking = askingFor(steps)) {
    for (const { request, who } of asking) {
      if (left === 0) count.expect(1);
      left = Math.max(0, left - 1);
      const targets = who.map((k) => endpoints[k]!.target[row]!);
      const found = await path.gradients(request, targets);
      count.done();
      for (const [n, k] of who.entries()) steps[k] = await integrations[k]!.next(found[n]!);
    }
  }
  return steps.map(({ value }) => value as IntegratedRow);
}

interface Asking {
  readonly request: NodeRequest;
  /** Which targets ask for it. */
  readonly who: number[];
}

function askingFor(steps: readonly Step[]): readonly Asking[] {
  const asking: Asking[] = [];
  for (const [k, { done, value: request }] of steps.entries()) {
    if (done === true) continue;
    const same = asking.find((other) => isSame(other.request, request));
    if (same === undefined) asking.push({ request, who: [k] });
    else same.who.push(k);
  }
  return asking;
}

function isSame(a: NodeRequest, b: NodeRequest): boolean {
  if (a.nodes.length !== b.nodes.length || (a.weights === undefined) !== (b.weights === undefined)) return false;
  const isSameWeight = (n: number): boolean => a.weights?.[n] === b.weights?.[n];
  return a.nodes.every(({ start, alpha }, n) => start === b.nodes[n]!.start && alpha === b.nodes[n]!.alpha && isSameWeight(n));
}
