import { describe, expect, it } from "vitest";

import { METHOD_WORDS, resolveMethods } from "./method.ts";

describe("names of methods", () => {
  it.each([
    ["vanilla", "standard", []],
    ["guided", "guided", []],
    ["deconvnet", "deconvnet", []],
    ["integrated", "standard", ["integrated"]],
    ["smooth", "standard", ["smooth"]],
    ["smooth-guided", "guided", ["smooth"]],
    ["integrated-guided", "guided", ["integrated"]],
    ["smooth-integrated-deconvnet", "deconvnet", ["smooth", "integrated"]],
    ["integrated-vanilla", "standard", ["integrated"]],
  ] as const)("%s", async (name, rule, wrappers) => {
    expect(await resolveMethods([name])).toEqual([{ name, rule, wrappers }]);
  });

  it("every word of the table is a method", async () => {
    const methods = await resolveMethods(Object.keys(METHOD_WORDS));
    expect(methods.map(({ name }) => name)).toEqual(Object.keys(METHOD_WORDS));
  });

  it.each(["lime", "guided-smooth", "smooth-smooth", "guided-deconvnet", "smooth-", "-guided", "Guided"])("refuses %s", async (name) => {
    await expect(resolveMethods([name])).rejects.toThrow(`no method "${name}"`);
  });

  it("says which packages it looked for where a word is not built in", async () => {
    await expect(resolveMethods(["smooth-lime"])).rejects.toThrow('Nor is there a package "xdeep-method-lime" or "lime" in');
    await expect(resolveMethods(["@me/lime"])).rejects.toThrow('Nor is there a package "@me/lime" in');
  });

  it("takes each once", async () => {
    expect((await resolveMethods(["guided", "guided", "vanilla"])).map(({ name }) => name)).toEqual(["guided", "vanilla"]);
  });
});
