import { expect, it } from "vitest";

import { takeDeviceErrors } from "./device-errors.ts";
import type { Engine } from "./engine.ts";

const engineWith = (webgpu: unknown): Engine => ({ name: "onnxruntime-web", version: "1", ort: { env: { webgpu } } as unknown as Engine["ort"] });

it("gives each uncaptured error of the WebGPU device once", async () => {
  const device = new EventTarget();
  const engine = engineWith({ device: Promise.resolve(device) });
  expect(await takeDeviceErrors(engine)).toEqual([]);
  device.dispatchEvent(Object.assign(new Event("uncapturederror"), { error: { message: "10 storage buffers where 8 are allowed" } }));
  expect(await takeDeviceErrors(engine)).toEqual(["10 storage buffers where 8 are allowed"]);
  expect(await takeDeviceErrors(engine)).toEqual([]);
});

it("gives none for engines without such a device", async () => {
  for (const webgpu of [undefined, {}, { device: Promise.reject(new Error("not yet")) }]) expect(await takeDeviceErrors(engineWith(webgpu))).toEqual([]);
});
