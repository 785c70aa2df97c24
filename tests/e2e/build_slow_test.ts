/**
 * What `deno task build` makes, on a machine without Deno, network or home.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { fromFileUrl, join } from "@std/path";
import { evaluate, openWorkspace, prepare, train } from "../../mod.ts";
import { QUICK } from "../run/support.ts";
import { succeeds } from "../bench/succeeds.ts";
import { tempDir } from "../support/temp_dir.ts";
import { runTask } from "./support.ts";

const PHOTOS = fromFileUrl(
  new URL("../../fixtures/images/val", import.meta.url),
);

/** What starts a program without a network, where that may be. */
const OFFLINE = await succeeds("unshare", ["-n", "true"])
  ? ["unshare", "-n"]
  : ["env"];

/** Lets gzip pack less well, in a third of the time. */
const QUICKLY = { GZIP: "-1" };

Deno.test("an executable predicts as the run does, in both forms", async (t) => {
  await using directory = await tempDir();
  const work = directory.join("work");
  {
    using workspace = await openWorkspace(work);
    const settings = { ...QUICK, engine: "cpu", test: 0.2 } as const;
    await prepare(workspace, { settings });
    await train(workspace);
    await evaluate(workspace, { report: false });
  }
  const own = ["--work", work, "--json"];
  const expected = await runTask("predict", [PHOTOS, ...own]);
  const home = directory.join("home");
  await Deno.mkdir(home);
  const predict = async (program: string) => {
    const { code, stdout, stderr } = await new Deno.Command(OFFLINE[0]!, {
      args: [...OFFLINE.slice(1), program, "predict", PHOTOS, "--json"],
      clearEnv: true,
      env: {
        PATH: "/usr/bin:/bin",
        HOME: home,
        DENO_WEBGPU_BACKEND: "metal",
      },
      cwd: "/",
    }).output();
    const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
    assertEquals(code, 0, decode(stderr));
    return decode(stdout);
  };
  for (const form of ["folder", "packed"]) {
    await t.step(form, async () => {
      const out = directory.join(form);
      const flags = ["--out", out, "--form", form, ...own];
      const { code, json, stderr } = await runTask("build", flags, QUICKLY);
      assertEquals(code, 0, stderr);
      const photos = expected.stdout.trimEnd().split("\n").length;
      const answers = { photos, largestDifference: 0 };
      const target = Deno.build.target;
      assertEquals(json, { out, form, target, answers });
      const program = form === "folder" ? join(out, "headstart") : out;
      assertEquals(await predict(program), expected.stdout);
    });
  }

  await t.step("nothing is left of onnxruntime's telemetry", async () => {
    const cache = await Array.fromAsync(Deno.readDir(join(home, ".cache")));
    assertEquals(cache.map(({ name }) => name), ["headstart"]);
  });

  await t.step("nothing is overwritten", async () => {
    const flags = ["--out", directory.join("packed"), ...own];
    const { code, stderr } = await runTask("build", flags);
    assertEquals(code, 2);
    assert(stderr.includes("as there is something already"), stderr);
  });
});
