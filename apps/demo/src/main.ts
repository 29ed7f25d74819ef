import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import { runDemo } from "./run-demo.ts";

const folder = fileURLToPath(new URL("../../../explanations", import.meta.url));
await runDemo(relative(process.cwd(), folder));
