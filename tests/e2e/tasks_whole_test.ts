/**
 * The three tasks as a person runs them, on the embedded photos.
 *
 * @module
 */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { digestTree, runTask } from "./support.ts";

Deno.test("the tasks run in sequence, and a second time write nothing", async (t) => {
  const root = await Deno.makeTempDir({ prefix: "headstart-e2e-" });
  const work = ["--work", root, "--json"];
  try {
    await t.step("prepare, train and eval print what they did", async () => {
      const size = ["--image-size", "64", "--shard-size", "32"];
      const prepared = await runTask("prepare", [...size, ...work]);
      assertEquals(prepared.code, 0, prepared.stderr);
      assertEquals(prepared.json!.images, 150);
      assertEquals(prepared.json!.classes, 5);
      assertEquals(prepared.json!.shards, 6);
      assertEquals(prepared.json!.rejected, 0);
      const trained = await runTask("train", ["--epochs", "4", ...work]);
      assertEquals(trained.code, 0, trained.stderr);
      assertEquals(trained.json!.embedded, 150);
      assertEquals(trained.json!.epochs, 4);
      assertEquals(trained.json!.steps, 8);
      const evaluated = await runTask("eval", work);
      assertEquals(evaluated.code, 0, evaluated.stderr);
      assertEquals(evaluated.json!.split, "validation");
      assertEquals(evaluated.json!.samples, 50);
      const findings = evaluated.json!.findings as Record<string, number>;
      assertEquals([findings.photos, findings.copies], [150, 0]);
    });

    await t.step("a second time nothing is written", async () => {
      const before = await digestTree(root);
      const reused = (await runTask("prepare", work)).json!.reused;
      assertEquals(reused, 150);
      assertEquals((await runTask("train", work)).json!.embedded, 0);
      assertEquals((await runTask("eval", work)).code, 0);
      assertEquals(await digestTree(root), before);
    });

    await t.step("more epochs go on from the shorter training", async () => {
      const longer = await runTask("train", ["--epochs", "6", ...work]);
      assertEquals(longer.json!.epochs, 6);
      assertEquals(longer.stderr.match(/epoch \d\/6/g), [
        "epoch 5/6",
        "epoch 6/6",
      ]);
    });

    await t.step(
      "a flipped byte is found and only its file made again",
      async () => {
        const before = await digestTree(root);
        const shard = Object.keys(before).find((path) =>
          path.includes("/embeddings-") && path.endsWith(".safetensors")
        )!;
        const bytes = await Deno.readFile(join(root, shard));
        bytes[bytes.length - 1]! ^= 1;
        await Deno.writeFile(join(root, shard), bytes);
        const seen = await runTask("status", ["--verify", ...work]);
        assertStringIncludes(seen.stderr, `embeddings damaged: ${shard}`);
        const trained = await runTask("train", ["--epochs", "7", ...work]);
        assertEquals(trained.code, 0, trained.stderr);
        assertStringIncludes(
          trained.stderr,
          `damaged, making it again: ${shard}`,
        );
        const after = await digestTree(root);
        for (const path of Object.keys(before)) {
          if (path.startsWith("runs/")) continue;
          assertEquals(after[path], before[path], path);
        }
      },
    );
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});

Deno.test("a task says what is wrong with its flags and exits with 2", async () => {
  const unknown = await runTask("train", ["--epoch", "5"]);
  assertEquals(unknown.code, 2);
  assertStringIncludes(
    unknown.stderr,
    `Cannot use flag "--epoch" as there is none of this name: the nearest is --epochs`,
  );
  const wrong = await runTask("prepare", ["--image-size", "big"]);
  assertEquals(wrong.code, 2);
  assertStringIncludes(
    wrong.stderr,
    `Cannot use --image-size as it must be a whole number of 32 to 1024: current value is "big"`,
  );
});

Deno.test("a task that comes too early says which comes first", async () => {
  const root = await Deno.makeTempDir({ prefix: "headstart-e2e-" });
  try {
    const { code, stderr } = await runTask("train", ["--work", root]);
    assertEquals(code, 1);
    assertStringIncludes(stderr, "run the task prepare first");
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});
