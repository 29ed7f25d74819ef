import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { onTestFinished } from "vitest";

import { main } from "../src/main.ts";

export interface CliResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunCliOptions {
  readonly signal?: AbortSignal;
  /** Called with every text that goes to stdout. */
  readonly onOutput?: (text: string) => void;
  /** Stand in for a terminal. */
  readonly isTTY?: boolean;
}

/** Runs the command as the shell would, with its streams kept. */
export async function runCli(argv: readonly string[], { signal, onOutput, isTTY }: RunCliOptions = {}): Promise<CliResult> {
  let stdout = "";
  let stderr = "";
  const code = await main(argv, {
    stdout: {
      write: (text: string) => {
        stdout += text;
        onOutput?.(text);
      },
    },
    stderr: {
      write: (text: string) => {
        stderr += text;
      },
      isTTY,
    },
    signal,
  });
  return { code, stdout, stderr };
}

/** A folder that is gone after the test. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "xdeep-cli-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}
