import { type AdapterLike, adapterName, isSoftwareAdapter, isSoftwareRenderer } from "@xdeep/core/backend";

/** The part of a WebGL context that names the device. */
interface NamingContext {
  getExtension(name: "WEBGL_debug_renderer_info"): { readonly UNMASKED_RENDERER_WEBGL: number } | null;
  getParameter(parameter: number): unknown;
}

/** What emulates WebGPU on the CPU, where the browser or Node has no other adapter; null for a GPU. */
export async function softwareWebGpu(gpu: { requestAdapter(): Promise<AdapterLike | null> } | undefined): Promise<string | null> {
  const adapter = await gpu?.requestAdapter();
  return adapter != null && isSoftwareAdapter(adapter) ? adapterName(adapter) || "software" : null;
}

/** The renderer of a WebGL context that is drawn on the CPU; null for a GPU. Browsers may hide the name; then it counts as a GPU. */
export function softwareWebGl(context: NamingContext | undefined): string | null {
  const extension = context?.getExtension("WEBGL_debug_renderer_info");
  if (!extension) return null;
  const renderer = String(context!.getParameter(extension.UNMASKED_RENDERER_WEBGL));
  return isSoftwareRenderer(renderer) ? renderer : null;
}
