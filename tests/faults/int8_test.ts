/**
 * Embedding in 8 bits that is killed at chosen calls, and goes on: the calibration and
 * the embeddings have the same bytes, on one core and on all.
 */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { describeCores } from "../../pipeline/backends/cpu/runtime.ts";
import { mapInOrder } from "../../pipeline/map_in_order.ts";
import { digestTree } from "../e2e/support.ts";
import { copyFew } from "../support/few_photos.ts";
import { FIXTURES } from "../support/fixtures.ts";
import { copyMade } from "../support/made_folder.ts";
import { type TempDir, tempDir } from "../support/temp_dir.ts";
import {
  add,
  AT_ONCE,
  checkFinished,
  checkInterrupted,
  choose,
  type Digests,
  faultAt,
  HAS_PRELOAD,
  logCalls,
  readCalls,
  runTask,
  succeed,
  tell,
} from "./support.ts";

const IMAGES = fromFileUrl(new URL("images/", FIXTURES));

/** Layers so large that they are divided among threads, and few photos in shards enough to be hit. */
const PREPARE = [
  "prepare",
  "--image-size",
  "288",
  "--shard-size",
  "4",
] as const;
const FEW = { train: 3, val: 1 };

/** The task that is killed. */
const EMBED = ["embed", "--precision", "int8", "--engine", "cpu"] as const;

/** Paths below the stages in question; `kills_test.ts` has the run file. */
const OWN = /\/artifacts\/(calibration|embeddings)-/;

/** Number of the signal that no process can hear. */
const SIGKILL = 9;

/** When a process is killed: before or after a call, or when it is half done. */
const ENDS = ["before", "after"] as const;
const MOMENTS = [...ENDS, "half"] as const;

/** Gives a program one core, and shows onnxruntime no other: it counts those of the system, not those of its process. */
const ON_ONE_CORE = [
  ...["taskset", "-c", "0"],
  ...["unshare", "--mount", "sh", "-c"],
  `zero=$(mktemp) && echo 0 > $zero || exit 1
   for file in possible present
   do mount --bind $zero /sys/devices/system/cpu/$file || exit 1
   done
   rm -f $zero
   exec "$@"`,
  "-",
];

/** Whether this process may hide cores. */
async function canHideCores(): Promise<boolean> {
  const [program, ...args] = [...ON_ONE_CORE, "true"];
  const command = new Deno.Command(program!, { args, stderr: "null" });
  return await command.output().then(({ success }) => success, () => false);
}

/** How the task is started, and on how many cores it then runs. */
interface Start {
  before: readonly string[];
  cores: number;
  ignore: boolean;
}

const ON_ALL: Start = {
  before: [],
  cores: navigator.hardwareConcurrency,
  ignore: !HAS_PRELOAD,
};

/** The starts by name. */
const STARTS: Readonly<Record<string, Start>> = {
  "all cores": ON_ALL,
  "one core": {
    before: ON_ONE_CORE,
    cores: 1,
    ignore: !HAS_PRELOAD || !await canHideCores(),
  },
};

/** The photos, as long as the tests run: an index of photos that are gone is stale. */
let photos: TempDir;

Deno.test.beforeAll(async () => {
  photos = await tempDir();
  await copyFew(IMAGES, photos.path, FEW);
});
Deno.test.afterAll(async () => {
  await photos[Symbol.asyncDispose]();
});

/** Makes a work directory with photos that are prepared. */
async function prepared(): Promise<TempDir> {
  const directory = await tempDir();
  const make = (root: string) =>
    succeed([...PREPARE, "--data", photos.path], root);
  await copyMade("faults-int8", make, directory.path);
  return directory;
}

/** Digests of the work that is embedded, never interrupted. */
async function embedded({ before, cores }: Start): Promise<Digests> {
  await using directory = await prepared();
  const { stderr } = await succeed(EMBED, directory.path, before);
  const engine = `engine of embeddings: cpu, ${
    describeCores(cores)
  }, in 8 bits`;
  assertStringIncludes(stderr, engine);
  return await digestTree(directory.path, { times: false });
}

for (const [cores, start] of Object.entries(STARTS)) {
  const { before, ignore } = start;
  Deno.test({
    name:
      `embed in 8 bits on ${cores} writes the same bytes wherever it is killed`,
    ignore,
    async fn() {
      const whole = await embedded(ON_ALL);
      assertEquals(await embedded(start), whole);
      await using first = await prepared();
      await using logs = await tempDir();
      const log = logs.join("log");
      await logCalls(first.path, EMBED, log);
      const calls = (await readCalls(log)).filter(({ path }) => OWN.test(path));
      const points = calls.flatMap((call) =>
        (call.name === "write" ? MOMENTS : ENDS)
          .map((moment) => ({ ...call, moment }))
      );
      const hits: Record<string, number> = {};
      const kills = mapInOrder(choose(points), AT_ONCE, async (point) => {
        const { number, moment, name, path } = point;
        await using directory = await prepared();
        const work = directory.path;
        const fault = { at: number, signal: SIGKILL, [moment]: 1 };
        const env = faultAt(work, fault);
        const { signal, stderr } = await runTask(EMBED, work, { env, before });
        assertEquals(signal, "SIGKILL", stderr);
        await checkInterrupted(work, whole);
        await succeed(EMBED, work, before);
        await checkFinished(work, whole);
        add(hits, `${OWN.exec(path)![1]}: ${moment} ${name}`);
      });
      const { length } = await Array.fromAsync(kills);
      tell(`killed ${length} times of ${points.length}:`, hits);
    },
  });
}
