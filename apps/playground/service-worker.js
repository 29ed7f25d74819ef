// Keeps the whole page, so that it works without a network, and adds the headers for threads where a host cannot send them.
// FILES and NAME are put in by the build.
/* global FILES, NAME */
const HEADERS = { "cross-origin-opener-policy": "same-origin", "cross-origin-embedder-policy": "require-corp", "cross-origin-resource-policy": "same-origin" };

self.addEventListener("install", (event) => {
  event.waitUntil(
    caches
      .open(NAME)
      .then((cache) => cache.addAll(FILES))
      .then(() => self.skipWaiting()),
  );
});

self.addEventListener("activate", (event) => {
  const drop = caches
    .keys()
    .then((names) => Promise.all(names.filter((name) => name.startsWith("xdeep-") && name !== NAME).map((name) => caches.delete(name))));
  event.waitUntil(drop.then(() => self.clients.claim()));
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET" || !request.url.startsWith(self.registration.scope)) return;
  event.respondWith(answer(request));
});

/** What is large and seldom asked for, such as the engine for GPUs and the reference of the packages, is kept once it was asked for. */
async function fetched(request, cache) {
  const response = await fetch(request);
  if (response.ok) await cache.put(request, response.clone());
  return response;
}

async function answer(request) {
  const cache = await caches.open(NAME);
  // A host that allows other origins says that files vary by who asks. These do not.
  const response = (await cache.match(request, { ignoreSearch: request.mode === "navigate", ignoreVary: true })) ?? (await fetched(request, cache));
  if (response.status === 0) return response;
  const headers = new Headers(response.headers);
  for (const [name, value] of Object.entries(HEADERS)) headers.set(name, value);
  return new Response(response.body, { status: response.status, statusText: response.statusText, headers });
}
