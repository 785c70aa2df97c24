/**
 * Other file systems than the one of this machine, real ones, where it can have them:
 * one that does not tell `A` from `a`, one with a quota, and one that two machines
 * share without seeing each other's locks.
 *
 * @module
 */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { PROJECT } from "../e2e/support.ts";
import { tempDir } from "../support/temp_dir.ts";
import {
  checkFinished,
  copyAfter,
  expectedAfter,
  runTask,
  succeed,
  TASKS,
} from "./support.ts";

/** Runs a program. */
async function run(script: string, ...args: string[]) {
  const output = await new Deno.Command("sh", {
    args: ["-ec", script, "sh", ...args],
    cwd: PROJECT,
    env: { NO_COLOR: "1" },
  }).output();
  const stderr = new TextDecoder().decode(output.stderr);
  return { code: output.code, stderr };
}

/** Mounts a file system in a folder. */
interface Mount {
  /** Makes it in the folder `$1`, mounts it there as `mount`, and leaves what frees it in `undo`. */
  script: string;
  /** Programs that it needs. */
  needs: readonly string[];
}

const EXFAT: Mount = {
  script: `
    truncate -s 64M image && mkfs.exfat image >&2
    device=$(losetup -f --show image) && echo "losetup -d $device" >> undo
    mount.exfat-fuse $device mount >&2 && echo "umount $1/mount" >> undo`,
  needs: ["mkfs.exfat", "mount.exfat-fuse", "losetup"],
};

/** A subvolume that may hold 3 MiB. */
const BTRFS: Mount = {
  script: `
    truncate -s 256M image && mkfs.btrfs -q image >&2
    mount -o loop image mount && echo "umount $1/mount" >> undo
    btrfs quota enable mount && btrfs subvolume create mount/small >&2
    btrfs qgroup limit 3M mount/small`,
  needs: ["mkfs.btrfs", "btrfs", "losetup"],
};

/** Where the server of SFTP is in Debian. */
const SFTP = "/usr/lib/openssh/sftp-server";

/** Two mounts of one folder, as on two machines. They keep no sizes: a file that is replaced would be read up to its old size. */
const SSHFS: Mount = {
  script: `
    mkdir back
    for i in 1 2; do
      mkdir mount/$i && echo "umount $1/mount/$i" >> undo
      socat EXEC:${SFTP} "EXEC:sshfs -f -o passive -o cache=no -o attr_timeout=0 -o entry_timeout=0 \\\\:$1/back $1/mount/$i" \\
        < /dev/null > /dev/null 2>&1 &
      for look in $(seq 100); do mountpoint -q mount/$i && break; sleep 0.1; done
      mountpoint -q mount/$i
    done`,
  needs: [SFTP, "sshfs", "socat", "unshare"],
};

/** Whether this user may mount, and the programs are there. */
async function canMount({ needs }: Mount): Promise<boolean> {
  if (Deno.build.os !== "linux" || Deno.uid() !== 0) return false;
  const all = ["test -c /dev/fuse", ...needs.map((one) => `command -v ${one}`)];
  return (await run(all.join(" && "))).code === 0;
}

/** Mounts a file system, until it is disposed of. */
async function mount({ script }: Mount) {
  const directory = await tempDir();
  const begin = 'cd "$1" && mkdir mount && touch undo\n';
  const { code, stderr } = await run(begin + script, directory.path);
  const undo = 'cd "$1" && tac undo | sh -e';
  const free = async () => {
    const { code, stderr } = await run(undo, directory.path);
    assertEquals(code, 0, stderr);
    await directory[Symbol.asyncDispose]();
  };
  if (code !== 0) await free();
  assertEquals(code, 0, stderr);
  return {
    join: (...parts: string[]) => directory.join("mount", ...parts),
    [Symbol.asyncDispose]: free,
  };
}

Deno.test({
  name:
    "the tasks write the same bytes on exFAT, where a run has one name in any case",
  ignore: !await canMount(EXFAT),
  async fn() {
    await using disk = await mount(EXFAT);
    const work = disk.join("work");
    for (const task of TASKS) await succeed(task, work);
    await checkFinished(work, await expectedAfter(TASKS.length));
    const [prepare] = TASKS;
    const { code, stderr } = await runTask(
      [...prepare!, "--run", "DEFAULT"],
      work,
    );
    assertEquals(code, 2, stderr);
    assertStringIncludes(
      stderr,
      'Cannot use "DEFAULT" as the name of a run as this disk does not tell it from that of another: "default"',
    );
  },
});

Deno.test({
  name: "prepare says that a quota is used up, and goes on when it is raised",
  ignore: !await canMount(BTRFS),
  async fn() {
    await using disk = await mount(BTRFS);
    const work = disk.join("small", "work");
    const [prepare] = TASKS;
    const task = [
      prepare![0],
      "--image-size",
      "160",
      "--shard-size",
      "32",
    ] as const;
    const { code, stderr } = await runTask(task, work);
    assertEquals(code, 1, stderr);
    assertStringIncludes(
      stderr,
      "the quota is used up: free some space and run the task again",
    );
    const limit = "btrfs qgroup limit none " + disk.join("small");
    assertEquals((await run(limit)).code, 0);
    await succeed(task, work);
    await succeed(["verify"], work);
  },
});

Deno.test({
  name: "two machines that share a folder by SFTP make a stage once",
  ignore: !await canMount(SSHFS),
  async fn() {
    await using disk = await mount(SSHFS);
    await copyAfter(1, disk.join("1", "work"));
    const [task, ...args] = TASKS[1]!;
    const train = (host: string, place: string) =>
      run(
        'unshare --uts sh -c \'hostname "$0" && exec "$@"\' "$@"',
        ...[host, Deno.execPath(), "run", "--quiet", `-P=${task}`],
        ...[`tasks/${task}.ts`, ...args, "--work", disk.join(place, "work")],
      );
    const ended = await Promise.all([train("one", "1"), train("two", "2")]);
    const all = ended.map(({ stderr }) => stderr).join("\n");
    assertEquals(ended.map(({ code }) => code), [0, 0], all);
    assertEquals(all.match(/ +embeddings +done/g)?.length, 1, all);
    assert(/waiting for process \d+ on (one|two), train\.ts /.test(all), all);
    await checkFinished(disk.join("2", "work"), await expectedAfter(2));
  },
});
