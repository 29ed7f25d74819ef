import { XDeepError } from "@xdeep/core";
import { nodeModule } from "@xdeep/core/backend";

/** What reading and writing files takes. */
export interface NodeFiles {
  readonly fs: typeof import("node:fs/promises");
  readonly path: typeof import("node:path");
  readonly url: typeof import("node:url");
}

/** @throws {XDeepError} the given code where there is no disk, as in browsers */
export function nodeFiles(named: string | URL, code: "MODEL_NOT_FOUND" | "WRITE_FAILED"): NodeFiles {
  const fs = nodeModule("node:fs/promises") as NodeFiles["fs"] | null;
  const path = nodeModule("node:path") as NodeFiles["path"] | null;
  const url = nodeModule("node:url") as NodeFiles["url"] | null;
  if (fs !== null && path !== null && url !== null) return { fs, path, url };
  const advice = code === "WRITE_FAILED" ? "writeModel gives the bytes" : "pass the model's bytes or its address";
  throw new XDeepError(code, `"${String(named)}" is a file on disk, and there is none here: ${advice}.`, { details: { path: String(named) } });
}
