import { mkdtemp, readFile, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { Application, type TypeDocOptions } from "typedoc";
import type { PluginOptions } from "typedoc-plugin-markdown";

import { REPOSITORY, ROOT } from "./site.ts";

/** What one door of a package exports. */
export interface ApiPage {
  /** As it is imported: "@xdeep/core/backend". */
  readonly module: string;
  /** Links lead to other doors by their paths, "../core.md#model". */
  readonly markdown: string;
}

const OPTIONS: TypeDocOptions & PluginOptions = {
  plugin: ["typedoc-plugin-markdown"],
  tsconfig: fileURLToPath(new URL("tsconfig.json", import.meta.url)),
  // The type checker of the project is TypeScript 7.
  skipErrorChecking: true,
  logLevel: "Error",
  excludeExternals: true,
  excludePrivate: true,
  excludeInternal: true,
  readme: "none",
  disableGit: true,
  gitRevision: "main",
  sourceLinkTemplate: `${REPOSITORY}packages/{path}#L{line}`,
  router: "module",
  hidePageHeader: true,
  hideBreadcrumbs: true,
  sanitizeComments: true,
  useCodeBlocks: true,
  parametersFormat: "table",
  interfacePropertiesFormat: "table",
  classPropertiesFormat: "table",
  propertyMembersFormat: "table",
  typeDeclarationFormat: "table",
  tableColumnSettings: { hideInherited: true, hideModifiers: true, hideOverrides: true, hideSources: true, leftAlignHeaders: true },
};

/** The public exports of every package that is published, with their docstrings and signatures: TypeDoc reads the sources. */
export async function apiReference(): Promise<readonly ApiPage[]> {
  const doors = await publishedDoors();
  const out = await mkdtemp(join(tmpdir(), "xdeep-api-"));
  try {
    const app = await Application.bootstrapWithPlugins({ ...OPTIONS, entryPoints: doors.map(({ file }) => file), out });
    const project = await app.convert();
    if (project === undefined) throw new Error("TypeDoc could not read the packages.");
    const moduleOf = new Map(doors.map(({ module, file }) => [file, module]));
    for (const child of project.children ?? []) child.name = moduleOf.get(child.sources?.[0]?.fullFileName ?? "") ?? child.name;
    await app.generateOutputs(project);
    return await Promise.all(doors.map(async ({ module }) => ({ module, markdown: await readFile(join(out, `${module}.md`), "utf8") })));
  } finally {
    await rm(out, { recursive: true, force: true });
  }
}

async function publishedDoors(): Promise<readonly { readonly module: string; readonly file: string }[]> {
  const folders = await readdir(join(ROOT, "packages"));
  const found = await Promise.all(
    folders.map(async (folder) => {
      const manifest = JSON.parse(await readFile(join(ROOT, "packages", folder, "package.json"), "utf8")) as Manifest;
      const exported = manifest.private === true ? [] : Object.entries(manifest.exports ?? {});
      return exported.flatMap(([door, target]) =>
        typeof target === "string" ? [] : [{ module: join(manifest.name, door), file: join(ROOT, "packages", folder, target["xdeep-source"]) }],
      );
    }),
  );
  return found.flat();
}

interface Manifest {
  readonly name: string;
  readonly private?: boolean;
  readonly exports?: Readonly<Record<string, string | { readonly "xdeep-source": string }>>;
}
