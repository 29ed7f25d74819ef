import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { type Model, XDeepError } from "@xdeep/core";
import { checkOptionNames } from "@xdeep/core/method";
import { Backprop } from "@xdeep/guided";
import { integrated } from "@xdeep/integrated";
import { analyticModel, randomLayers } from "@xdeep/test-models";
import { onTestFinished } from "vitest";

import { type ServedMethods, type ServerOptions, type XDeepServer, createServer } from "../src/index.ts";

export const WIDTH = 4;

/** What a model of a test does beside computing. */
export interface Behaviour {
  /** Milliseconds of a run. */
  readonly slow?: number;
  readonly fails?: string;
}

/** Runs that were started, and how many rows each had. */
export const runs: { rows: number; aborted: boolean }[] = [];

/** The same network whatever the file holds. */
export function network(): Model {
  return analyticModel({ inputs: [{ name: "x", dims: [WIDTH] }], layers: randomLayers([WIDTH, 8, 3], "relu"), capabilities: { preferredBatch: 8 } });
}

function behaving({ slow = 0, fails }: Behaviour): Model {
  const model = network();
  const wrap =
    <R extends { feeds: Readonly<Record<string, { dims: readonly number[] }>>; signal?: AbortSignal | undefined }, T>(run: (request: R) => Promise<T>) =>
    async (request: R): Promise<T> => {
      const entry = { rows: request.feeds["x"]!.dims[0]!, aborted: false };
      runs.push(entry);
      for (let waited = 0; waited < slow; waited += 5) {
        await new Promise((resolve) => setTimeout(resolve, 5));
        if (request.signal?.aborted) {
          entry.aborted = true;
          throw request.signal.reason;
        }
      }
      if (fails !== undefined) throw new XDeepError("ENGINE_FAILED", fails);
      return run(request);
    };
  return { ...model, forward: wrap(model.forward), vjp: wrap(model.vjp) };
}

export const METHODS: ServedMethods = {
  names: ["vanilla", "integrated"],
  create: (model, name, parameters) => {
    checkOptionNames(name, parameters, name === "integrated" ? ["n"] : []);
    if (name === "vanilla") return new Backprop(model);
    if (name === "integrated") return integrated(new Backprop(model), parameters);
    throw new XDeepError("OPTION_INVALID", `There is no method "${name}".`);
  },
  mayJoin: () => true,
  cost: (name, { n }) => (name === "integrated" ? Number(n ?? 25) : 1),
};

export interface SmallServer extends XDeepServer {
  readonly folder: string;
  readonly address: string;
  /** Writes a model. */
  add(name: string, behaviour?: Behaviour): Promise<void>;
}

/** A server with these models, that listens on a free port. */
export async function smallServer(models: Readonly<Record<string, Behaviour>>, options: Partial<ServerOptions> = {}): Promise<SmallServer> {
  const folder = await mkdtemp(join(tmpdir(), "xdeep-server-"));
  const add = (name: string, behaviour: Behaviour = {}): Promise<void> => writeFile(join(folder, `${name}.onnx`), JSON.stringify(behaviour));
  for (const [name, behaviour] of Object.entries(models)) await add(name, behaviour);
  const open: ServerOptions["open"] = async (path) => ({
    model: behaving(JSON.parse(await readFile(path, "utf8")) as Behaviour),
    preprocessing: null,
    labels: ["ant", "bee", "cat"],
  });
  const server = createServer({ folder, open, methods: METHODS, logger: false, scanSeconds: 0.05, ...options });
  const address = await server.listen({ port: 0 });
  onTestFinished(async () => {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  });
  return { ...server, folder, address, add };
}
