import { assertEquals, assertRejects } from "@std/assert";
import type { Work } from "../../pipeline/artifact/fingerprint.ts";
import { StageFiles } from "../../pipeline/artifact/stage_files.ts";
import { toTensor } from "../../pipeline/artifact/tensor.ts";
import { MissingShardsError } from "../../pipeline/errors.ts";
import { fillShare } from "../../pipeline/shards/fill_share.ts";
import type { ShardJob } from "../../pipeline/shards/fill_shards.ts";
import { parsePart, type Share } from "../../pipeline/shards/part.ts";
import { MemoryStore } from "../support/memory_store.ts";
import { testContext } from "../support/stage_context.ts";

const WORK: Work = { stage: "tensors", version: 1, config: {}, inputs: {} };

/** Names of the shards. */
const NAMES = [0, 1, 2, 3, 4].map((i) => `train-0000${i}-of-00005.safetensors`);

/** Jobs for the shards, which remember in `made` which ones were made. */
function jobs(made: string[]): ShardJob[] {
  return NAMES.map((path, i) => ({
    path,
    images: 1,
    make: () => {
      made.push(path);
      const record = toTensor(Int32Array.of(i), [1]);
      return Promise.resolve({ tensors: { record }, metadata: {} });
    },
  }));
}

/** What came of a share. */
interface Outcome {
  shards: string[] | undefined;
  made: string[];
  counts: { shards: number; made: number } | undefined;
}

/** Does a share: of all, of a part such as `0/2`, or of none. */
async function fill(
  store: MemoryStore,
  role?: string,
  work = WORK,
): Promise<Outcome> {
  const made: string[] = [];
  let counts: Outcome["counts"];
  const share: Share | undefined = role === undefined
    ? undefined
    : role === "seal"
    ? { kind: "seal", count: 2 }
    : {
      kind: "part",
      part: parsePart(role),
      filled: (found) => counts = found,
    };
  const files = await StageFiles.open(store, work);
  const context = { ...testContext(store), share, files };
  const filled = await fillShare(files, jobs(made), context);
  return { shards: filled?.map(({ entry }) => entry.path), made, counts };
}

Deno.test("fillShare() makes the shards of a part, and completes nothing", async () => {
  const store = new MemoryStore();
  assertEquals(await fill(store, "1/2"), {
    shards: undefined,
    made: [NAMES[1], NAMES[3]],
    counts: { shards: 2, made: 2 },
  });
});

Deno.test("fillShare() writes in parts of any number the bytes of one task", async () => {
  const [one, many] = [new MemoryStore(), new MemoryStore()];
  await fill(one);
  for (const part of ["2/3", "0/3", "0/2", "1/2"]) await fill(many, part);
  assertEquals(many.files, one.files);
  assertEquals(await fill(many, "seal"), {
    shards: NAMES,
    made: [],
    counts: undefined,
  });
});

Deno.test("fillShare() makes nothing when a part is done a second time", async () => {
  const store = new MemoryStore();
  await fill(store, "0/2");
  const { made, counts } = await fill(store, "0/2");
  assertEquals([made, counts], [[], { shards: 3, made: 0 }]);
  assertEquals(store.writes.length, 3);
});

Deno.test("fillShare() gives a part nothing when there are more parts than shards", async () => {
  const { made, counts } = await fill(new MemoryStore(), "8/9");
  assertEquals([made, counts], [[], { shards: 0, made: 0 }]);
});

Deno.test("fillShare() names what is missing, and the part that makes it, when sealed too early", async () => {
  const store = new MemoryStore();
  await fill(store, "1/5");
  await fill(store, "4/5");
  const error = await assertRejects(
    () => fill(store, "seal"),
    MissingShardsError,
    `Cannot seal stage "tensors" as all of its shards must be there: 3 are missing, part 0/2: ${
      NAMES[0]
    }, ${NAMES[2]}; part 1/2: ${NAMES[3]}`,
  );
  const { directory } = await StageFiles.open(store, WORK);
  assertEquals(error.missing, [
    { path: `${directory}/${NAMES[0]}`, part: "0/2" },
    { path: `${directory}/${NAMES[2]}`, part: "0/2" },
    { path: `${directory}/${NAMES[3]}`, part: "1/2" },
  ]);
});

Deno.test("fillShare() removes a damaged shard when it seals, so that its part makes it again", async () => {
  const store = new MemoryStore();
  await fill(store, "0/1");
  const files = await StageFiles.open(store, WORK);
  const before = new Map(store.files);
  store.flipBit(files.path(NAMES[3]!), -1);
  await assertRejects(
    () => fill(store, "seal"),
    MissingShardsError,
    `1 are missing, part 1/2: ${NAMES[3]}`,
  );
  const { made } = await fill(store, "1/2");
  assertEquals(made, [NAMES[3]]);
  assertEquals((await fill(store, "seal")).shards, NAMES);
  assertEquals([...store.files.keys()].sort(), [...before.keys()].sort());
});

Deno.test("fillShare() seals in no shard of an older configuration", async () => {
  const store = new MemoryStore();
  const older = { ...WORK, config: { imageSize: 32 } };
  await fill(store, "0/2", older);
  await fill(store, "1/2");
  await assertRejects(
    () => fill(store, "seal"),
    MissingShardsError,
    "3 are missing, part 0/2",
  );
  // Copied by hand, it names the work that it is of.
  const [from, to] = [
    await StageFiles.open(store, older),
    await StageFiles.open(store, WORK),
  ];
  for (const name of [NAMES[0]!, NAMES[2]!, NAMES[4]!]) {
    await store.writeAtomic(to.path(name), (await from.read(name))!);
  }
  await assertRejects(
    () => fill(store, "seal"),
    MissingShardsError,
    "3 are missing, part 0/2",
  );
});
