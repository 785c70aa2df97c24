/**
 * The steps of the `Containerfile`, without a container engine: its commands, as its
 * user, on a root that cannot be written.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { evaluate, openWorkspace, prepare, train } from "../../mod.ts";
import { succeeds } from "../bench/succeeds.ts";
import { runTask } from "../e2e/support.ts";
import { QUICK } from "../run/support.ts";
import { tempDir } from "../support/temp_dir.ts";

const SCRIPT = fromFileUrl(new URL("read_only_root.sh", import.meta.url));

/** Namespaces of their own: files, network, processes. */
const UNSHARE = ["--mount", "--net", "--pid", "--fork"];

/** Without the rights for namespaces nothing is tested, and it shows. */
const ignore = !await succeeds("unshare", [...UNSHARE, "true"]);

/** Reads what an instruction of the Containerfile says. */
async function readInstruction(name: string): Promise<string> {
  const url = new URL("../../deploy/Containerfile", import.meta.url);
  const text = (await Deno.readTextFile(url)).replaceAll("\\\n", " ");
  const line = text.split("\n").find((line) => line.startsWith(`${name} `));
  return line!.slice(name.length + 1).trim();
}

/** Reads the words of a command that is written as JSON. */
async function readWords(name: string): Promise<string[]> {
  const text = await readInstruction(name);
  return JSON.parse(text.slice(text.indexOf("[")));
}

/** Writes words for a shell. */
function quote(words: readonly string[]): string {
  return words.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(" ");
}

Deno.test({
  name: "the Containerfile serves as a user without rights on a read-only root",
  ignore,
  async fn() {
    await using directory = await tempDir();
    const work = directory.join("work");
    {
      using workspace = await openWorkspace(work);
      const settings = { ...QUICK, engine: "cpu", test: 0.2 } as const;
      await prepare(workspace, { settings });
      await train(workspace);
      await evaluate(workspace, { report: false });
    }
    const out = directory.join("app");
    const built = await runTask("build", [
      ...["--out", out, "--form", "folder", "--work", work, "--quiet"],
    ]);
    assertEquals(built.code, 0, built.stderr);
    const serve = [
      ...await readWords("ENTRYPOINT"),
      ...await readWords("CMD"),
    ];
    const healthy = await readWords("HEALTHCHECK");
    // Tries to write, serves, waits until it is healthy, and stops.
    const steps = `
      id -u
      find /headstart/cache/gen -name start_server.ts.js -o -name worker.ts.js | wc -l
      for path in /x /headstart/x /headstart/app/model/x; do
        touch "$path" 2>/dev/null && echo "wrote $path"
      done
      ${quote(serve)} & server=$!
      tries=0
      until ${quote(healthy)} 2>/dev/null; do
        tries=$((tries + 1))
        [ $tries -lt 600 ] || exit 1
        kill -0 $server || exit 1
      done
      echo healthy
      kill -TERM $server
      wait $server
      echo "stopped $?"
    `;
    const { code, stdout, stderr } = await new Deno.Command("unshare", {
      args: [
        ...UNSHARE,
        "sh",
        SCRIPT,
        out,
        await readInstruction("RUN"),
        await readInstruction("USER"),
        "sh",
        "-c",
        steps,
      ],
    }).output();
    const said = new TextDecoder().decode(stderr);
    assertEquals(code, 0, said);
    assertEquals(new TextDecoder().decode(stdout).split("\n"), [
      "65532",
      "4",
      "http://0.0.0.0:8000",
      "healthy",
      "stopped 0",
      "",
    ]);
    assert(said.includes('"event":"stopped"'), said);
    await Deno.stat(`${out}/app/model/runs/default/run.json`);
  },
});
