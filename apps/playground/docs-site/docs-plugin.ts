import { readFileSync } from "node:fs";
import { join } from "node:path";

import type { Plugin } from "vite";

import { apiReference } from "./api-reference.ts";
import { type DocsPage, docsPages, pictureFiles } from "./render-pages.ts";
import { ROOT } from "./site.ts";

const GROUPS = ["Guides", "Packages", "Programs", "API"] as const;

/** Writes the documentation into docs/ of the site, with what is searched. Its script is src/docs/docs.ts. */
export function documentation(): Plugin {
  return {
    name: "documentation",
    apply: "build",
    generateBundle: {
      order: "pre",
      async handler(_, bundle) {
        const script = Object.values(bundle).find((chunk) => chunk.type === "chunk" && chunk.facadeModuleId?.endsWith("src/docs/docs.ts"));
        if (script?.type !== "chunk") return;
        const styles = [...(script.viteMetadata?.importedCss ?? [])];
        const pages = docsPages(await apiReference());
        for (const page of pages) this.emitFile({ type: "asset", fileName: `docs/${page.file}`, source: layOut(page, pages, script.fileName, styles) });
        for (const path of pictureFiles(pages))
          this.emitFile({ type: "asset", fileName: `docs/files/${path.replaceAll("/", "-")}`, source: readFileSync(join(ROOT, path)) });
        const parts = pages.flatMap(({ file, title, group, parts: found }) =>
          found.map(({ id, heading, text }) => ({ id: `${file}#${id}`, page: group === "API" ? `${title}, API` : title, heading, text })),
        );
        this.emitFile({ type: "asset", fileName: "docs/search.json", source: JSON.stringify(parts) });
      },
    },
  };
}

function layOut(page: DocsPage, pages: readonly DocsPage[], script: string, styles: readonly string[]): string {
  const nav = GROUPS.map((group) => {
    const links = pages
      .filter((other) => other.group === group)
      .map((other) => `<li><a href="${other.file}"${other === page ? ' aria-current="page"' : ""}>${escaped(other.title)}</a></li>`);
    return `<h2>${group}</h2><ul>${links.join("")}</ul>`;
  });
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:">
<link rel="icon" href="data:,">
<title>${escaped(page.title)} · xdeep</title>
${styles.map((style) => `<link rel="stylesheet" href="../${style}">`).join("\n")}
</head>
<body class="docs">
<header><a class="home" href="index.html"><strong>xdeep</strong></a><div class="search"><label for="search" class="hidden">Search the documentation</label><input id="search" type="search" placeholder="Search" autocomplete="off"><ul id="found" aria-live="polite" hidden></ul></div><a href="../index.html">Try it</a></header>
<div class="columns">
<nav aria-label="Documentation"><details open><summary>Pages</summary>${nav.join("")}</details></nav>
<main data-page="${page.file}">${page.html}${doors(page, pages)}</main>
</div>
<script type="module" src="../${script}"></script>
</body>
</html>
`;
}

/** From the README of a package to what it exports. */
function doors({ source, group }: DocsPage, pages: readonly DocsPage[]): string {
  if (group !== "Packages") return "";
  const name = source.replace(/^packages\/(.+)\/README\.md$/, "@xdeep/$1");
  const links = pages.filter(({ group: other, title }) => other === "API" && (title === name || title.startsWith(`${name}/`)));
  return links.length === 0 ? "" : `<h2>API</h2><ul>${links.map(({ file, title }) => `<li><a href="${file}">${escaped(title)}</a></li>`).join("")}</ul>`;
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}
