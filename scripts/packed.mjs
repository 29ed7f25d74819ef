// Packages as they would be published, and folders in which they are installed as their users do. Needs a build.
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const { packageManager } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
const isWindows = process.platform === "win32";

/** Packs every package once, into the folder: tarballs by package name. */
export function packAll(folder) {
  mkdirSync(folder);
  run("npx", ["-y", packageManager, "-r", "--filter", "./packages/*", "pack", "--pack-destination", folder], root);
  return new Map(
    readdirSync(folder)
      .map((file) => join(folder, file))
      .map((tarball) => [manifestOf(tarball).name, tarball]),
  );
}

function manifestOf(tarball) {
  return JSON.parse(execFileSync("tar", ["-xzOf", basename(tarball), "package/package.json"], { cwd: join(tarball, ".."), encoding: "utf8" }));
}

/** The tarballs of these packages and of every package of ours that they depend on. */
export function closure(names, tarballs) {
  const needed = new Set(names);
  for (const name of needed)
    for (const dependency of Object.keys(manifestOf(tarballs.get(name)).dependencies ?? {})) if (tarballs.has(dependency)) needed.add(dependency);
  return [...needed].map((name) => [name, `file:${tarballs.get(name)}`]);
}

/** A folder with these packages installed from tarballs, beside engines from the registry. Gives the names of all that was installed. */
export function install(folder, names, tarballs, engines = {}) {
  mkdirSync(folder, { recursive: true });
  const dependencies = { ...Object.fromEntries(closure(names, tarballs)), ...engines };
  writeFileSync(join(folder, "package.json"), JSON.stringify({ name: "consumer", version: "1.0.0", private: true, type: "module", dependencies }));
  return npmInstall(folder);
}

/** Installs what the folder's package.json asks for. Gives the names of all that was installed. */
export function npmInstall(folder) {
  run("npm", ["install", "--ignore-scripts", "--no-audit", "--no-fund", "--no-package-lock", "--prefer-offline"], folder);
  const modules = join(folder, "node_modules");
  const names = readdirSync(modules).filter((name) => !name.startsWith("."));
  return names.flatMap((name) => (name.startsWith("@") ? readdirSync(join(modules, name)).map((part) => `${name}/${part}`) : [name]));
}

/** The version of an engine that this repository is tested with. */
export function versionOf(backend, engine) {
  return JSON.parse(readFileSync(join(root, "packages", backend, "node_modules", engine, "package.json"), "utf8")).version;
}

export function run(command, args, cwd) {
  return execFileSync(command, args, { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"], shell: isWindows });
}
