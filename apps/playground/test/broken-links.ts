import { existsSync } from "node:fs";
import { join } from "node:path";

import { REPOSITORY, ROOT } from "../docs-site/site.ts";

/** The links in pages of one folder that lead to no page, part of a page, or file of the repository. Those out of the folder and to other sites are not followed. */
export function brokenLinks(pages: readonly { readonly file: string; readonly html: string }[]): readonly string[] {
  const ids = new Map(pages.map(({ file, html }) => [file, new Set(Array.from(html.matchAll(/ id="([^"]+)"/g), ([, id]) => id!))]));
  return pages.flatMap(({ file, html }) =>
    linksOf(html)
      .filter((href) => {
        if (href.startsWith(REPOSITORY)) return !existsSync(join(ROOT, href.slice(REPOSITORY.length).split("#")[0]!));
        if (/^([a-z]+:|\.\.\/)/.test(href)) return false;
        const [page, id] = href.split("#");
        const found = ids.get(page === "" ? file : page!);
        return found === undefined || (id !== undefined && !found.has(id));
      })
      .map((href) => `${file}: ${href}`),
  );
}

/** What the links of a page lead to. */
export function linksOf(html: string): readonly string[] {
  return Array.from(html.matchAll(/ href="([^"]+)"/g), ([, href]) => decodeURIComponent(href!.replaceAll("&amp;", "&")));
}
