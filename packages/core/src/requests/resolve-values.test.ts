import { describe, expect, it } from "vitest";

import type { InnerValues } from "../contract/inner-values.ts";
import type { ValueInfo } from "../contract/model.ts";
import { resolveOutput, resolveWrt } from "./resolve-values.ts";

const value = (name: string, type: ValueInfo["type"]): ValueInfo => ({ name, type, dims: [null], layout: null });
const values = [value("ids", "int64"), value("image", "float32"), value("mask", "float16")];
const innerValues: InnerValues = { get: (name) => (name === "conv1" ? value(name, "float32") : undefined), names: () => ["conv1"] };

describe("resolveOutput", () => {
  it("takes the first float output, or the one named", () => {
    expect(resolveOutput(values).name).toBe("image");
    expect(resolveOutput(values, "mask").name).toBe("mask");
  });

  it.each(["nothing", "ids"])("refuses %s, and names the scores that can be explained instead", (name) => {
    const refusal = expect.objectContaining({ code: "OUTPUT_UNKNOWN", message: expect.stringContaining('"logits"') });
    expect(() => resolveOutput(values, name, { scores: ["logits"] })).toThrow(refusal);
  });

  it("looks for those scores in no other call: that is a walk through the network", () => {
    let walks = 0;
    const inner = {
      get scores() {
        walks++;
        return [];
      },
    };
    expect(resolveOutput(values, "mask", inner).name).toBe("mask");
    expect(walks).toBe(0);
  });
});

describe("resolveWrt", () => {
  it("takes every float input, or those named", () => {
    expect(resolveWrt(values)).toEqual(["image", "mask"]);
    expect(resolveWrt(values, ["mask"])).toEqual(["mask"]);
    expect(resolveWrt(values, ["conv1"], { innerValues })).toEqual(["conv1"]);
  });

  it("refuses integers, unknown names and models without float inputs", () => {
    const unknown = expect.objectContaining({ code: "WRT_UNKNOWN" });
    expect(() => resolveWrt(values, ["ids"])).toThrow(unknown);
    expect(() => resolveWrt(values, ["conv2"], { innerValues })).toThrow(
      expect.objectContaining({ code: "WRT_UNKNOWN", message: expect.stringContaining('"conv1"') }),
    );
    expect(() => resolveWrt(values, [])).toThrow(unknown);
    expect(() => resolveWrt([value("ids", "int64")])).toThrow(unknown);
  });

  it("refuses inner values where the backend has none", () => {
    expect(() => resolveWrt(values, ["conv1"])).toThrow(expect.objectContaining({ code: "CAPABILITY_MISSING" }));
  });
});
