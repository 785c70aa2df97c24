import { assertEquals, assertRejects } from "@std/assert";
import { headTensors } from "../../../pipeline/head/model.ts";
import { HeadSaves } from "../../../pipeline/stages/make/head_saves.ts";
import { openHead } from "../head_support.ts";

Deno.test("HeadSaves tells when it settles that a checkpoint cannot be encoded", async () => {
  const { files } = await openHead();
  const shape = {
    inputs: 2,
    hidden: 0,
    classes: 2,
    activation: "linear",
  } as const;
  const zeros = Object.fromEntries(
    headTensors(shape).map(({ name, shape }) => [
      name,
      new Float32Array(shape.reduce((a, b) => a * b)),
    ]),
  );
  await using saves = new HeadSaves(files, { shape, metadata: {}, step: 0 });
  saves.keepBest(zeros, 1);
  const unheard: unknown[] = [];
  const hear = (event: PromiseRejectionEvent) => {
    event.preventDefault();
    unheard.push(event.reason);
  };
  const { digest } = crypto.subtle;
  let late: Promise<ArrayBuffer> | undefined;
  crypto.subtle.digest = () => {
    // That of the best weights takes longer.
    crypto.subtle.digest = (...given) =>
      late = new Promise((resolve) => setTimeout(resolve))
        .then(() => digest.apply(crypto.subtle, given));
    return Promise.reject(new RangeError("no memory"));
  };
  globalThis.addEventListener("unhandledrejection", hear);
  try {
    const state = { epoch: 1, step: 9, parameters: zeros, m: zeros, v: zeros };
    await saves.save({ state, history: [] });
    await assertRejects(() => saves.settle(), RangeError, "no memory");
  } finally {
    await late;
    globalThis.removeEventListener("unhandledrejection", hear);
    Reflect.deleteProperty(crypto.subtle, "digest");
  }
  assertEquals(unheard, []);
});
