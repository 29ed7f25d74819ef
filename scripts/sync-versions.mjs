// Writes the version of each package.json into the src/version.ts beside it. To be run after `changeset version`; tests keep the two equal.
import { existsSync, readFileSync, readdirSync, writeFileSync } from "node:fs";

const folders = ["packages/", "apps/"].flatMap((group) =>
  readdirSync(new URL(`../${group}`, import.meta.url)).map((name) => new URL(`../${group}${name}/`, import.meta.url)),
);

for (const folder of folders) {
  const source = new URL("src/version.ts", folder);
  if (!existsSync(source)) continue;
  const { version } = JSON.parse(readFileSync(new URL("package.json", folder), "utf8"));
  writeFileSync(source, readFileSync(source, "utf8").replace(/VERSION = "[^"]*"/, `VERSION = "${version}"`));
}
