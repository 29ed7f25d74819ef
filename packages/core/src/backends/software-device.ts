/** The part of a WebGPU adapter that names the device. */
export interface AdapterLike {
  readonly isFallbackAdapter?: boolean;
  readonly info?: AdapterInfoLike;
}

interface AdapterInfoLike {
  readonly isFallbackAdapter?: boolean;
  readonly vendor?: string;
  readonly architecture?: string;
  readonly device?: string;
  readonly description?: string;
}

/** Whether a name of a device is that of a renderer on the CPU. */
export function isSoftwareRenderer(name: string): boolean {
  return /swiftshader|llvmpipe|lavapipe|softpipe|software|basic render/i.test(name);
}

/** A WebGPU adapter as reports name it; empty where the browser hides what it is. */
export function adapterName({ info = {} }: AdapterLike): string {
  const { vendor = "", architecture = "", device = "", description = "" } = info;
  return description || [vendor, architecture, device].filter((part) => part !== "").join(" ");
}

/** Whether a WebGPU adapter is emulated on the CPU. Browsers may hide the names; then it counts as a GPU unless it says that it is a fallback. */
export function isSoftwareAdapter({ isFallbackAdapter, info = {} }: AdapterLike): boolean {
  const { vendor = "", architecture = "", device = "", description = "" } = info;
  return (info.isFallbackAdapter ?? isFallbackAdapter ?? false) || isSoftwareRenderer(`${vendor} ${architecture} ${device} ${description}`);
}
