import { assertEquals, assertMatch } from "@std/assert";
import { runTask } from "../e2e/support.ts";
import { findPython } from "../support/python.ts";
import { tempDir } from "../support/temp_dir.ts";
import { walkFiles } from "../support/walk_files.ts";

const PYTHON = Deno.build.os === "linux" ? await findPython("os") : undefined;

/** Makes what only POSIX can: names of any bytes, pipes, sockets, links to devices. */
const MAKE = `
import os, shutil, socket, sys
root, photos = sys.argv[1], sys.argv[2:]
names = ["__proto__", "constructor", '=HYPERLINK("x")', "new\\nline", "esc\\x1b[31m", "\\u202eltr"]
for i, name in enumerate(names):
    os.makedirs(f"{root}/{name}")
    for j in range(2):
        shutil.copy(photos[2 * i + j], f"{root}/{name}/{j}.jpg")
folder = os.fsencode(root) + b"/constructor/"
for name in (b"new\\nline.jpg", b"esc\\x1b]0;owned\\x07.jpg", b"-rf.jpg", b"bad\\xff.jpg"):
    shutil.copy(photos[12], folder + name)
os.mkfifo(folder + b"pipe.jpg")
socket.socket(socket.AF_UNIX).bind(os.path.relpath(folder + b"socket.jpg"))
for name, target in (("zero", "/dev/zero"), ("tty", "/dev/tty"), ("memory", "/proc/self/mem"), ("secret", "/etc/passwd"), ("loop", "loop.jpg")):
    os.symlink(target, os.fsdecode(folder) + name + ".jpg")
`;

/** Paths of the pictures that come with the project. */
async function pictures(): Promise<string[]> {
  const root = new URL("../../fixtures/images/train/", import.meta.url);
  const names = await Array.fromAsync(walkFiles(root.pathname));
  return names.filter((name) => name.endsWith(".jpg"))
    .map((name) => root.pathname + name).sort();
}

/** Reads a file of a stage. */
async function readStage(work: string, stage: string, name: string) {
  for await (const { name: folder } of Deno.readDir(`${work}/artifacts`)) {
    if (!folder.startsWith(`${stage}-`)) continue;
    return await Deno.readTextFile(`${work}/artifacts/${folder}/${name}`);
  }
  throw new Error(`there is no ${stage}`);
}

Deno.test({
  name: "prepare takes names of any kind, and opens nothing that is no file",
  ignore: PYTHON === undefined,
  async fn() {
    await using folder = await tempDir();
    const args = ["-c", MAKE, folder.join("data"), ...await pictures()];
    const made = await new Deno.Command(PYTHON!, { args }).output();
    assertEquals(new TextDecoder().decode(made.stderr), "");
    const work = folder.join("work");
    const size = ["--image-size", "32", "--validation", "0"];
    const flags = ["--work", work, "--data", folder.join("data"), ...size];
    const { code, stderr } = await runTask("prepare", flags);
    assertEquals(code, 0, stderr);
    // Nothing that a terminal would obey.
    assertEquals(/[^\P{Cc}\n]|\p{Bidi_Control}/u.test(stderr), false);
    assertMatch(stderr, /15 images of 6 classes/);
    assertEquals(
      Object.values(
        JSON.parse(
          await readStage(work, "dataset-index", "class_indices.json"),
        ),
      ),
      [
        '=HYPERLINK("x")',
        "__proto__",
        "constructor",
        "esc\x1b[31m",
        "new\nline",
        "\u202eltr",
      ],
    );
    const list = await readStage(work, "tensors", "rejected.jsonl");
    const rejected = list.trim().split("\n")
      .map((line) => JSON.parse(line) as { path: string; reason: string });
    const none = "there is no such file";
    assertEquals(
      rejected.map(({ path, reason }) => [path.split("/")[1], reason]),
      [
        ["bad\ufffd.jpg", none],
        ["loop.jpg", none],
        ["memory.jpg", "this program may not read it"],
        ["pipe.jpg", none],
        ["secret.jpg", "it is not an image"],
        ["socket.jpg", none],
        ["tty.jpg", none],
        ["zero.jpg", none],
      ],
    );
  },
});

Deno.test("a list may lead out of its folder, and to nothing that is no file", async () => {
  await using folder = await tempDir();
  const [one, two, three] = await pictures() as [string, string, string];
  await Deno.mkdir(folder.join("lists"));
  await Deno.copyFile(one, folder.join("outside.jpg"));
  const rows: [string, string][] = [
    ["../outside.jpg", "__proto__"],
    [two, "constructor"],
    [three, "__proto__"],
    ["../../../../../../../../etc/passwd", "constructor"],
    ["/dev/zero", "constructor"],
    ["/proc/self/environ", "constructor"],
    ["a\0b.jpg", "constructor"],
    ["x".repeat(5000), "constructor"],
    ["..", "constructor"],
  ];
  const lines = rows.map(([path, label]) => JSON.stringify({ path, label }));
  await Deno.writeTextFile(folder.join("lists/l.jsonl"), lines.join("\n"));
  const work = folder.join("work");
  const flags = ["--work", work, "--data", folder.join("lists/l.jsonl")];
  const size = ["--image-size", "32", "--validation", "0"];
  const { code, stderr } = await runTask("prepare", [...flags, ...size]);
  assertEquals(code, 0, stderr);
  assertMatch(stderr, /3 images of 2 classes/);
  assertEquals(/root:|--allow/.test(stderr), false, stderr);
  assertEquals(stderr.length < 4000, true, `${stderr.length} characters`);
});

Deno.test("a list that is a pipe is refused, and nobody waits for it", async () => {
  await using folder = await tempDir();
  const list = folder.join("list.csv");
  const command = new Deno.Command("mkfifo", { args: [list] });
  if (Deno.build.os === "windows" || !(await command.output()).success) return;
  const flags = ["--work", folder.join("work"), "--data", list];
  const { code, stderr } = await runTask("prepare", flags);
  assertEquals(code, 1);
  assertMatch(
    stderr,
    /error: Cannot read "list\.csv": it is a pipe, a socket or a device\n$/,
  );
});
