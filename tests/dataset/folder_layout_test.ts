import { assertEquals } from "@std/assert";
import { planFolder } from "../../pipeline/dataset/folder_layout.ts";

/** Folders by the folder they are in, from a list of paths. */
function foldersOf(paths: readonly string[]): Map<string, string[]> {
  const folders = new Map<string, string[]>([["", []]]);
  for (const path of paths) {
    const [top, below] = path.split("/") as [string, string | undefined];
    if (!folders.has(top)) folders.set(top, []);
    if (!folders.get("")!.includes(top)) folders.get("")!.push(top);
    if (below) folders.get(top)!.push(below);
  }
  return folders;
}

/** Places files in the layout of their folder. */
function plan(
  { files, folders }: { files: string[]; folders: Map<string, string[]> },
  origin = "photos",
) {
  const { declaredClasses, place } = planFolder(folders, origin);
  const placed = files.map(place);
  return {
    candidates: placed.filter((p) => typeof p === "object"),
    otherFiles: files.filter((_, i) => placed[i] === "other"),
    declaredClasses,
  };
}

Deno.test("planFolder() takes top folders for classes when none is called train", () => {
  const files = ["daisy/deep/er/c.png", "rose/a.JPEG", "rose/b.jpg"];
  const folders = foldersOf([
    "rose",
    "daisy/deep",
    "empty",
    "test",
    "__MACOSX/rose",
  ]);
  assertEquals(plan({ files, folders }), {
    candidates: [
      { path: "daisy/deep/er/c.png", className: "daisy", split: undefined },
      { path: "rose/a.JPEG", className: "rose", split: undefined },
      { path: "rose/b.jpg", className: "rose", split: undefined },
    ],
    declaredClasses: new Map([
      [undefined, new Set(["rose", "daisy", "empty", "test"])],
    ]),
    otherFiles: [],
  });
});

Deno.test.each(["val", "Valid", "validation", "DEV"])(
  "planFolder() takes folders for splits when one is called train, beside %s",
  (held) => {
    const files = [
      "test/daisy/c.jpg",
      "train/rose/a.jpg",
      `${held}/rose/b.jpg`,
    ];
    const folders = foldersOf([
      "train/rose",
      "train/daisy",
      `${held}/rose`,
      "test/daisy",
    ]);
    const planned = plan({ files, folders });
    assertEquals(planned.candidates, [
      { path: "test/daisy/c.jpg", className: "daisy", split: "test" },
      { path: "train/rose/a.jpg", className: "rose", split: "train" },
      { path: `${held}/rose/b.jpg`, className: "rose", split: "validation" },
    ]);
    assertEquals(
      planned.declaredClasses.get("train"),
      new Set(["rose", "daisy"]),
    );
    assertEquals(planned.declaredClasses.get("validation"), new Set(["rose"]));
    assertEquals(planned.declaredClasses.get("test"), new Set(["daisy"]));
  },
);

Deno.test("planFolder() lists what it leaves alone, but for hidden files", () => {
  const files = [
    ".DS_Store",
    "train/.cache/a.jpg",
    "train/rose/.a.jpg",
    "train/rose/a.jpg",
    "train/rose/notes.txt",
    "train/stray.jpg",
    "unlabelled/rose/b.jpg",
    "top.jpg",
  ];
  const folders = foldersOf(["train/rose", "train/.cache", "unlabelled/rose"]);
  const planned = plan({ files, folders });
  assertEquals(planned.candidates.map(({ path }) => path), [
    "train/rose/a.jpg",
  ]);
  assertEquals(
    planned.declaredClasses,
    new Map([["train", new Set(["rose"])]]),
  );
  assertEquals(planned.otherFiles, [
    "train/rose/notes.txt",
    "train/stray.jpg",
    "unlabelled/rose/b.jpg",
    "top.jpg",
  ]);
});

Deno.test("planFolder() makes candidates of images, those it cannot decode included", () => {
  const extensions =
    "jpg jpeg JPG jpe jfif png gif bmp dib webp tif tiff ppm heic heif hif avif";
  const files = extensions.split(" ").map((e) => `rose/a.${e}`);
  const planned = plan({ files, folders: foldersOf(["rose"]) });
  assertEquals(planned.otherFiles, []);
  assertEquals(planned.candidates.length, files.length);
});

Deno.test("planFolder() takes train for a class when it has no folders", () => {
  const tree = {
    files: ["car/1.jpg", "train/1.jpg"],
    folders: new Map([["", ["car", "train"]], ["car", []], ["train", []]]),
  };
  assertEquals(
    plan(tree, "d").candidates.map(({ className, split }) => [
      className,
      split,
    ]),
    [["car", undefined], ["train", undefined]],
  );
});
