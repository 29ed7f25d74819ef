export type { RgbImage } from "./canvas.ts";
export { toLayersModel } from "./layers-model.ts";
export { SCENE_SIZE, type Scene, drawScene } from "./scene.ts";
export { CLASS_NAMES, type ClassName } from "./shapes.ts";
