/**
 * An engine of this project, embedding images.
 *
 * Arguments: name of the engine, weight file, side of the images, images a batch
 * or 0 for what the engine likes.
 *
 * @module
 */

import { openEngine } from "../../../pipeline/backbone/engines/select.ts";
import type { EngineName } from "../../../pipeline/backbone/engine.ts";
import { noiseImages, readNetwork } from "../network_input.ts";
import { serve } from "../serve.ts";

const [name, weights, side, batch] = Deno.args;
const imageSize = Number(side);
const network = await readNetwork(weights!, imageSize);
const { opened: engine } = await openEngine(name as EngineName, network, {
  batchSize: Number(batch) || undefined,
});
const { description, batchSize } = engine;
await serve({
  prepare: (count) => noiseImages(count, imageSize),
  run: (images, count) => engine.embed(images, { count, views: ["plain"] }),
}, { description, batchSize });
await engine.close();
