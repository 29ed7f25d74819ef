import { describe, expect, it } from "vitest";

import { docsPages, pictureFiles } from "../docs-site/render-pages.ts";
import { brokenLinks, linksOf } from "./broken-links.ts";

const pages = docsPages();

describe("the documentation's site", () => {
  it("has every guide, every package and every program, each with a title", () => {
    expect(pages.map(({ file }) => file)).toEqual(
      expect.arrayContaining(["index.html", "errors.html", "packages-core.html", "packages-map.html", "apps-cli.html"]),
    );
    expect(new Set(pages.map(({ file }) => file)).size).toBe(pages.length);
    for (const { title } of pages) expect(title).not.toBe("");
  });

  it("links to pages, parts, files and pictures that are there", () => {
    expect(brokenLinks(pages)).toEqual([]);
    expect(pages.flatMap(({ html }) => linksOf(html)).length).toBeGreaterThan(100);
    const shown = new Set(pages.flatMap(({ html }) => Array.from(html.matchAll(/ src="files\/([^"]+)"/g), ([, name]) => name)));
    expect(pictureFiles(pages).length).toBe(shown.size);
  });

  it("renders the reference of a package's exports: links between doors, and parts that are named by what they declare", () => {
    const markdown = '# @xdeep/a\n\n### thing()\n\n#### Parameters\n\n| Parameter |\n| ------ |\n| <a id="x"></a> `x` \\<T\\>, see [other](a/b.md#other) |\n';
    const docs = docsPages([
      { module: "@xdeep/a", markdown },
      { module: "@xdeep/a/b", markdown: "# @xdeep/a/b\n\n### other\n\n[thing](../a.md#x)\n" },
    ]);
    const added = docs.filter(({ group }) => group === "API");
    expect(added.map(({ file, title }) => [file, title])).toEqual([
      ["api-a.html", "@xdeep/a"],
      ["api-a-b.html", "@xdeep/a/b"],
    ]);
    expect(brokenLinks(docs)).toEqual([]);
    expect(added.map(({ parts }) => parts.map(({ heading }) => heading))).toEqual([
      ["@xdeep/a", "thing()"],
      ["@xdeep/a/b", "other"],
    ]);
    expect(added[0]!.parts[1]!.text).toContain("x");
    expect(added[0]!.html).toContain("&lt;T&gt;");
  });

  it("can be searched under every heading", () => {
    const parts = pages.flatMap(({ parts: found }) => found);
    expect(parts.length).toBeGreaterThan(100);
    expect(parts.some(({ heading, text }) => heading === "GRADIENT_MISSING" && text.length > 20)).toBe(true);
  });
});
