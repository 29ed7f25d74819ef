import type { Engine } from "./engine.ts";

/** A WebGPU device, as far as its errors go. */
interface Device {
  addEventListener(type: "uncapturederror", listener: (event: { readonly error?: { readonly message?: string } }) => void): void;
}

const listening = new WeakMap<object, string[]>();

/**
 * The errors of a WebGPU device that nobody caught, since this was last asked: a kernel that is refused leaves zeros behind, and the engine
 * only writes to the console. Empty for engines that have no such device.
 */
export async function takeDeviceErrors({ ort }: Engine): Promise<readonly string[]> {
  const webgpu = (ort.env as { readonly webgpu?: { readonly device?: Promise<Device> | Device } }).webgpu;
  const device = await Promise.resolve(webgpu?.device).catch(() => undefined);
  if (typeof device?.addEventListener !== "function") return [];
  const errors = listening.get(device);
  if (errors !== undefined) return errors.splice(0);
  const heard: string[] = [];
  listening.set(device, heard);
  device.addEventListener("uncapturederror", ({ error }) => heard.push(error?.message ?? "an error without a message"));
  return [];
}
