import { existsSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { ROOT, docsPages, pictureFiles } from "../docs-site/render-pages.ts";

const pages = docsPages();
const REPOSITORY = "https://github.com/xdeep/xdeep/blob/main/";

describe("the documentation's site", () => {
  it("has every guide, every package and every program, each with a title", () => {
    expect(pages.map(({ file }) => file)).toEqual(
      expect.arrayContaining(["index.html", "errors.html", "packages-core.html", "packages-map.html", "apps-cli.html"]),
    );
    expect(new Set(pages.map(({ file }) => file)).size).toBe(pages.length);
    for (const { title } of pages) expect(title).not.toBe("");
  });

  it("links to pages, parts, files and pictures that are there", () => {
    const ids = new Map(pages.map(({ file, html }) => [file, new Set(Array.from(html.matchAll(/ id="([^"]+)"/g), ([, id]) => id!))]));
    const broken = pages.flatMap(({ source, file, html }) =>
      Array.from(html.matchAll(/ href="([^"]+)"/g), ([, href]) => decodeURIComponent(href!.replaceAll("&amp;", "&")))
        .filter((href) => {
          if (href.startsWith(REPOSITORY)) return !existsSync(join(ROOT, href.slice(REPOSITORY.length).split("#")[0]!));
          if (/^[a-z]+:/.test(href)) return false;
          const [page, id] = href.split("#");
          const found = ids.get(page === "" ? file : page!);
          return found === undefined || (id !== undefined && !found.has(id));
        })
        .map((href) => `${source}: ${href}`),
    );
    expect(broken).toEqual([]);
    expect(pages.reduce((count, { html }) => count + (html.match(/ href="/g)?.length ?? 0), 0)).toBeGreaterThan(100);
    const shown = new Set(pages.flatMap(({ html }) => Array.from(html.matchAll(/ src="files\/([^"]+)"/g), ([, name]) => name)));
    expect(pictureFiles(pages).length).toBe(shown.size);
  });

  it("can be searched under every heading", () => {
    const parts = pages.flatMap(({ parts: found }) => found);
    expect(parts.length).toBeGreaterThan(100);
    expect(parts.some(({ heading, text }) => heading === "GRADIENT_MISSING" && text.length > 20)).toBe(true);
  });
});
