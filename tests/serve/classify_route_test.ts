import { assert, assertEquals } from "@std/assert";
import { Admission } from "../../pipeline/serve/admission.ts";
import { Catalogue } from "../../pipeline/serve/catalogue.ts";
import { DEFAULT_LIMITS } from "../../pipeline/serve/limits.ts";
import { errorCode, form, testApp, testModel, TOP } from "./support.ts";

const PHOTO = new Uint8Array([1, 2, 3]);

Deno.test("POST /api/classify answers a body that is a photo", async () => {
  const { classify } = testApp();
  const response = await classify(PHOTO);
  assertEquals(response.status, 200);
  assertEquals(await response.json(), { top: TOP, milliseconds: 0 });
  const one = await classify(PHOTO, "?topK=1");
  assertEquals(await one.json(), { top: TOP.slice(0, 1), milliseconds: 0 });
});

Deno.test("POST /api/classify answers a form, each photo for itself", async () => {
  const { classify } = testApp();
  const files = { "a.jpg": PHOTO, "../../etc/passwd": "text", "a.png": PHOTO };
  const response = await classify(form(files), "?topK=1");
  const top = TOP.slice(0, 1);
  assertEquals(await response.json(), {
    photos: [
      { name: "a.jpg", top },
      {
        name: "../../etc/passwd",
        error: {
          code: "not_an_image",
          message: "Cannot read the photo: it is not an image",
        },
      },
      { name: "a.png", top },
    ],
    milliseconds: 0,
  });
});

Deno.test("POST /api/classify says that it is unsure below the threshold", async () => {
  const { classify } = testApp({ threshold: 0.95 });
  const { unsure } = await (await classify(PHOTO)).json();
  assertEquals(unsure, true);
});

Deno.test("POST /api/classify draws a map of the likeliest class, or of another", async () => {
  const { classify } = testApp();
  const read = async (query: string) =>
    (await (await classify(PHOTO, query)).json()).heatmap;
  const { class: name, photo, map } = await read("?heatmap=true");
  assertEquals(name, "tulip");
  for (const url of [photo, map]) {
    const bytes = new Uint8Array(await (await fetch(url)).arrayBuffer());
    assertEquals([...bytes.subarray(0, 4)], [0x89, 0x50, 0x4e, 0x47]);
  }
  assertEquals((await read("?heatmap=true&class=rose")).class, "rose");
  assertEquals(await read("?heatmap=false&class=rose"), undefined);
});

Deno.test.each(
  [
    ["?topK=0", "bad_request", 400],
    ["?topK=x", "bad_request", 400],
    ["?heatmap=1", "bad_request", 400],
    ["?heatmap=true&class=../..", "bad_request", 400],
    ["?run=../../etc", "no_such_run", 404],
    ["?run=__proto__", "no_such_run", 404],
  ] as const,
)("POST /api/classify%s is %s", async (query, code, status) => {
  const response = await testApp().classify(PHOTO, query);
  assertEquals([await errorCode(response), response.status], [code, status]);
});

Deno.test.each([
  ["?topK=NaN", "topK must be an integer from 1 to 100000"],
  ["?topK=1.5", "topK must be an integer from 1 to 100000"],
  ["?heatmap=yes", "heatmap must be true or false"],
])("POST /api/classify%s is told its rule", async (query, rule) => {
  const response = await testApp().classify(PHOTO, query);
  const { error } = await response.json();
  assertEquals(error.message, `Cannot use the query as ${rule}`);
});

Deno.test("POST /api/classify refuses what is no photo", async () => {
  const { send, classify } = testApp();
  const withType = (type: string) =>
    send("/api/classify", {
      method: "POST",
      body: PHOTO,
      headers: { "content-type": type },
    });
  const cases = [
    [await classify("text"), "unsupported_media_type", 415],
    [await withType("application/json"), "unsupported_media_type", 415],
    [await classify(new TextEncoder().encode("text")), "not_an_image", 422],
    [await classify(new Uint8Array()), "no_photo", 400],
    [await classify(new FormData()), "no_photo", 400],
    [await withType("multipart/form-data"), "bad_multipart", 400],
    [await withType("multipart/form-data; boundary=x"), "bad_multipart", 400],
    [await send("/api/classify"), "method_not_allowed", 405],
    [await send("/etc/passwd"), "not_found", 404],
    [await send("/assets/..%2f..%2fdeno.json"), "not_found", 404],
  ] as const;
  for (const [response, code, status] of cases) {
    assertEquals([response.status, await errorCode(response)], [status, code]);
  }
  for (const type of ["image/jpeg", "application/octet-stream"]) {
    assertEquals((await withType(type)).status, 200);
  }
});

