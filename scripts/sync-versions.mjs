// Writes the version of each package.json into the src/version.ts beside it. To be run after `changeset version`; tests keep the two equal.
import { existsSync, readFileSync, readdirSync, writeFileSync } from "node:fs";

const packages = new URL("../packages/", import.meta.url);

for (const name of readdirSync(packages)) {
  const source = new URL(`${name}/src/version.ts`, packages);
  if (!existsSync(source)) continue;
  const { version } = JSON.parse(readFileSync(new URL(`${name}/package.json`, packages), "utf8"));
  writeFileSync(source, readFileSync(source, "utf8").replace(/VERSION = "[^"]*"/, `VERSION = "${version}"`));
}
