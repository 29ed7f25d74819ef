import { describe, expect, it } from "vitest";

import { METHOD_WORDS, parseMethods } from "./method.ts";

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
  ] as const)("%s", (name, rule, wrappers) => {
    expect(parseMethods(name)).toEqual([{ name, rule, wrappers }]);
  });

  it("every word of the table is a method", () => {
    expect(parseMethods(Object.keys(METHOD_WORDS).join(",")).map(({ name }) => name)).toEqual(Object.keys(METHOD_WORDS));
  });

  it.each(["lime", "guided-smooth", "smooth-smooth", "guided-deconvnet", "smooth-", "-guided", "Guided"])("refuses %s", (name) => {
    expect(() => parseMethods(name)).toThrow(`no method "${name}"`);
  });

  it("takes each once", () => {
    expect(parseMethods("guided,guided, vanilla").map(({ name }) => name)).toEqual(["guided", "vanilla"]);
  });
});
