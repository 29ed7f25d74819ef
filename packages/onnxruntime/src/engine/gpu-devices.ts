import { nodeModule } from "@xdeep/core/backend";

/** Where Linux shows GPUs: render nodes, NVIDIA's driver, and Windows' own inside WSL. */
const DEVICES = [/^renderD\d+$/, /^nvidia\d+$/, /^dxg$/];

/**
 * Whether Node's system has a GPU. ONNX Runtime does not say which adapter it chose, and on a system without a GPU that can only be one that is
 * emulated. Systems other than Linux are believed to have one.
 */
export async function hasGpuDevice(platform: string = process.platform, list: (folder: string) => Promise<readonly string[]> = listFolder): Promise<boolean> {
  if (platform !== "linux") return true;
  const names = [...(await list("/dev")), ...(await list("/dev/dri"))];
  return names.some((name) => DEVICES.some((pattern) => pattern.test(name)));
}

async function listFolder(folder: string): Promise<readonly string[]> {
  const files = nodeModule("node:fs/promises") as typeof import("node:fs/promises") | null;
  return (await files?.readdir(folder).catch(() => null)) ?? [];
}
