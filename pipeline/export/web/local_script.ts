/**
 * The script that stands in for a server: it answers what the page asks for, by a
 * worker that runs the model.
 */

/** The script; it runs before that of the page. */
export const LOCAL_SCRIPT = `(() => {
"use strict";
  const network = fetch;
  const worker = new Worker("assets/worker.js", { type: "module" });
  const waiting = new Map();
  let asked = 0;
  worker.onmessage = ({ data: { id, ...answer } }) => {
    waiting.get(id)(answer);
    waiting.delete(id);
  };
  let broken;
  worker.onerror = (event) => {
    event.preventDefault();
    broken = { error: "The model cannot run here: " + (event.message || "its code does not load") };
    for (const answer of waiting.values()) answer(broken);
    waiting.clear();
  };
  const ask = (question, transfer = []) => new Promise((resolve) => {
    if (broken) return resolve(broken);
    waiting.set(++asked, resolve);
    worker.postMessage({ id: asked, ...question }, transfer);
  });

  const answer = (value, status = 200) => new Response(JSON.stringify(value), { status, headers: { "Content-Type": "application/json" } });
  const refuse = (code, message) => answer({ error: { code, message } }, 400);
  const NAMES = { webgpu: "this device's GPU", wasm: "this device" };

  let facts;
  let device;
  const start = async () => {
    facts = await (await network("assets/model.json")).json();
    const { geometry } = facts.preprocessing;
    const engine = new URLSearchParams(location.search).get("engine");
    const { value, error } = await ask({ start: { geometry, engine } });
    if (error) throw new Error(error);
    device = NAMES[value.engine];
    document.documentElement.dataset.engine = value.engine;
  };
  let started;

  const classify = async (body, query) => {
    const began = performance.now();
    const bytes = await body.arrayBuffer();
    if (bytes.byteLength > facts.limits.bodyBytes) return refuse("too_large", "The photo has more bytes than are taken");
    const { value, error, isBad } = await ask({ classify: { bytes, map: query.get("heatmap") ? facts.classes.indexOf(query.get("class")) : null } }, [bytes]);
    if (error) return refuse(isBad ? "not_an_image" : "failed", error);
    const top = facts.classes
      .map((name, label) => ({ class: name, probability: value.probabilities[label] }))
      .sort((a, b) => b.probability - a.probability)
      .slice(0, 5);
    const milliseconds = Math.round(performance.now() - began);
    const { heatmap } = value;
    return answer({ top, milliseconds, device, heatmap, unsure: top[0].probability < facts.threshold });
  };

  globalThis.fetch = async (url, options = {}) => {
    const { pathname, searchParams } = new URL(url, location.href);
    if (!pathname.startsWith("/api/")) return network(url, options);
    try {
      await (started ??= start());
    } catch (error) {
      return refuse("failed", error.message);
    }
    if (pathname === "/api/runs") return answer({ runs: [facts.run] });
    if (pathname === "/api/model") return answer(facts);
    return classify(options.body, searchParams);
  };

  // After the first visit the page needs no network.
  navigator.serviceWorker?.register("service_worker.js").catch(() => {});
})();
`;
