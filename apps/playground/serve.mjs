// Serves the built page with the headers that threads need, and prints its address: node serve.mjs [port]
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join, normalize, sep } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("dist/", import.meta.url));
const TYPES = {
  ".css": "text/css",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".json": "application/json",
  ".mjs": "text/javascript",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".wasm": "application/wasm",
};

const server = createServer((request, response) => {
  const path = normalize(decodeURIComponent(new URL(request.url, "http://localhost").pathname));
  const file = join(root, path.endsWith(sep) ? `${path}index.html` : path);
  const headers = {
    "content-type": TYPES[extname(file)] ?? "application/octet-stream",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-embedder-policy": "require-corp",
    "cache-control": "no-cache",
  };
  const isInside = file.startsWith(root);
  (isInside ? readFile(file) : Promise.reject(new Error("outside"))).then(
    (bytes) => response.writeHead(200, headers).end(bytes),
    () => response.writeHead(404, headers).end("There is no such page.\n"),
  );
});

server.listen(Number(process.argv[2] ?? process.env.PORT ?? 4173), "127.0.0.1", () => {
  console.log(`The page: http://127.0.0.1:${server.address().port}/   (Ctrl-C ends it)`);
});
