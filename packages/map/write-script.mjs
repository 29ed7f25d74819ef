// Replaces dist/script.js, which bundles when it is imported, by a module that holds the text: users need no bundler.
import { writeFileSync } from "node:fs";

import { MAP_SCRIPT } from "./dist/script.js";

writeFileSync(new URL("dist/script.js", import.meta.url), `export const MAP_SCRIPT = ${JSON.stringify(MAP_SCRIPT)};\n`);
