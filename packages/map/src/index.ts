import { XDeepMap } from "./element/xdeep-map.ts";

export { XDeepMap };
export type { CursorDetail } from "./element/draw-view.ts";
export type { PicturePixels } from "./element/picture-pixels.ts";
export type { AttributionSource, ViewKind } from "./view/attribution-view.ts";
export { VERSION } from "./version.ts";

declare global {
  interface HTMLElementTagNameMap {
    "xdeep-map": XDeepMap;
  }
}

// The tag works once this module is imported. In Node there are no elements, and nothing happens.
if (globalThis.customElements?.get("xdeep-map") === undefined) globalThis.customElements?.define("xdeep-map", XDeepMap);
