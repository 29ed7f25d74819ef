import { basename } from "node:path";

import { type Model, XDeepError, printable } from "@xdeep/core";
import { checkContract } from "@xdeep/core/method";

import { hashFile } from "../inputs/hashed-file.ts";
import { findPackage, loadPackage, packageNames } from "../load-package.ts";
import { UsageError } from "../usage-error.ts";
import type { ModelLoader } from "./model-loader.ts";

type LoadModel = (source: string, options: Readonly<Record<string, unknown>>) => Promise<Model>;

/**
 * The backend of others that `--backend` names: a package, such as "xdeep-backend-foo" or "foo" for short, or the path of a module.
 *
 * @throws {UsageError} where there is none; {XDeepError} as `loadPackage`
 */
export async function packagedBackend(name: string, builtIn: readonly string[]): Promise<ModelLoader> {
  const found = findPackage("backend", name);
  if (found === null) {
    const tried = packageNames("backend", name).map((specifier) => `"${printable(specifier)}"`);
    throw new UsageError(
      `There is no backend "${name}". Backends are ${builtIn.join(", ")}. Nor is there a package ${tried.join(" or ")} in ${process.cwd()} or above.`,
    );
  }
  const { specifier, run } = await loadPackage<LoadModel>("backend", found);
  return {
    name: specifier,
    kind: specifier,
    engines: [],
    takes: ["backendOption"],
    accepts: () => true,
    load: async (path, { backendOption = {} }) => {
      const model = await run(path, backendOption);
      if (typeof model?.vjp !== "function") {
        throw new XDeepError("OPTION_INVALID", `"${specifier}" loaded something that is no model: it has no \`vjp\` (docs/write-a-backend.md).`, {
          details: { package: specifier },
        });
      }
      checkContract(model);
      return { model, file: await hashFile(path, basename(path)), weightFiles: [] };
    },
  };
}
