/**
 * An engine of this project, embedding images.
 *
 * Arguments: name of the engine, weight file, side of the images, images a batch
 * or 0 for what the engine likes.
 *
 * @module
 */

import { openEmbedder } from "../../../pipeline/backends/open_backend.ts";
import type { BackendName } from "../../../pipeline/backends/backend.ts";
import { noiseImages, readNetwork } from "../network_input.ts";
import { serve } from "../serve.ts";

const [name, weights, side, batch] = Deno.args;
const imageSize = Number(side);
const network = await readNetwork(weights!, imageSize);
const { opened: engine } = await openEmbedder(name as BackendName, network, {
  batchSize: Number(batch) || undefined,
});
const { description, batchSize } = engine;
await serve({
  prepare: (count) => noiseImages(count, imageSize),
  run: (images, count) => engine.embed(images, { count, views: ["plain"] }),
}, { description, batchSize });
await engine.close();