Deno.test("POST /api/classify refuses more than the queue holds, and takes again what fits", async () => {
  const limits = { ...DEFAULT_LIMITS, queuedPhotos: 2, photosARequest: 3 };
  const { promise, resolve } = Promise.withResolvers<void>();
  const model = testModel();
  const slow = testModel({
    classify: (...args) => promise.then(() => model.classify(...args)),
  });
  const catalogue = new Catalogue([slow]);
  const admission = new Admission(limits, () => 0);
  const { classify, send } = testApp({ limits, catalogue, admission });
  const taken = [classify(PHOTO), classify(PHOTO)];
  while (admission.photos < 2) await new Promise((next) => setTimeout(next));
  const refused = await classify(PHOTO);
  assertEquals(
    [
      refused.status,
      refused.headers.get("retry-after"),
      await errorCode(refused),
    ],
    [429, "1", "busy"],
  );
  const numbers = await (await send("/metrics")).text();
  assert(numbers.includes("\nheadstart_queue_photos 2\n"), numbers);
  resolve();
  for (const response of taken) assertEquals((await response).status, 200);
  assertEquals([admission.photos, admission.bytes], [0, 0]);
  assertEquals((await classify(PHOTO)).status, 200);
  const three = form({ a: PHOTO, b: PHOTO, c: PHOTO });
  assertEquals(await errorCode(await classify(three)), "too_many_photos");
  const four = form({ a: PHOTO, b: PHOTO, c: PHOTO, d: PHOTO });
  assertEquals(await errorCode(await classify(four)), "too_many_photos");
  assertEquals([admission.photos, admission.bytes], [0, 0]);
});

Deno.test("POST /api/classify says how many bytes are held to who sends more", async () => {
  const limits = { ...DEFAULT_LIMITS, queuedBytes: 2 };
  const response = await testApp({ limits }).classify(PHOTO);
  const { error } = await response.json();
  const message = "Cannot take the body as it may have 2 bytes: it has more";
  assertEquals(error, { code: "body_too_large", message });
});

/** Writes a form whose parts have nothing but a name. */
function emptyParts(count: number, boundary: string): Uint8Array<ArrayBuffer> {
  const part =
    `--${boundary}\r\nContent-Disposition: form-data; name=a\r\n\r\n\r\n`;
  return new TextEncoder().encode(`${part.repeat(count)}--${boundary}--\r\n`);
}

Deno.test.each([
  ["boundary=b", 12, "b", "no_photo"],
  ["boundary=b", 13, "b", "too_many_photos"],
  ['charset=utf-8; BOUNDARY="a b"', 12, "a b", "no_photo"],
  ['charset=utf-8; BOUNDARY="a b"', 13, "a b", "too_many_photos"],
  // What is counted is what is read.
  ['boundary="a\\""', 12, 'a"', "bad_multipart"],
  ['x="; boundary=c"; boundary=b', 12, "b", "bad_multipart"],
])(
  "a form of %s with %s parts is read or refused",
  async (parameter, count, boundary, code) => {
    const limits = { ...DEFAULT_LIMITS, photosARequest: 3 };
    const { send } = testApp({ limits });
    const response = await send("/api/classify", {
      method: "POST",
      headers: { "content-type": `multipart/form-data; ${parameter}` },
      body: emptyParts(count, boundary),
    });
    assertEquals(await errorCode(response), code);
  },
);

Deno.test("POST /api/classify answers in time, and keeps the room of what still runs", async () => {
  const limits = { ...DEFAULT_LIMITS, requestMs: 1 };
  const { promise, resolve } = Promise.withResolvers<never>();
  const catalogue = new Catalogue([testModel({ classify: () => promise })]);
  const { classify, parts } = testApp({ limits, catalogue });
  const response = await classify(PHOTO);
  assertEquals([response.status, await errorCode(response)], [503, "too_slow"]);
  assertEquals(parts.admission.photos, 1);
  resolve(undefined as never);
  while (parts.admission.photos > 0) {
    await new Promise((next) => setTimeout(next));
  }
});

Deno.test("a photo whose client has gone is given up, and its room given back", async () => {
  const begun = Promise.withResolvers<void>();
  const model = testModel({
    classify(_, { signal }) {
      begun.resolve();
      const { promise, reject } = Promise.withResolvers<never>();
      signal!.addEventListener("abort", () => reject(signal!.reason));
      return promise;
    },
  });
  const catalogue = new Catalogue([model]);
  const { send, parts, entries } = testApp({ catalogue });
  const client = new AbortController();
  const { signal } = client;
  const init = { method: "POST", body: form({ a: PHOTO }), signal };
  const answer = send("/api/classify", init);
  await begun.promise;
  assertEquals(parts.admission.photos, 1);
  client.abort();
  assertEquals((await answer).status, 499);
  assertEquals(parts.admission.photos, 0);
  assertEquals(entries.at(-1)!.code, "gone");
});
