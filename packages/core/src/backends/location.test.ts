import { afterEach, describe, expect, it, vi } from "vitest";

import { checkLocation, leadsOut, resolveLocation, webAddress } from "./location.ts";

const model = new URL("https://host.example/models/net/model.onnx?key=1");

describe("a location", () => {
  it.each([
    ["w.bin", "https://host.example/models/net/w.bin"],
    ["./parts/w.bin", "https://host.example/models/net/parts/w.bin"],
    ["parts\\w.bin", "https://host.example/models/net/parts/w.bin"],
    ["my weights.bin", "https://host.example/models/net/my%20weights.bin"],
    ["w.bin?x=1#y", "https://host.example/models/net/w.bin%3Fx%3D1%23y"],
    ["100%.bin", "https://host.example/models/net/100%25.bin"],
    ["..w/...bin", "https://host.example/models/net/..w/...bin"],
  ])("%j lies beside the model", (location, expected) => {
    expect(resolveLocation(location, model, "The weights").href).toBe(expected);
  });

  it.each([
    "",
    "/etc/passwd",
    "//host.other/x",
    "\\\\host.other\\x",
    "\t//host.other/x",
    " //host.other/x",
    "\n/etc/passwd",
    "http://host.other/x",
    "HTTP:host.other",
    "http:\t//host.other/x",
    "ht\ntp://host.other/x",
    "data:application/octet-stream,0",
    "file:///etc/passwd",
    "blob:x",
    "javascript:0",
    "c:/windows/x",
    "~/x",
    "../x",
    "a/../../x",
    "..\\x",
    "%2e%2e/x",
    "a/%2E./../x",
    ".%2e\\x",
    "x ",
    "x\u0000.bin",
    "\u0085x",
    "\ud800x",
  ])("%j leads elsewhere, and is refused", (location) => {
    expect(() => checkLocation(location, 'The weights "w"')).toThrow(
      expect.objectContaining({ code: "MODEL_INVALID", message: expect.stringContaining('The weights "w" lie in') as string }),
    );
  });
});

it("a resolved file lies in a folder or out of it", () => {
  expect(leadsOut("/models/net/w.bin", ["/models/net"])).toBe(false);
  expect(leadsOut("/models/net/a/w.bin", ["/other", "/models/net/"])).toBe(false);
  expect(leadsOut("/models/network/w.bin", ["/models/net"])).toBe(true);
  expect(leadsOut("/etc/passwd", ["/models/net"])).toBe(true);
  expect(leadsOut("C:\\models\\w.bin", ["C:\\models"])).toBe(false);
});

describe("webAddress", () => {
  afterEach(() => vi.unstubAllGlobals());

  it.each([
    ["https://host.example/m.onnx", "https://host.example/m.onnx"],
    ["data:,x", "data:,x"],
    ["models/m.onnx", null],
    ["C:\\models\\m.onnx", null],
    ["file:///models/m.onnx", null],
    [new URL("file:///models/m.onnx"), null],
    [model, model.href],
  ])("in Node, %s is %s", (source, expected) => {
    expect(webAddress(source)?.href ?? null).toBe(expected);
  });

  it.each([
    ["https://host.example/page/index.html", "https://host.example/page/m.onnx"],
    ["blob:https://host.example/2f5a", "https://host.example/m.onnx"],
  ])("on a page, or in a worker, at %s a path leads to %s", (href, expected) => {
    vi.stubGlobal("location", { href });
    expect(webAddress("m.onnx")?.href).toBe(expected);
    expect(webAddress("data:,x")?.href).toBe("data:,x");
  });
});
