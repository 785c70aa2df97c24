/**
 * `deno task predict` as a program.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { fromFileUrl, resolve } from "@std/path";
import { readLines } from "../../mod.ts";
import { runTask, taskCommand } from "../e2e/support.ts";
import { copyQuick } from "../run/support.ts";
import { tempDir } from "../support/temp_dir.ts";
import { readImageHeader } from "../../pipeline/image/header.ts";
import { walkFiles } from "../support/walk_files.ts";

const PHOTOS = fromFileUrl(
  new URL("../../fixtures/images/val/", import.meta.url),
);
const LEAF = `${PHOTOS}leaf/leaf_21.jpg`;

/** Names of the classes. */
const CLASSES = ["brick", "coin", "leaf", "shell", "wave"];

Deno.test("predict says what photos show, to people and to programs", async (t) => {
  await using directory = await tempDir();
  const work = directory.join("work");
  await copyQuick("trained", work);
  const own = ["--work", work, "--quiet"];
  const predict = (...args: string[]) => runTask("predict", [...args, ...own]);

  await t.step("a line a photo in JSON, and nothing else", async () => {
    const { code, stdout, stderr } = await predict(
      `${PHOTOS}leaf/*_2[12].jpg`,
      "--json",
      "--top-k",
      "5",
    );
    assertEquals({ code, stderr }, { code: 0, stderr: "" });
    const lines = stdout.trimEnd().split("\n").map((line) => JSON.parse(line));
    assertEquals(lines.map(({ path }) => path), [
      LEAF,
      `${PHOTOS}leaf/leaf_22.jpg`,
    ]);
    for (const line of lines) {
      assertEquals(Object.keys(line), ["path", "digest", "top"]);
      const names = line.top.map((one: { class: string }) => one.class);
      assertEquals(names.toSorted(), CLASSES);
      const sum = line.top.reduce(
        (sum: number, one: { probability: number }) => sum + one.probability,
        0,
      );
      assert(Math.abs(sum - 1) < 1e-5, `${sum}`);
    }
    const unsure = await predict(LEAF, "--json", "--threshold", "1");
    assertEquals(JSON.parse(unsure.stdout), { ...lines[0], unsure: true });
  });

  await t.step(
    "a photo that cannot be read is told, and the rest go on",
    async () => {
      const gone = directory.join("gone.jpg");
      const { code, stdout, stderr } = await predict(gone, LEAF, "--json");
      const [first, second] = stdout.trimEnd().split("\n")
        .map((line) => JSON.parse(line));
      assertEquals(first, {
        path: gone,
        error: `Cannot read "${gone}": there is no such file`,
      });
      assertEquals(second.path, LEAF);
      assertEquals([code, stderr], [
        1,
        "error: Cannot classify 1 of 2 photos: their lines say why\n",
      ]);
    },
  );

  await t.step(
    "a table for people, with unsure photos said to be",
    async () => {
      const { stdout } = await predict(
        LEAF,
        "--top-k",
        "1",
        "--threshold",
        "1",
      );
      assert(
        /leaf_21\.jpg {2,}unsure: [a-z]+ \d+\.\d %\n$/.test(stdout),
        stdout,
      );
    },
  );

  await t.step("CSV", async () => {
    const { stdout } = await predict(LEAF, "--csv");
    const [header, row] = stdout.split("\n");
    assertEquals(header, "path,digest,class,probability,unsure,error,top");
    assert(row!.startsWith(`${LEAF},`), row);
  });

  await t.step("paths from standard input, in order", async () => {
    const command = taskCommand("predict", ["-", "--json", ...own], {
      stdin: "piped",
    });
    await using child = command.spawn();
    const writer = child.stdin.getWriter();
    const gone = "https://example.org/a.jpg";
    const names = [LEAF, gone, `${PHOTOS}coin/coin_21.jpg`];
    await writer.write(new TextEncoder().encode(names.join("\n")));
    await writer.close();
    const { code, stdout } = await child.output();
    const lines = new TextDecoder().decode(stdout).trimEnd().split("\n");
    assertEquals(code, 1);
    names[1] = resolve(gone);
    assertEquals(lines.map((line) => JSON.parse(line).path), names);
  });

  await t.step("heatmaps, and copies into a folder a class", async () => {
    const [maps, sorted] = ["maps", "sorted"].map((name) =>
      directory.join(name)
    );
    const flags = ["--heatmap", maps!, "--sort", sorted!];
    assertEquals((await predict(LEAF, ...flags)).code, 0);
    assertEquals((await predict(LEAF, ...flags)).code, 0);
    const [map] = await Array.fromAsync(walkFiles(maps!));
    assert(/^leaf_21\.jpg-[0-9a-f]{8}\.png$/.test(map!), map);
    // The photo, not the square of 96 pixels that the network sees.
    const sizes = [`${maps}/${map}`, LEAF].map(async (path) => {
      const { width, height } = readImageHeader(await Deno.readFile(path));
      return [width, height];
    });
    const [drawn, photo] = await Promise.all(sizes);
    assertEquals(drawn, photo);
    const copies = await Array.fromAsync(walkFiles(sorted!));
    assertEquals(copies.length, 1);
    const [folder, name] = copies[0]!.split("/");
    assertEquals([CLASSES.includes(folder!), name], [true, "leaf_21.jpg"]);
    assertEquals(
      await Deno.readFile(`${sorted}/${copies[0]}`),
      await Deno.readFile(LEAF),
    );
    // What cannot get its name leaves nothing.
    await Deno.remove(`${maps}/${map}`);
    await Deno.mkdir(`${maps}/${map}`);
    assertEquals((await predict(LEAF, "--heatmap", maps!)).code, 1);
    const left = await Array.fromAsync(Deno.readDir(maps!));
    assertEquals(left.map(({ name }) => name), [map]);
  });

  await t.step(
    "a folder without photos is told, and the rest go on",
    async () => {
      const empty = directory.join("empty");
      await Deno.mkdir(empty);
      const { code, stdout, stderr } = await predict(empty, LEAF, "--json");
      assertEquals([code, JSON.parse(stdout).path], [1, LEAF]);
      assertEquals(
        stderr,
        `error: Cannot classify "${empty}" as it holds no photo\nerror: Cannot classify all that is named: the errors above say why\n`,
      );
    },
  );

  await t.step("a photo has its line before the next is named", async () => {
    const command = taskCommand("predict", ["-", "--json", ...own], {
      stdin: "piped",
    });
    await using child = command.spawn();
    const writer = child.stdin.getWriter();
    await writer.write(new TextEncoder().encode(`${LEAF}\n`));
    const lines = readLines(child.stdout);
    const { value } = await lines.next();
    assertEquals(JSON.parse(value!).path, LEAF);
    await writer.close();
    assertEquals((await lines.next()).done, true);
    assertEquals((await child.status).code, 0);
    await child.stderr.cancel();
  });

  await t.step(
    "what it writes within the input is no input, and the input never lies there",
    async () => {
      const input = directory.join("input");
      const sorted = `${input}/sorted`;
      await Deno.mkdir(input);
      await Deno.copyFile(LEAF, `${input}/a.jpg`);
      const flags = ["--sort", sorted, "--heatmap", `${input}/maps`, "--json"];
      for (const place of [input, input, `${input}/**/*.*`]) {
        const { code, stdout } = await predict(place, ...flags);
        const lines = stdout.trimEnd().split("\n");
        const paths = lines.map((line) => JSON.parse(line).path);
        assertEquals([code, paths], [0, [`${input}/a.jpg`]]);
      }
      for (const place of [input, sorted, `${input}/*.jpg`]) {
        const { code, stderr } = await predict(place, "--sort", input);
        assertEquals([code, stderr.split("\n")[0]], [
          2,
          `error: Cannot write to "${input}" as the input "${place}" is in it: name another folder, or one within the input`,
        ]);
      }
      const { code } = await predict(`${input}/a.jpg`, "--sort", input);
      assertEquals(code, 0);
    },
  );

  await t.step("it ends in silence when nobody reads", async () => {
    const command = taskCommand("predict", [PHOTOS, PHOTOS, ...own]);
    await using child = command.spawn();
    await child.stdout.cancel();
    assertEquals(await new Response(child.stderr).text(), "");
    assertEquals((await child.status).code, 141);
  });

  await t.step("what is wrong with the flags is said", async () => {
    for (
      const [args, message] of [
        [[], "Cannot predict without photos"],
        [[LEAF, ""], 'Cannot use "" as it must be a path'],
        [[LEAF, "https://a/b.jpg"], 'Cannot use "https://a/b.jpg" as it must'],
        [[LEAF, "--json", "--csv"], "Cannot print both JSON and CSV"],
        [[LEAF, "--link"], "Cannot use --link without --sort DIR"],
        [
          [LEAF, "photos.txt", "--path-column", "photo"],
          "Cannot use --path-column without a list in .csv, .tsv or .jsonl",
        ],
        [[LEAF, "--top-k", "0"], "--top-k as it must be a positive integer"],
        [[LEAF, "--threshold", "2"], "--threshold as it must be a number from"],
        [
          [LEAF, "--engine", "gpu"],
          "--engine as it must be one of auto, webgpu",
        ],
        [
          [LEAF, "--temperature", "x"],
          "--temperature as it must be auto, none",
        ],
      ] as const
    ) {
      const { code, stdout, stderr } = await predict(...args);
      assertEquals([code, stdout], [2, ""]);
      assert(stderr.includes(message), stderr);
    }
  });
});
