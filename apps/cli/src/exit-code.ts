/** What the process returns to the shell. */
export const EXIT = {
  ok: 0,
  /** The model, the data or the device: what XDeepError stands for. */
  failure: 1,
  /** The command line cannot be understood. */
  usage: 2,
  /** 128 + SIGINT, as shells have it. */
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
