import { assert, assertRejects } from "@std/assert";
import { MissingArtifactError, verify } from "../../mod.ts";
import { copyRun, testWorkspace } from "./support.ts";

Deno.test("verify() throws when there is no run of the name", async () => {
  await using workspace = await testWorkspace();
  await assertRejects(
    () => verify(workspace, { run: "a" }),
    MissingArtifactError,
    'Cannot use run "a" as there is none of this name',
  );
});

Deno.test("verify() repairs nothing that another task works on", async () => {
  await using workspace = await testWorkspace();
  await copyRun(workspace);
  const paths = await workspace.store.list("artifacts");
  const shard = paths.map(({ path }) => path)
    .find((path) => /^artifacts\/tensors-[0-9a-f]{16}\/train/.test(path))!;
  await workspace.damage(shard);
  const folder = shard.split("/")[1]!;
  await using _lock = await workspace.store.tryLock(folder);
  const { message } = await assertRejects(
    () => verify(workspace, { repair: true }),
    Error,
  );
  const start =
    `Cannot repair "artifacts/${folder}" as another task works on it, process ${Deno.pid} on `;
  assert(message.startsWith(start), message);
  assert(message.endsWith(": verify again when it is done"), message);
  assert(await workspace.store.stat(shard));
});

Deno.test("verify() stops when it is told to", async () => {
  await using workspace = await testWorkspace();
  await copyRun(workspace);
  const signal = AbortSignal.abort(new Error("stop"));
  await assertRejects(() => verify(workspace, { signal }), Error, "stop");
});
