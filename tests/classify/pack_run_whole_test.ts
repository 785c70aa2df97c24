import { assertEquals } from "@std/assert";
import { fromFileUrl } from "@std/path";
import {
  evaluate,
  loadClassifier,
  packRun,
  prepare,
  readWorkspace,
  train,
} from "../../mod.ts";
import { QUICK, testWorkspace } from "../run/support.ts";
import { FIXTURES, HAS_SHARED, SHARED } from "../support/fixtures.ts";
import { tempDir } from "../support/temp_dir.ts";
import { walkFiles } from "../support/walk_files.ts";

const LEAF = fromFileUrl(new URL("images/val/leaf/leaf_21.jpg", FIXTURES));

/** Classifies a photo with a run. */
async function classify(root: string) {
  await using classifier = await loadClassifier(readWorkspace(root), {
    engine: "wasm",
  });
  return await classifier.classify(LEAF);
}

Deno.test("packRun() packs what classifying needs, and nothing of the photos", async () => {
  await using workspace = await testWorkspace();
  await using folder = await tempDir();
  const settings = { ...QUICK, test: 0.2 };
  await prepare(workspace, { settings });
  await train(workspace);
  await evaluate(workspace, { report: false });
  assertEquals(await packRun(workspace, folder.path), "default");
  const files = await Array.fromAsync(walkFiles(folder.path));
  assertEquals(files.map((path) => path.replace(/-[0-9a-f]{16}/, "")).sort(), [
    "artifacts/evaluation/manifest.json",
    "artifacts/evaluation/metrics.json",
    "artifacts/head/head.safetensors",
    "artifacts/head/history.jsonl",
    "artifacts/head/manifest.json",
    "runs/default/run.copy.json",
    "runs/default/run.json",
  ]);
  for (const path of files) {
    const text = await Deno.readTextFile(folder.join(path));
    assertEquals(text.includes("leaf_21"), false, path);
    assertEquals(text.includes(workspace.root), false, path);
  }
  assertEquals(await classify(folder.path), await classify(workspace.root));
});

Deno.test({
  name: "packRun() takes the weights of a backbone along, in all their files",
  ignore: !HAS_SHARED,
  async fn() {
    await using weights = await tempDir();
    const source = new URL("reference/weights/", SHARED);
    for await (const { name } of Deno.readDir(source)) {
      if (!name.startsWith("pretrain_weights.ckpt")) continue;
      await Deno.copyFile(new URL(name, source), weights.join(name));
    }
    const backbone = weights.join("pretrain_weights.ckpt");
    await using workspace = await testWorkspace();
    const settings = { ...QUICK, backbone, imageSize: 64 };
    await prepare(workspace, { settings });
    await train(workspace);
    const expected = await classify(workspace.root);
    await using parent = await tempDir();
    await packRun(workspace, parent.join("before"));
    await Deno.rename(parent.join("before"), parent.join("after"));
    for await (const { name } of Deno.readDir(weights.path)) {
      await Deno.remove(weights.join(name));
    }
    assertEquals(await classify(parent.join("after")), expected);
  },
});
