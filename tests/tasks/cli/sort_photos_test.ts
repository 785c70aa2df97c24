import { assertEquals } from "@std/assert";
import { fitName, PhotoSorter } from "../../../tasks/cli/sort_photos.ts";
import { tempDir } from "../../support/temp_dir.ts";
import { walkFiles } from "../../support/walk_files.ts";

/** A photo of a class. */
function shows(name: string, probability = 1) {
  return { digest: "ab".repeat(32), top: [{ class: name, probability }] };
}

Deno.test("PhotoSorter never overwrites, and copies the same photo once", async () => {
  await using folder = await tempDir();
  const sorter = new PhotoSorter(folder.join("out"), {
    links: false,
    threshold: 0.5,
  });
  const [one, other] = ["1", "2"].map((name) => folder.join(name, "a.jpg"));
  for (const [path, text] of [[one, "one"], [other, "other"]]) {
    await Deno.mkdir(`${path}/..`, { recursive: true });
    await Deno.writeTextFile(path!, text!);
  }
  await sorter.add(one!, shows("tulip"));
  await sorter.add(other!, shows("tulip"));
  await sorter.add(one!, shows("tulip"));
  await sorter.add(one!, shows("tulip", 0.4));
  const files = await Array.fromAsync(walkFiles(folder.join("out")));
  assertEquals(files.sort(), [
    `tulip/a-${"ab".repeat(32)}.jpg`,
    "tulip/a.jpg",
    "unsure/a.jpg",
  ]);
  assertEquals(await Deno.readTextFile(folder.join("out/tulip/a.jpg")), "one");
});

Deno.test("PhotoSorter numbers a photo both of whose names are taken", async () => {
  await using folder = await tempDir();
  const path = folder.join("a.jpg");
  await Deno.writeTextFile(path, "a");
  const root = folder.join("out");
  const digest = "ab".repeat(32);
  await Deno.mkdir(`${root}/tulip`, { recursive: true });
  for (const taken of ["a.jpg", `a-${digest}.jpg`]) {
    await Deno.writeTextFile(`${root}/tulip/${taken}`, "edited since");
  }
  const sorter = new PhotoSorter(root, { links: false, threshold: 0 });
  const expected = `${root}/tulip/a-${digest}-2.jpg`;
  assertEquals(await sorter.add(path, shows("tulip")), expected);
  assertEquals(await Deno.readTextFile(expected), "a");
});

Deno.test("PhotoSorter makes links when it is to", async () => {
  await using folder = await tempDir();
  const path = folder.join("a.jpg");
  await Deno.writeTextFile(path, "a");
  const root = folder.join("out");
  const sorter = new PhotoSorter(root, { links: true, threshold: 0 });
  await sorter.add(path, shows("tulip"));
  await sorter.add(path, shows("tulip"));
  assertEquals(await Deno.readLink(`${root}/tulip/a.jpg`), path);
});

Deno.test.each([
  ["..", "%.."],
  ["a/../../b", "a%2f..%2f..%2fb"],
  ["unsure", "%unsure"],
  ["", "%"],
  ["con\n", "con%0a"],
])(
  "PhotoSorter keeps class %j in a folder of its own: %s",
  async (name, expected) => {
    await using folder = await tempDir();
    await Deno.writeTextFile(folder.join("a.jpg"), "a");
    const root = folder.join("out");
    const sorter = new PhotoSorter(root, { links: false, threshold: 0 });
    const path = await sorter.add(folder.join("a.jpg"), shows(name));
    assertEquals(path, `${root}/${expected}/a.jpg`);
  },
);

Deno.test("PhotoSorter takes a name that begins with a dot for no extension", async () => {
  await using folder = await tempDir();
  const path = folder.join(".jpg");
  await Deno.writeTextFile(path, "a");
  const root = folder.join("out");
  const sorter = new PhotoSorter(root, { links: false, threshold: 0 });
  assertEquals(await sorter.add(path, shows("tulip")), `${root}/tulip/.jpg`);
});

Deno.test("PhotoSorter copies photos whose name is as long as can be", async () => {
  await using folder = await tempDir();
  const sorter = new PhotoSorter(folder.join("out"), {
    links: false,
    threshold: 0,
  });
  const name = `${"ü".repeat(125)}.jpg`;
  for (const side of ["1", "2"]) {
    await Deno.mkdir(folder.join(side));
    await Deno.writeTextFile(folder.join(side, name), side);
    await sorter.add(folder.join(side, name), shows("tulip"));
  }
  const files = await Array.fromAsync(walkFiles(folder.join("out")));
  assertEquals(files.sort(), [
    `tulip/${"ü".repeat(93)}-${"ab".repeat(32)}.jpg`,
    `tulip/${name}`,
  ]);
});

Deno.test("PhotoSorter takes no long end of a name for an extension", async () => {
  await using folder = await tempDir();
  const root = folder.join("out");
  const sorter = new PhotoSorter(root, { links: false, threshold: 0 });
  const name = `x.${"b".repeat(253)}`;
  for (const side of ["1", "2"]) {
    await Deno.mkdir(folder.join(side));
    await Deno.writeTextFile(folder.join(side, name), side);
    await sorter.add(folder.join(side, name), shows("tulip"));
  }
  const files = await Array.fromAsync(walkFiles(root));
  assertEquals(files.sort(), [
    `tulip/x.${"b".repeat(188)}-${"ab".repeat(32)}`,
    `tulip/${name}`,
  ]);
});

Deno.test("fitName() cuts between characters", () => {
  assertEquals(fitName("a", ".png"), "a.png");
  assertEquals(fitName("🌷".repeat(70), ".png"), `${"🌷".repeat(62)}.png`);
});
