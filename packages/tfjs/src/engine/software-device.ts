import { type AdapterLike, isSoftwareAdapter, isSoftwareRenderer } from "@xdeep/core/backend";

/** The part of a WebGL context that names the device. */
interface NamingContext {
  getExtension(name: "WEBGL_debug_renderer_info"): { readonly UNMASKED_RENDERER_WEBGL: number } | null;
  getParameter(parameter: number): unknown;
}

/** True where WebGPU has nothing but an adapter that the browser or Node emulates on the CPU. */
export async function isSoftwareWebGpu(gpu: { requestAdapter(): Promise<AdapterLike | null> } | undefined): Promise<boolean> {
  const adapter = await gpu?.requestAdapter();
  return adapter != null && isSoftwareAdapter(adapter);
}

/** True where a WebGL context says that it is drawn on the CPU. Browsers may hide the name; then it counts as a GPU. */
export function isSoftwareWebGl(context: NamingContext | undefined): boolean {
  const extension = context?.getExtension("WEBGL_debug_renderer_info");
  return extension ? isSoftwareRenderer(String(context!.getParameter(extension.UNMASKED_RENDERER_WEBGL))) : false;
}
