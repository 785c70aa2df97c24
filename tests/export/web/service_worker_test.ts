import { assert, assertEquals } from "@std/assert";
import { renderServiceWorker } from "../../../pipeline/export/web/service_worker.ts";

/** A response with a body. */
const body = (text: string) => new Response(text);

/** Runs a service worker with a cache and a network of its own. */
function startWorker(script: string, network: (url: string) => Response) {
  const caches = new Map<string, Map<string, Response>>();
  const listeners = new Map<string, (event: unknown) => void>();
  const scope = "https://a.example/page/";
  const open = (name: string) => {
    const kept = caches.get(name) ?? new Map<string, Response>();
    caches.set(name, kept);
    return Promise.resolve({
      put: (url: string, response: Response) => kept.set(url, response),
      match: (url: string) => Promise.resolve(kept.get(url)?.clone()),
    });
  };
  const asked: [string, string | undefined][] = [];
  new Function(
    "registration",
    "caches",
    "fetch",
    "addEventListener",
    "skipWaiting",
    "clients",
    script,
  )(
    { scope },
    {
      open,
      keys: () => Promise.resolve([...caches.keys()]),
      delete: (name: string) => caches.delete(name),
    },
    (url: string, init?: RequestInit) => {
      asked.push([url, init?.integrity]);
      return Promise.resolve(network(url));
    },
    (name: string, listener: (event: unknown) => void) =>
      listeners.set(name, listener),
    () => {},
    { claim: () => {} },
  );
  const dispatch = async (name: string, event: object = {}) => {
    let result: unknown;
    listeners.get(name)!({
      ...event,
      waitUntil: (promise: unknown) => result = promise,
      respondWith: (promise: unknown) => result = promise,
    });
    return await result as Response | undefined;
  };
  return { caches, asked, dispatch, open };
}

const FILES = [
  { path: "index.html", integrity: "aa" },
  { path: "assets/a.js", integrity: "bb" },
];

Deno.test("the service worker keeps the files by their digests, and answers with them", async () => {
  const worker = startWorker(renderServiceWorker(FILES, "1"), body);
  await worker.open("headstart https://a.example/page/ 0");
  await worker.open("another");
  await worker.dispatch("install");
  assertEquals(worker.asked, [
    ["https://a.example/page/index.html", "sha256-aa"],
    ["https://a.example/page/assets/a.js", "sha256-bb"],
  ]);
  await worker.dispatch("activate");
  assertEquals([...worker.caches.keys()], [
    "another",
    "headstart https://a.example/page/ 1",
  ]);
  const ask = async (url: string, method = "GET") => {
    const response = await worker.dispatch("fetch", {
      request: { url, method },
    });
    return await response?.text();
  };
  const page = "https://a.example/page/index.html";
  assertEquals(await ask("https://a.example/page/?engine=wasm#top"), page);
  assertEquals(await ask(page), page);
  // What is not the page's own goes its usual way.
  assertEquals(await ask("https://a.example/page/other.js"), undefined);
  assertEquals(await ask("https://b.example/page/index.html"), undefined);
  assertEquals(await ask(page, "POST"), undefined);
});

Deno.test("the service worker is not installed without a file", async () => {
  const worker = startWorker(
    renderServiceWorker(FILES, "1"),
    () => new Response("", { status: 404 }),
  );
  const error = await worker.dispatch("install").catch((error) => error);
  assert(String(error).includes("Cannot keep"));
});
