import { assertLessOrEqual } from "@std/assert";
import { withoutPool } from "../../pipeline/backbone/layers.ts";
import {
  activationMap,
  linearLogit,
  poolFeatures,
} from "../../pipeline/evidence/activation_map.ts";
import { readTiny } from "../backbone/support.ts";
import {
  GOLDEN_HEADS,
  GOLDEN_PHOTOS,
  goldenHead,
} from "../evidence/support.ts";
import { assertAllClose, relativeError } from "../support/assert_all_close.ts";
import { BACKENDS, withEmbedder } from "./support.ts";

/** Largest relative error of the maps of a photo; 5e-6 was seen. */
const TOLERANCE = 2e-5;

/** Numbers of a feature map. */
const MAP_LENGTH = 3 * 3 * 256;

const LABELS = [0, 1, 2, 3, 4];

for (const { name, ignore } of BACKENDS) {
  Deno.test({
    name: `maps of ten photos on ${name} are those of PyTorch`,
    ignore,
    async fn() {
      const backbone = await readTiny();
      const graph = withoutPool(backbone.graph);
      const all = await withEmbedder(
        name,
        { ...backbone, graph },
        {},
        (embedder) =>
          embedder.embed(GOLDEN_PHOTOS, { count: 10, views: ["plain"] }),
      );
      for (const name of GOLDEN_HEADS) {
        const { logits, maps, ...head } = goldenHead(name);
        for (let photo = 0; photo < 10; photo++) {
          const features = all
            .subarray(photo * MAP_LENGTH, (photo + 1) * MAP_LENGTH);
          const actual = LABELS.flatMap((label) => [
            ...activationMap(head, features, label),
          ]);
          const expected = maps.subarray(photo * 45, (photo + 1) * 45);
          assertLessOrEqual(relativeError(actual, expected), TOLERANCE);
          const pooled = poolFeatures(features, 256);
          const values = LABELS.map((label) => {
            const { weights, constant } = linearLogit(head, label, pooled);
            return weights.reduce(
              (sum, w, d) => sum + w * pooled[d]!,
              constant,
            );
          });
          const own = logits.subarray(photo * 5, (photo + 1) * 5);
          assertAllClose(values, own, { atol: 1e-5 });
        }
      }
    },
  });
}
