import { existsSync, readFileSync, readdirSync, statSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";

import markdownIt from "markdown-it";

export const ROOT: string = fileURLToPath(new URL("../../../", import.meta.url));
const REPOSITORY = "https://github.com/xdeep/xdeep/blob/main/";

/** A page of the documentation. */
export interface DocsPage {
  /** Below the repository, as "docs/errors.md". */
  readonly source: string;
  /** Below the site's folder docs/, as "errors.html". */
  readonly file: string;
  readonly title: string;
  readonly group: "Guides" | "Packages" | "Programs";
  readonly html: string;
  /** What is searched: a part of the page under each heading. */
  readonly parts: readonly { readonly id: string; readonly heading: string; readonly text: string }[];
}

/** Every page of docs/, every README of a package that is published, and those of the programs. */
export function docsPages(): readonly DocsPage[] {
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
  const files = new Map(sources.map(({ source }) => [source, fileOf(source)]));
  return sources.map(({ source, group }) => renderPage(source, group, files));
}

function fileOf(source: string): string {
  if (source === "README.md") return "index.html";
  return `${source
    .replace(/^docs\//, "")
    .replace(/\/README\.md$/, "")
    .replace(/\.md$/, "")
    .replaceAll("/", "-")}.html`;
}

function renderPage(source: string, group: DocsPage["group"], files: ReadonlyMap<string, string>): DocsPage {
  const markdown = markdownIt({ html: false, linkify: false, typographer: false });
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
        parts.push({ id, heading, text: "" });
      } else if ((token.type === "inline" && tokens[n - 1]?.type !== "heading_open") || token.type === "fence") {
        const last = parts.at(-1);
        if (last !== undefined) last.text += `${token.type === "fence" ? token.content : plainText(token)} `;
      }
      if (token.type === "inline") for (const child of token.children ?? []) redirect(child, source, files);
    });
  });
  const html = markdown.render(readFileSync(join(ROOT, source), "utf8"));
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
