import { readFileSync, readdirSync } from "node:fs";

import { expect, it } from "vitest";

const root = new URL("../", import.meta.url);

interface Manifest {
  readonly name: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

const manifests = ["packages", "apps"].flatMap((folder) =>
  readdirSync(new URL(folder, root)).map((name) => JSON.parse(readFileSync(new URL(`${folder}/${name}/package.json`, root), "utf8")) as Manifest),
);

it("packages can be built one after the other: none needs itself, through its tests either", () => {
  const waiting = new Map(manifests.map(({ name, dependencies, devDependencies }) => [name, Object.keys({ ...dependencies, ...devDependencies })]));
  for (let built = -1; built !== waiting.size;) {
    built = waiting.size;
    for (const [name, needs] of waiting) if (!needs.some((needed) => waiting.has(needed))) waiting.delete(name);
  }
  expect([...waiting.keys()]).toEqual([]);
});
