import { assertLess } from "@std/assert";
import { runSource } from "../../support/run_source.ts";

/** Networks that are opened and closed, of 42 MB each. */
const COUNT = 12;

/** Those after which memory is what it will be: code is compiled, and pools have filled. */
const WARM = 4;

/** Most bytes that memory may grow by afterwards: those of two of the networks. */
const MOST_GROWTH = 84e6;

Deno.test({
  name: "close() gives back the memory of a network",
  ignore: Deno.build.os !== "linux",
  async fn() {
    const resident = await runSource(`
      import { openEmbedder } from "./pipeline/backends/cpu/embedder.ts";
      import { formulaBackbone, noise } from "./tests/backbone/support.ts";
      const shape = { width: 32, imageSize: 32 };
      const { weights, ...rest } = formulaBackbone("torchvision", shape);
      const resident = [];
      for (let i = 0; i < ${COUNT}; i++) {
        const values = weights.values.slice();
        const own = { ...rest, weights: { ...weights, values } };
        const embedder = await openEmbedder(own);
        await embedder.embed(noise(1, 32), { count: 1, views: ["plain"] });
        await embedder.close();
        resident.push(Deno.memoryUsage().rss);
      }
      console.log(JSON.stringify(resident));
    `) as number[];
    assertLess(resident.at(-1)! - resident[WARM - 1]!, MOST_GROWTH);
  },
});
