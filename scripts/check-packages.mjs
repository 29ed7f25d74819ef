// Packs every public package and checks what would be published: publint, attw, the manifest and the list of files. Needs a build.
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { publint } from "publint";
import { formatMessage } from "publint/utils";

const root = fileURLToPath(new URL("..", import.meta.url));
const attw = createRequire(import.meta.url)
  .resolve("@arethetypeswrong/cli/package.json")
  .replace("package.json", "dist/index.js");
const temporary = mkdtempSync(join(tmpdir(), "xdeep-pack-"));
let [passed, failed] = [0, 0];

try {
  for (const folder of publicPackages()) await checkPackage(folder);
} finally {
  rmSync(temporary, { recursive: true });
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 || passed === 0 ? 1 : 0;

function publicPackages() {
  const folders = ["packages", "apps"].flatMap((group) => readdirSync(join(root, group)).map((name) => join(group, name)));
  return folders.filter((folder) => existsSync(join(root, folder, "package.json")) && readManifest(join(root, folder)).private !== true);
}

function readManifest(folder) {
  return JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
}

async function checkPackage(folder) {
  const tarball = pack(folder);
  const files = execFileSync("tar", ["-tzf", tarball], { encoding: "utf8" })
    .trim()
    .split("\n")
    .map((file) => file.replace(/^package\//, ""));
  const manifest = JSON.parse(execFileSync("tar", ["-xzOf", tarball, "package/package.json"], { encoding: "utf8" }));
  report(`${manifest.name} manifest`, [...manifestFaults(manifest, folder), ...fileFaults(manifest, files)]);
  const { messages } = await publint({ pack: { tarball: new Uint8Array(readFileSync(tarball)).buffer }, strict: true });
  report(
    `${manifest.name} publint`,
    messages.map((message) => formatMessage(message, manifest)),
  );
  const { status, stdout, stderr } = spawnSync(process.execPath, [attw, tarball, "--profile", "esm-only", "--no-emoji"], { encoding: "utf8" });
  report(`${manifest.name} attw`, status === 0 ? [] : [stdout + stderr]);
}

function pack(folder) {
  const output = execFileSync("pnpm", ["pack", "--json", "--pack-destination", temporary], {
    cwd: join(root, folder),
    encoding: "utf8",
    shell: process.platform === "win32",
  });
  return JSON.parse(output).filename;
}

function manifestFaults(manifest, folder) {
  const faults = [];
  for (const key of ["description", "license", "keywords", "repository", "engines", "files", "exports"]) {
    if (manifest[key] === undefined) faults.push(`"${key}" is missing`);
  }
  if (manifest.repository?.directory !== folder.replaceAll("\\", "/"))
    faults.push(`"repository.directory" is ${manifest.repository?.directory}, not ${folder}`);
  if (manifest.type !== "module") faults.push('"type" is not "module"');
  // A package that defines a custom element names the files that do; no other does anything when it is imported.
  const effects = manifest.sideEffects === false ? [] : (manifest.sideEffects ?? ["everything"]);
  const allowed = manifest.name === "@xdeep/map" ? ["./src/index.ts", "./dist/index.js"] : [];
  if (String(effects) !== String(allowed)) faults.push(`"sideEffects" names ${effects.join(", ") || "nothing"}, not ${allowed.join(", ") || "nothing"}`);
  for (const [name, range] of Object.entries({ ...manifest.dependencies, ...manifest.peerDependencies })) {
    if (/^(workspace|catalog|file|link):/.test(range)) faults.push(`${name} is asked for as ${range}, which only this repository understands`);
    if (name.startsWith("@xdeep/") && !/^\^\d/.test(range)) faults.push(`${name} is asked for as ${range}, not as a caret range`);
    if (isPrivate(name)) faults.push(`${name} is private: it will not be in the registry`);
  }
  return faults;
}

function isPrivate(name) {
  const folder = join(root, "packages", name.replace("@xdeep/", ""));
  return name.startsWith("@xdeep/") && existsSync(folder) && readManifest(folder).private === true;
}

function fileFaults(manifest, files) {
  const needed = [
    "LICENSE",
    "README.md",
    "dist/index.js",
    "dist/index.d.ts",
    "src/index.ts",
    ...Object.values(manifest.bin ?? {}).map((file) => file.replace(/^\.\//, "")),
  ];
  return [
    ...needed.filter((file) => !files.includes(file)).map((file) => `${file} is not packed`),
    ...files
      .filter((file) => /\.(test|spec|golden)\.|(^|\/)test\/|\.log$|node_modules|\.tsbuildinfo$/.test(file))
      .map((file) => `${file} should not be packed`),
  ];
}

function report(title, faults) {
  if (faults.length === 0) {
    passed += 1;
    return;
  }
  failed += 1;
  console.log(`✗ ${title}`);
  for (const fault of faults) console.log(`  ${fault.trim().replaceAll("\n", "\n  ")}`);
}
