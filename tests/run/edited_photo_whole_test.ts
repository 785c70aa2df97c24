import { assertEquals, assertRejects } from "@std/assert";
import { fromFileUrl } from "@std/path";
import {
  DATASET_INDEX,
  DatasetError,
  openRun,
  type PipelineEvent,
  prepare,
} from "../../mod.ts";
import { copyFolder, digestTree } from "../e2e/support.ts";
import { FIXTURES } from "../support/fixtures.ts";
import { tempDir } from "../support/temp_dir.ts";
import { QUICK, testWorkspace } from "./support.ts";

/** Changes a bit of a photo, and keeps its size and time. */
async function edit(path: string): Promise<void> {
  const { mtime } = await Deno.stat(path);
  const bytes = await Deno.readFile(path);
  // In the data of the picture: it can be decoded still.
  bytes[bytes.length - 20]! ^= 1;
  await Deno.writeFile(path, bytes);
  await Deno.utime(path, mtime!, mtime!);
}

/** What was told to be damaged, without the fingerprint. */
function damaged(events: readonly PipelineEvent[]): string[] {
  return events.flatMap((event) =>
    event.type === "damaged" ? [event.reason.replace(/-[0-9a-f]{16}/, "")] : []
  );
}

/** What is told when the photo was edited. */
const EDITED = [
  'Cannot keep "artifacts/dataset-index/records.jsonl" as "train/leaf/leaf_01.jpg" has changed since it was indexed',
];

Deno.test("prepare() with verify notices a photo that was edited and kept size and time", async (t) => {
  await using folder = await tempDir();
  await copyFolder(fromFileUrl(new URL("images/", FIXTURES)), folder.path);
  const photo = folder.join("train/leaf/leaf_01.jpg");
  const settings = { ...QUICK, data: folder.path };

  await t.step("after the tensors were made", async () => {
    await using workspace = await testWorkspace();
    const { root, events, onEvent } = workspace;
    await prepare(workspace, { settings });
    const before = await digestTree(root);
    await prepare(workspace, { onEvent, verify: true });
    assertEquals([damaged(events), await digestTree(root)], [[], before]);
    await edit(photo);
    await prepare(workspace, { onEvent });
    assertEquals([damaged(events), await digestTree(root)], [[], before]);
    const { reused } = await prepare(workspace, { onEvent, verify: true });
    assertEquals(damaged(events), EDITED);
    assertEquals(reused, 149);
    await prepare(workspace, { onEvent, verify: true });
    assertEquals(damaged(events).length, 1);
  });

  await t.step("before the tensors are made", async () => {
    await using workspace = await testWorkspace();
    const { events, onEvent } = workspace;
    await (await openRun(workspace, { settings })).complete(DATASET_INDEX);
    await edit(photo);
    await assertRejects(
      () => prepare(workspace),
      DatasetError,
      'Cannot use "train/leaf/leaf_01.jpg" as photos must not change after they are indexed: its bytes have changed; run the task prepare with --verify',
    );
    await prepare(workspace, { onEvent, verify: true });
    assertEquals(damaged(events), EDITED);
  });
});
