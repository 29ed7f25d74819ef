import { XDeepError, printable } from "@xdeep/core";
import { Command, Option } from "commander";

import type { Io } from "../io.ts";
import { ENGINES } from "../models/load-any-model.ts";
import type { LoadFlags } from "../models/model-loader.ts";
import { collectLimits, integerFrom, parsePort } from "./parse-flag.ts";
import { refuseRepeated } from "./refuse-repeated.ts";

interface ServeFlags extends Pick<LoadFlags, "engine" | "threads" | "limit"> {
  readonly port: number;
  readonly host: string;
  readonly gpu?: boolean;
  readonly workers: number;
  readonly keep?: number;
  readonly max?: Readonly<Record<string, number>> | undefined;
  readonly quiet?: boolean;
}

/** `xdeep serve`: explanations over HTTP, until it is told to stop. */
export function serveCommand(io: Io): Command {
  const command = new Command("serve")
    .summary("explain over HTTP")
    .description(
      "Serves the models of a folder (NAME.onnx, NAME/model.onnx, NAME/model.json) by the Open Inference Protocol and KServe's v1, with explain beside infer. New and changed files are loaded while it runs. Ctrl-C or SIGTERM answers what has come, and stops.",
    )
    .argument("<folder>", "models; files beside them say how pictures are fed and what classes are called")
    .option("--port <n>", "0 for any that is free", parsePort, 8080)
    .option("--host <address>", "0.0.0.0 for all: there is no authentication", "127.0.0.1")
    .option("--workers <n>", "threads of each model", integerFrom(1), 1)
    .option("--keep <n>", "models open at a time; others are opened when they are asked for (default: all)", integerFrom(1))
    .option("--threads <n>", "threads of ONNX Runtime in each (default: the cores, shared out)", integerFrom(1))
    .addOption(new Option("--engine <name>", "(default: onnxruntime-node; wasm for TensorFlow.js models)").choices(ENGINES))
    .option("--gpu", "run on a GPU, or fail where there is none")
    .option(
      "--max <name=n>",
      "what callers may ask for: bodyBytes, jsonBytes, heldBytes, pixels, rows, gradients, waiting, seconds, bodySeconds; several times",
      collectLimits,
    )
    .option("--limit <name=n>", "how much a model file may ask for, as the error about it says; several times", collectLimits)
    .option("--quiet", "no log; without it, standard output has a line of JSON for each answer")
    .action(async (folder: string, { port, host, workers, keep, max, quiet = false, gpu = false, ...load }: ServeFlags) => {
      const [{ createServer }, { SERVED_METHODS, openServed }] = await Promise.all([import("@xdeep/server"), import("../serve/open-served.ts")]);
      const server = createServer({
        folder,
        open: (path) => openServed(path, { ...load, gpu }, workers),
        methods: SERVED_METHODS,
        limits: max,
        lanes: workers,
        keep,
        logger: quiet ? false : { stream: { write: (line) => void io.stdout.write(line) } },
      });
      const address = await server.listen({ port, host }).catch(async (error: unknown) => {
        await server.stop();
        throw cannotListen(error, { port, host });
      });
      // Beside the log, which is a line of JSON each, this one is for people.
      (quiet ? io.stdout : io.stderr).write(`${printable(folder)} on ${address}\n`);
      await aborted(io.signal);
      await server.stop();
    });
  refuseRepeated(command);
  return command;
}

const REASONS: Readonly<Record<string, (at: { readonly port: number; readonly host: string }) => string>> = {
  EADDRINUSE: ({ port }) => `Something else listens at port ${port}. Name another one by --port, or 0 for any that is free`,
  EACCES: ({ port }) => `Port ${port} is not for everybody. Name one from 1024 on by --port`,
  EADDRNOTAVAIL: ({ host }) => `"${host}" is no address of this machine. Name one by --host, or 0.0.0.0 for all`,
  ENOTFOUND: ({ host }) => `"${host}" is no address of this machine. Name one by --host, or 0.0.0.0 for all`,
};

function cannotListen(error: unknown, at: { readonly port: number; readonly host: string }): unknown {
  const reason = REASONS[String((error as NodeJS.ErrnoException).code)];
  return reason === undefined ? error : new XDeepError("OPTION_INVALID", `${reason(at)}.`, { details: at, cause: error });
}

function aborted(signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) resolve();
    signal?.addEventListener("abort", () => resolve(), { once: true });
  });
}
