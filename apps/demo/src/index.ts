export type { RgbImage } from "./scenes/canvas.ts";
export { toLayersModel } from "./models/layers-model.ts";
export { SCENE_SIZE, type Scene, drawScene } from "./scenes/scene.ts";
export { CLASS_NAMES, type ClassName } from "./scenes/shapes.ts";
