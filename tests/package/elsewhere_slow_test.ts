/**
 * The library as other projects get it: from npm, and from JSR.
 *
 * @module
 */

import { assertEquals, assertRejects } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { runChecked } from "../../tasks/build/run_checked.ts";
import { freshHome } from "../support/fresh_home.ts";
import { tempDir } from "../support/temp_dir.ts";
import { fixturePath } from "../support/tls_files.ts";
import { tlsServer } from "../support/tls_server.ts";
import { copySources, pack } from "./pack.ts";

const PHOTOS = fromFileUrl(new URL("../../fixtures/images", import.meta.url));

/** A program of somebody else: trains, evaluates and classifies. */
function program(library: string, data: string | null): string {
  const settings = JSON.stringify({ data });
  return `import {
  evaluate, loadClassifier, openWorkspace, type PipelineEvent, prepare, train,
} from "${library}";

using workspace = await openWorkspace("work");
const onEvent = (event: PipelineEvent) => void event.type;
const cache = import.meta.dirname + "/cache";
await prepare(workspace, { settings: ${settings}, onEvent, cache });
await train(workspace, { settings: { epochs: 3 }, cache });
const { metrics } = await evaluate(workspace, { report: false, cache });
await using classifier = await loadClassifier(workspace, { cache });
const photo = await Deno.readFile("${PHOTOS}/val/coin/coin_20.jpg");
const { top } = await classifier.classify(photo);
console.log(JSON.stringify([metrics.samples, top[0]!.class]));
`;
}

/** What it prints: the photos that it evaluated with, and what it sees on one. */
const PRINTED = '[50,"coin"]\n';

Deno.test("the npm package trains and classifies in another project", async () => {
  await using directory = await tempDir();
  const project = directory.join("project");
  await Deno.mkdir(project);
  const text = await Deno.readTextFile("deno.json");
  const write = (name: string, value: unknown) =>
    Deno.writeTextFile(`${project}/${name}`, JSON.stringify(value));
  const deno = (...args: string[]) =>
    runChecked("deno", args, { cwd: project });

  // The packages are installed as the lock file has them: without a network.
  const { imports, allowScripts } = JSON.parse(text);
  await write("deno.json", { imports, allowScripts, nodeModulesDir: "auto" });
  await Deno.copyFile("deno.lock", `${project}/deno.lock`);
  await deno("install", "--quiet");
  await pack(`${project}/node_modules/@headstart/headstart`);
  await Deno.remove(`${project}/deno.lock`);
  await write("deno.json", { nodeModulesDir: "manual" });
  const main = program("@headstart/headstart", null);
  await Deno.writeTextFile(`${project}/main.ts`, main);
  const printed = await deno("run", "--quiet", "--check", "-A", "main.ts");
  assertEquals(printed, PRINTED);
});

/** Publishes to a registry on this machine, and returns what it was sent, unpacked. */
async function publish(folder: string, source: string): Promise<void> {
  const tarball = `${folder}.tgz`;
  const task = { id: "1", status: "success", error: null };
  await using registry = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    async (request) => {
      const { pathname } = new URL(request.url);
      if (request.method === "POST") {
        await Deno.writeFile(tarball, request.body!);
        return Response.json(task);
      }
      return pathname.includes("/versions/")
        ? Response.json({ code: "notFound", message: "none" }, { status: 404 })
        : Response.json({});
    },
  );
  const options = ["--no-check", "--no-provenance", "--allow-dirty"];
  await runChecked("deno", ["publish", ...options, "--token", "none"], {
    cwd: source,
    env: { JSR_URL: `http://127.0.0.1:${registry.addr.port}/` },
  });
  await Deno.mkdir(folder);
  await runChecked("tar", ["xzf", tarball, "-C", folder]);
}

Deno.test("what is published to JSR trains and classifies from its address", async () => {
  await using directory = await tempDir();
  const [source, published, project] = ["source", "published", "project"]
    .map((name) => directory.join(name)) as [string, string, string];
  await Deno.mkdir(source);
  await Deno.mkdir(project);
  await copySources(source);
  await publish(published, source);
  await using server = await tlsServer(async ({ url }) => {
    const path = published + new URL(url).pathname;
    const type = path.endsWith(".ts") ? "text/typescript" : "application/json";
    const headers = { "content-type": type };
    return new Response(await Deno.readFile(path), { headers });
  });
  await Deno.copyFile("deno.lock", `${project}/deno.lock`);
  await Deno.writeTextFile(`${project}/deno.json`, "{}");
  // The packages are those of this machine; what the server sends is forgotten.
  const { DENO_DIR } = await freshHome(project);
  const cache = directory.join("cache");
  await Deno.mkdir(cache);
  await Deno.symlink(`${DENO_DIR}/npm`, `${cache}/npm`);
  const run = async (data: string | null) => {
    const main = program(`${server.origin}/mod.ts`, data);
    await Deno.writeTextFile(`${project}/main.ts`, main);
    const options = ["--quiet", "--no-check", "--lock=deno.lock"];
    const args = ["run", ...options, "--cert", fixturePath("ca.pem"), "-A"];
    return await runChecked("deno", [...args, "main.ts"], {
      cwd: project,
      env: { DENO_DIR: cache },
    });
  };
  assertEquals(await run(PHOTOS), PRINTED);
  await assertRejects(
    () => run(null),
    Error,
    "Cannot use the embedded photos as the library was not loaded from files",
  );
});
