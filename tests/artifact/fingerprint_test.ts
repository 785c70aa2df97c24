import { assertEquals, assertNotEquals } from "@std/assert";
import {
  explainChange,
  fingerprint,
  stageDirectory,
  type Work,
} from "../../pipeline/artifact/fingerprint.ts";

const WORK: Work = {
  stage: "tensors",
  version: 1,
  config: { imageSize: 224, resize: "stretch" },
  inputs: { records: "ab" },
};

Deno.test("fingerprint() digests the work as JSON with one spelling", async () => {
  // Python: hashlib.sha256(json.dumps(work, sort_keys=True,
  // separators=(",", ":")).encode()).hexdigest()
  assertEquals(
    await fingerprint(WORK),
    "641e27646c6af2c347231431dbb7d4bd76a729e219a50a3f2f832d7962aa5299",
  );
});

Deno.test("fingerprint() is the same when keys were set in another order", async () => {
  const { inputs, config, version, stage } = WORK;
  const { resize, imageSize } = config;
  assertEquals(
    await fingerprint({
      inputs,
      config: { resize: resize!, imageSize: imageSize! },
      version,
      stage,
    }),
    await fingerprint(WORK),
  );
});

Deno.test.each<[string, Partial<Work>]>([
  ["stage", { stage: "embeddings" }],
  ["version", { version: 2 }],
  ["config", { config: { ...WORK.config, imageSize: 96 } }],
  ["inputs", { inputs: { records: "ac" } }],
])("fingerprint() differs when %s differs", async (_, change) => {
  assertNotEquals(
    await fingerprint({ ...WORK, ...change }),
    await fingerprint(WORK),
  );
});

Deno.test("stageDirectory() names a stage by 16 characters of its fingerprint", () => {
  assertEquals(
    stageDirectory("dataset-index", "0123456789abcdef".repeat(4)),
    "artifacts/dataset-index-0123456789abcdef",
  );
});

Deno.test("explainChange() says nothing when the work is the same", () => {
  assertEquals(explainChange(WORK, structuredClone(WORK)), []);
});

Deno.test("explainChange() names every difference, sorted", () => {
  const after: Work = {
    stage: "tensors",
    version: 2,
    config: { imageSize: 96, crop: { left: 1 } },
    inputs: { records: "ac", classes: "ad" },
  };
  assertEquals(explainChange(WORK, after), [
    "stage version was 1, is 2",
    'crop was absent, is {"left":1}',
    "imageSize was 224, is 96",
    'resize was "stretch", is absent',
    "classes changed",
    "records changed",
  ]);
});
