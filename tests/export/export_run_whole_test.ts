import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  ConfigError,
  evaluate,
  type ExportResult,
  MissingArtifactError,
  train,
} from "../../mod.ts";
import { HAS_NATIVE_CODE } from "../backends/support.ts";
import { walkFiles } from "../support/walk_files.ts";
import { evaluated, exported, readGoldenOf } from "./support.ts";

/** Reads JSON of an export. */
async function readJson(path: string) {
  return JSON.parse(await Deno.readTextFile(path));
}

/** Size of the file that programs open. */
function modelSize({ files, file }: ExportResult): number {
  return files.find(({ path }) => path === file)!.sizeBytes;
}

Deno.test({
  name: "exportRun() writes a model with all that belongs to it, and checks it",
  ignore: !HAS_NATIVE_CODE,
  async fn(t) {
    await using workspace = await evaluated();
    const { metrics } = await evaluate(workspace, { report: false });
    const full = await exported(workspace, { format: "onnx" });
    const { folder, check, files } = full;

    await t.step(
      "labels, preprocessing, golden photos and a card",
      async () => {
        assertEquals(files.map(({ path }) => path), [
          "README.md",
          "golden.safetensors",
          "labels.json",
          "model.onnx",
          "preprocessing.json",
        ]);
        const labels = ["brick", "coin", "leaf", "shell", "wave"];
        assertEquals(await readJson(`${folder}/labels.json`), labels);
        const { geometry } = await readJson(`${folder}/preprocessing.json`);
        assertEquals(geometry.imageSize, 32);
        const golden = await readGoldenOf(folder);
        assertEquals(golden.shape, [8, 32, 32, 3]);
        assertEquals(golden.probabilities.length, 8 * labels.length);
      },
    );

    await t.step(
      "export.json keeps the check, the licence and the files",
      async () => {
        const { agreement, tolerance, half } = check;
        const { photos, sameTop1, largestDifference } = agreement;
        assertEquals([photos, sameTop1], [metrics.samples, metrics.samples]);
        assert(largestDifference <= 1e-5, `${largestDifference}`);
        assertEquals([tolerance, half], [1e-4, null]);
        const facts = await readJson(`${folder}/export.json`);
        assertEquals([facts.check, facts.files], [check, files]);
        assertEquals(facts.backbone.licence, "MIT");
        assertEquals(facts.temperature, metrics.calibration.temperature);
      },
    );

    await t.step("no file names a path, a user or a host", async () => {
      for await (const path of walkFiles(folder)) {
        const bytes = await Deno.readFile(`${folder}/${path}`);
        const text = new TextDecoder("latin1").decode(bytes);
        for (const word of [workspace.root, Deno.cwd()]) {
          assert(!text.includes(word), `${path}: ${word}`);
        }
        if (path.endsWith(".safetensors") || path.endsWith(".onnx")) continue;
        const host = new RegExp(`\\b${RegExp.escape(Deno.hostname())}\\b`);
        assert(!host.test(text), path);
      }
    });

    await t.step(
      "half precision is measured on the evaluated split",
      async () => {
        const half = await exported(workspace, { format: "onnx", half: true });
        const { photos, top1Before, top1After } = half.check.half!;
        assertEquals([photos, top1Before], [metrics.samples, metrics.top1]);
        assert(Math.abs(top1After - top1Before) <= 2 / metrics.samples);
        assertEquals(half.check.tolerance, 1e-2);
        assert(half.check.agreement.largestDifference > 1e-6);
        assert(modelSize(half) < modelSize(full) * 0.55);
      },
    );

    await t.step("what is in the way is said, and stays", async () => {
      const file = `${workspace.root}/file`;
      await Deno.writeTextFile(file, "mine");
      await assertRejects(
        () => exported(workspace, { format: "onnx", out: file }),
        ConfigError,
        "it is a file",
      );
      assertEquals(await Deno.readTextFile(file), "mine");
    });

    await t.step("a run that is not evaluated is refused", async () => {
      await train(workspace, { settings: { epochs: 21 } });
      await assertRejects(
        () => exported(workspace, { format: "onnx" }),
        MissingArtifactError,
        'Cannot export run "default" as its head is not evaluated: run the task eval first',
      );
    });
  },
});
