/**
 * No result depends on where and when it is computed: clock, time zone, language, name
 * of the machine, number of cores, and the order in which a folder lists its files.
 *
 * @module
 */

import { assertEquals, assertNotEquals } from "@std/assert";
import { join } from "@std/path";
import { HAS_NATIVE_CODE } from "../backends/support.ts";
import { tempDir } from "../support/temp_dir.ts";
import { digestTree, PROJECT } from "./support.ts";

const PHOTOS = join(PROJECT, "fixtures/images");

/** A place and time. */
interface World {
  env: Record<string, string>;
  /** What the program is started with. */
  wrapper: string[];
  /** Sorts the photos into the order in which they are created. */
  order: (a: string, b: string) => number;
}

const forward = (a: string, b: string) => a < b ? -1 : 1;

/** A machine that is at home. */
const HOME: World = {
  env: { TZ: "UTC", LC_ALL: "C.UTF-8", LANG: "C.UTF-8" },
  wrapper: [],
  order: forward,
};

/** Whether a program of this system runs. */
async function runs(...command: string[]): Promise<boolean> {
  const [program, ...args] = command;
  const child = new Deno.Command(program!, { args, stderr: "null" });
  return await child.output().then(({ success }) => success, () => false);
}

/** A clock that shows another time and goes on from there; files keep theirs. */
const atTime = (time: string) => [
  ...["env", "NO_FAKE_STAT=1", "DONT_FAKE_MONOTONIC=1"],
  ...["faketime", "-f", `@${time}`],
];

/** The others, each with what it needs. */
const WORLDS: [name: string, world: Partial<World>, needs: string[]][] = [
  ["in Kathmandu, in Turkish, with photos created the other way round", {
    env: { TZ: "Asia/Kathmandu", LC_ALL: "tr_TR.UTF-8", LANG: "tr_TR.UTF-8" },
    order: (a, b) => forward(b, a),
  }, ["true"]],
  ["in St. John's, in Arabic, on one core", {
    env: { TZ: "America/St_Johns", LC_ALL: "ar_EG.UTF-8", LANG: "ar_EG.UTF-8" },
    wrapper: ["taskset", "-c", "0"],
  }, ["taskset", "-c", "0", "true"]],
  ["in 2001", { wrapper: atTime("2001-01-01 00:00:00") }, [
    ...["faketime", "-f", "@2001-01-01 00:00:00", "true"],
  ]],
  ["at the end of 2099", { wrapper: atTime("2099-12-31 23:59:58") }, [
    ...["faketime", "-f", "@2099-12-31 23:59:58", "true"],
  ]],
  ["on a machine of another name", {
    wrapper: ["unshare", "--uts", "sh", "-c", 'hostname other; exec "$@"', "-"],
  }, ["unshare", "--uts", "hostname", "other"]],
];

/** Lists the files below a folder. */
async function listFiles(folder: string, below = ""): Promise<string[]> {
  const found: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(join(folder, below))) {
    const path = join(below, name);
    if (isDirectory) found.push(...await listFiles(folder, path));
    else found.push(path);
  }
  return found;
}

/** Copies the photos in an order. */
async function copyPhotos(to: string, order: World["order"]): Promise<void> {
  await Deno.remove(to, { recursive: true }).catch(() => {});
  for (const path of (await listFiles(PHOTOS)).toSorted(order)) {
    await Deno.mkdir(join(to, path, ".."), { recursive: true });
    await Deno.copyFile(join(PHOTOS, path), join(to, path));
    // An index is of photos of these names, sizes and times.
    await Deno.utime(join(to, path), 1e9, 1e9);
  }
}

/** Runs the tasks in a world; returns digests of what they wrote, and predictions. */
async function compute(world: World, folder: string): Promise<object> {
  const [photos, work] = [join(folder, "photos"), join(folder, "work")];
  await copyPhotos(photos, world.order);
  await Deno.remove(work, { recursive: true }).catch(() => {});
  const run = async (task: string, ...args: string[]) => {
    const [program, ...rest] = [
      ...[...world.wrapper, Deno.execPath(), "run", "--quiet", `-P=${task}`],
      ...["tasks/confined.ts", task, ...args, "--work", work],
    ];
    const { code, stdout, stderr } = await new Deno.Command(program!, {
      args: rest,
      cwd: PROJECT,
      env: { NO_COLOR: "1", ...world.env },
    }).output();
    assertEquals(code, 0, new TextDecoder().decode(stderr));
    return new TextDecoder().decode(stdout);
  };
  await run("prepare", "--data", photos, "--image-size", "32");
  await run("train", "--epochs", "2", "--engine", "cpu");
  await run("eval");
  const lines = await run("predict", "--json", join(photos, "val/coin"));
  return { files: await digestTree(work, { times: false }), lines };
}

Deno.test({
  name: "results are the same bytes",
  ignore: !HAS_NATIVE_CODE,
  async fn(t) {
    await using folder = await tempDir();
    const expected = await compute(HOME, folder.path);
    for (const [name, world, needs] of WORLDS) {
      await t.step({
        name,
        ignore: !await runs(...needs),
        async fn() {
          const actual = await compute({ ...HOME, ...world }, folder.path);
          assertEquals(actual, expected);
        },
      });
    }
  },
});

Deno.test({
  name: "another clock is seen",
  ignore: !await runs("faketime", "-f", "@2001-01-01 00:00:00", "true"),
  async fn() {
    const [program, ...args] = atTime("2001-01-01 00:00:00");
    const code = "console.log(new Date().getUTCFullYear())";
    const { stdout } = await new Deno.Command(program!, {
      args: [...args, Deno.execPath(), "eval", code],
      env: { TZ: "UTC" },
    }).output();
    const year = Number(new TextDecoder().decode(stdout));
    assertNotEquals(year, new Date().getUTCFullYear());
    assertEquals(year, 2001);
  },
});
