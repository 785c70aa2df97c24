/**
 * The service worker: it keeps every file of the page, so that it works offline.
 */

export interface PageFile {
  /** Path, relative to the page. */
  path: string;
  /** SHA-256 in base64, as browsers check it. */
  integrity: string;
}

/**
 * Renders the service worker.
 *
 * A file is kept when its bytes are those of the export; another export has another
 * version, and keeps its own files before those of this one are dropped.
 */
export function renderServiceWorker(
  files: readonly PageFile[],
  version: string,
): string {
  const list = Object.fromEntries(
    files.map(({ path, integrity }) => [path, `sha256-${integrity}`]),
  );
  return `"use strict";
const FILES = ${JSON.stringify(list, null, 2)};
const PREFIX = "headstart " + registration.scope + " ";
const CACHE = PREFIX + ${JSON.stringify(version)};
const address = (path) => new URL(path, registration.scope).href;
const KNOWN = new Set(Object.keys(FILES).map(address));

addEventListener("install", (event) => {
  const keep = async () => {
    const cache = await caches.open(CACHE);
    await Promise.all(Object.entries(FILES).map(async ([path, integrity]) => {
      const response = await fetch(address(path), { integrity, cache: "no-cache" });
      if (!response.ok) throw new Error("Cannot keep " + path);
      await cache.put(address(path), response);
    }));
    await skipWaiting();
  };
  event.waitUntil(keep());
});

addEventListener("activate", (event) => {
  const begin = async () => {
    const old = (await caches.keys()).filter((name) => name.startsWith(PREFIX) && name !== CACHE);
    await Promise.all(old.map((name) => caches.delete(name)));
    await clients.claim();
  };
  event.waitUntil(begin());
});

addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  url.search = "";
  url.hash = "";
  const isPage = url.href === registration.scope;
  const name = isPage ? address("index.html") : url.href;
  if (event.request.method !== "GET" || !KNOWN.has(name)) return;
  event.respondWith(caches.open(CACHE).then((cache) => cache.match(name)).then((kept) => kept ?? fetch(event.request)));
});
`;
}
