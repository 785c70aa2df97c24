/**
 * `deno task summary` as a program, on the embedded backbone and photos.
 *
 * @module
 */

import { assertEquals, assertStringIncludes } from "@std/assert";
import type { Summary, SummaryRow } from "../../mod.ts";
import { runTask } from "../e2e/support.ts";
import { tempDir } from "../support/temp_dir.ts";

/** Parameters of the frozen `tiny` backbone. */
const BACKBONE_PARAMETERS = 689_784;

/** Adds up the parameters of layers. */
function total(rows: readonly SummaryRow[]): number {
  return rows.reduce((sum, { parameters }) => sum + parameters, 0);
}

/** Runs the task on a work directory. */
async function summarize(
  work: string,
): Promise<{ summary: Summary; stderr: string }> {
  const flags = ["--json", "--work", work];
  const { code, json, stderr } = await runTask("summary", flags);
  assertEquals(code, 0, stderr);
  return { summary: json as unknown as Summary, stderr };
}

Deno.test("summary shows the defaults with 1000 classes before prepare", async () => {
  await using directory = await tempDir();
  const { summary, stderr } = await summarize(directory.join("none"));
  const { network, backbone, head, classes } = summary;
  assertEquals({ network, classes }, { network: "ResNet-101", classes: 1000 });
  assertEquals(total(backbone), BACKBONE_PARAMETERS);
  assertEquals(backbone.at(0), {
    name: "conv1",
    kind: "conv 7x7 / 2",
    outputShape: [48, 48, 8],
    parameters: 1208,
  });
  assertEquals(backbone.at(-1), {
    name: "avgpool",
    kind: "global average pool",
    outputShape: [256],
    parameters: 0,
  });
  // 33 blocks of three convolutions, four shortcuts, the stem and two pools.
  assertEquals(backbone.length, 3 * 33 + 4 + 3);
  assertEquals(total(head), 1_288_168);
  assertStringIncludes(stderr, "\n  689,784 parameters, frozen\n");
  const table = stderr.slice(stderr.indexOf("head: "));
  assertEquals(
    table,
    `head: 1000 classes, softmax
  layer     type         output shape   parameters
  --------  -----------  -------------  ----------  ---------
  dropout1  dropout 0.5  [batch, 256]            0  trainable
  dense1    dense        [batch, 1024]      263168  trainable
  dropout2  dropout 0.5  [batch, 1024]           0  trainable
  dense2    dense        [batch, 1000]     1025000  trainable
  1,288,168 parameters, trainable
`,
  );
});

Deno.test("summary shows the classes and the image size of a run after prepare", async () => {
  await using directory = await tempDir();
  const { path } = directory;
  const flags = ["--image-size", "64", "--quiet", "--work", path];
  assertEquals((await runTask("prepare", flags)).code, 0);
  const { summary, stderr } = await summarize(path);
  const { backbone, head, classes } = summary;
  assertEquals(classes, 5);
  assertEquals(total(backbone), BACKBONE_PARAMETERS);
  assertEquals(backbone[0]!.outputShape, [32, 32, 8]);
  assertEquals(head, [
    {
      name: "dropout1",
      kind: "dropout 0.5",
      outputShape: [256],
      parameters: 0,
    },
    { name: "dense1", kind: "dense", outputShape: [1024], parameters: 263_168 },
    {
      name: "dropout2",
      kind: "dropout 0.5",
      outputShape: [1024],
      parameters: 0,
    },
    { name: "dense2", kind: "dense", outputShape: [5], parameters: 5125 },
  ]);
  assertStringIncludes(stderr, "head: 5 classes, softmax\n");
  assertStringIncludes(stderr, "\n  268,293 parameters, trainable\n");
});
