import { existsSync, readFileSync, readdirSync, statSync } from "node:fs";
import { dirname, join, normalize } from "node:path";

import markdownIt from "markdown-it";

import type { ApiPage } from "./api-reference.ts";
import { REPOSITORY, ROOT } from "./site.ts";

/** A page of the documentation. */
export interface DocsPage {
  /** Below the repository, as "docs/errors.md"; "api/…" where there is no such file. */
  readonly source: string;
  /** Below the site's folder docs/, as "errors.html". */
  readonly file: string;
  readonly title: string;
  readonly group: "Guides" | "Packages" | "Programs" | "API";
  readonly html: string;
  /** What is searched: a part of the page under each heading. */
  readonly parts: readonly { readonly id: string; readonly heading: string; readonly text: string }[];
}

/** What every declaration has: no heading of a part that is searched. */
const API_HEADINGS =
  /^(Call Signature|Constructors?|Enumeration Members|Example|Extended by|Extends|Implementation of|Implements|Indexable|Inherited from|Methods|Overrides|Parameters|Properties|Returns|See|Throws|Type Declaration|Type Parameters)$/;

/** Every page of docs/, every README of a package that is published, those of the programs, and the reference of the packages' exports. */
export function docsPages(api: readonly ApiPage[] = []): readonly DocsPage[] {
  const guides = [
    "README.md",
    ...readdirSync(join(ROOT, "docs"))
      .filter((name) => name.endsWith(".md"))
      .map((name) => `docs/${name}`),
  ];
  const readmes = (folder: string): readonly string[] =>
    readdirSync(join(ROOT, folder))
      .map((name) => `${folder}/${name}/README.md`)
      .filter((path) => existsSync(join(ROOT, path)));
  const sources = [
    ...guides.map((source) => ({ source, group: "Guides" as const })),
    ...readmes("packages").map((source) => ({ source, group: "Packages" as const })),
    ...readmes("apps").map((source) => ({ source, group: "Programs" as const })),
  ];
  const written = [
    ...sources.map(({ source, group }) => ({ source, group, text: readFileSync(join(ROOT, source), "utf8") })),
    ...api.map(({ module, markdown }) => ({ source: `api/${module}.md`, group: "API" as const, text: markdown })),
  ];
  const files = new Map(written.map(({ source }) => [source, fileOf(source)]));
  return written.map((page) => renderPage(page, files));
}

function fileOf(source: string): string {
  if (source === "README.md") return "index.html";
  return `${source
    .replace(/^docs\//, "")
    .replace("@xdeep/", "")
    .replace(/\/README\.md$/, "")
    .replace(/\.md$/, "")
    .replaceAll("/", "-")}.html`;
}

function renderPage({ source, group, text }: Pick<DocsPage, "source" | "group"> & { readonly text: string }, files: ReadonlyMap<string, string>): DocsPage {
  // TypeDoc marks the rows of its tables by elements, and escapes what docstrings hold.
  const markdown = markdownIt({ html: group === "API", linkify: false, typographer: false });
  const parts: { id: string; heading: string; text: string }[] = [];
  const used = new Map<string, number>();
  let title = "";
  markdown.core.ruler.push("anchors", ({ tokens }) => {
    tokens.forEach((token, n) => {
      const inline = tokens[n + 1];
      if (token.type === "heading_open") {
        const heading = plainText(inline!);
        const id = uniqueSlug(heading, used);
        token.attrSet("id", id);
        title ||= heading;
        if (group !== "API" || !API_HEADINGS.test(heading)) parts.push({ id, heading, text: "" });
      } else if ((token.type === "inline" && tokens[n - 1]?.type !== "heading_open") || token.type === "fence") {
        const last = parts.at(-1);
        if (last !== undefined) last.text += `${token.type === "fence" ? token.content : plainText(token)} `;
      }
      if (token.type === "inline") for (const child of token.children ?? []) redirect(child, source, files);
    });
  });
  const html = markdown.render(text);
  return { source, file: fileOf(source), title, group, html, parts };
}

type Token = ReturnType<ReturnType<typeof markdownIt>["parse"]>[number];

function plainText({ children, content }: Token): string {
  return (children ?? []).length === 0 ? content : children!.map((child) => (child.type === "softbreak" ? " " : child.content)).join("");
}

/** As GitHub makes the anchor of a heading. */
function uniqueSlug(heading: string, used: Map<string, number>): string {
  const slug = heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, "")
    .replace(/\s/g, "-");
  const count = used.get(slug) ?? 0;
  used.set(slug, count + 1);
  return count === 0 ? slug : `${slug}-${count}`;
}

/** Links to pages of the site stay in it; links to other files of the repository lead there. */
function redirect(token: Token, source: string, files: ReadonlyMap<string, string>): void {
  const name = token.type === "link_open" ? "href" : token.type === "image" ? "src" : null;
  const value = name === null ? null : token.attrGet(name);
  if (name === null || typeof value !== "string" || /^([a-z]+:|#)/i.test(value)) return;
  const [path, anchor] = value.split("#");
  const target = normalize(join(dirname(source), decodeURIComponent(path!))).replace(/\/$/, "");
  const page = files.get(target) ?? files.get(`${target}/README.md`);
  if (name === "src") token.attrSet("src", `files/${target.replaceAll("/", "-")}`);
  else token.attrSet("href", page === undefined ? `${REPOSITORY}${target}` : `${page}${anchor === undefined ? "" : `#${anchor}`}`);
}

/** Pictures that pages show, by their place in the repository. */
export function pictureFiles(pages: readonly DocsPage[]): readonly string[] {
  const wanted = new Set(pages.flatMap(({ html }) => Array.from(html.matchAll(/src="files\/([^"]+)"/g), ([, name]) => name!)));
  const all = readdirSync(join(ROOT, "docs"), { recursive: true, encoding: "utf8" }).map((name) => `docs/${name}`);
  return all.filter((path) => wanted.has(path.replaceAll("/", "-")) && statSync(join(ROOT, path)).isFile());
}
