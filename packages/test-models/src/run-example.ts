import { readFileSync } from "node:fs";

/**
 * Runs the first `js` block of a README as it stands and returns what it logged, one entry per argument. Its imports are taken from
 * `modules`, so that sources are tested and not what was built last; `model` is what the text says it is, unless the example makes its own.
 */
export async function runExample(readme: URL, modules: Readonly<Record<string, object>>, model: object): Promise<readonly unknown[]> {
  const code = /^```js\n([\s\S]*?)^```/m.exec(readFileSync(readme, "utf8"))?.[1];
  if (code === undefined) throw new Error(`${readme.pathname} holds no js block.`);
  const body = code.replaceAll(/^import (\{[^}]*\}) from "([^"]+)";$/gm, (_, names: string, name: string) => {
    if (modules[name] === undefined) throw new Error(`The example imports ${name}, which the test does not know.`);
    return `const ${names} = modules["${name}"];`;
  });
  const logged: unknown[] = [];
  const AsyncFunction = (async () => {}).constructor as new (...source: string[]) => (...values: unknown[]) => Promise<void>;
  await new AsyncFunction("modules", "model", "console", `{${body}}`)(modules, model, { log: (...values: unknown[]) => logged.push(...values) });
  return logged;
}
