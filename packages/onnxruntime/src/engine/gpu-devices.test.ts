import { expect, it } from "vitest";

import { hasGpuDevice } from "./gpu-devices.ts";

const system = (folders: Readonly<Record<string, readonly string[]>>) => async (folder: string) => folders[folder] ?? [];

it.each([
  ["linux", { "/dev": ["null", "dri"], "/dev/dri": ["card0", "renderD128"] }, true],
  ["linux", { "/dev": ["null", "nvidia0", "nvidiactl"] }, true],
  ["linux", { "/dev": ["dxg"] }, true],
  ["linux", { "/dev": ["null", "nvidiactl", "dri"], "/dev/dri": ["card0"] }, false],
  ["linux", {}, false],
  ["darwin", {}, true],
])("a %s system with %j has a GPU: %s", async (platform, folders, expected) => {
  expect(await hasGpuDevice(platform, system(folders as Readonly<Record<string, readonly string[]>>))).toBe(expected);
});
