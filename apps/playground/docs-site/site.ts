import { fileURLToPath } from "node:url";

/** The repository's folder. */
export const ROOT: string = fileURLToPath(new URL("../../../", import.meta.url));
/** Where its files are shown. */
export const REPOSITORY = "https://github.com/xdeep/xdeep/blob/main/";
