import { assertEquals } from "@std/assert";
import { openCommand, openPage } from "../../../tasks/cli/open_page.ts";
import { Reporter } from "../../../tasks/cli/reporter.ts";
import { tempDir } from "../../support/temp_dir.ts";

/** A path that a shell would take apart. */
const PATH = "/home/me/a b$(touch x);'\"/report.html";

Deno.test.each<[typeof Deno.build.os, string[]]>([
  ["linux", ["xdg-open", PATH]],
  ["freebsd", ["xdg-open", PATH]],
  ["darwin", ["open", PATH]],
  ["windows", [
    "rundll32",
    "url.dll,FileProtocolHandler",
    "file:///home/me/a%20b$(touch%20x);'%22/report.html",
  ]],
])(
  "openCommand() gives the path to %s as an argument of its own",
  (os, all) => {
    assertEquals(openCommand(os, PATH), all);
  },
);

Deno.test(
  "openPage() runs nothing when it is not asked to, or there is no page",
  {
    // What it would run is refused, and told.
    permissions: { run: false },
  },
  async () => {
    let text = "";
    const write = (more: string) => void (text += more);
    const reporter = new Reporter({ quiet: false, write });
    const context = { reporter, work: "/home/me" };
    await openPage({ ...context, values: {} }, "report.html");
    await openPage({ ...context, values: {} }, null);
    assertEquals(text, "");
    await openPage({ ...context, values: { open: true } }, null);
    assertEquals(text, "  no page was written, so none is opened\n");
  },
);

/** Opens a page with the program that is first on `PATH`, from a program of its own; returns what it printed. */
async function openedBy(
  script: string | undefined,
  permissions: string[],
): Promise<{ code: number; text: string; got: string | undefined }> {
  await using folder = await tempDir();
  if (script !== undefined) {
    const path = folder.join("xdg-open");
    await Deno.writeTextFile(path, `#!/bin/sh\n${script}\n`);
    await Deno.chmod(path, 0o755);
  }
  const main = `
    import { openPage } from ${
    JSON.stringify(import.meta.resolve("../../../tasks/cli/open_page.ts"))
  };
    const reporter = { line: (text: string) => console.log(text) };
    const context = { reporter, work: "/home/me", values: { open: true } };
    await openPage(context as never, "runs/a b\\n.html");
  `;
  await Deno.writeTextFile(folder.join("main.ts"), main);
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-prompt", ...permissions, "main.ts"],
    cwd: folder.path,
    env: { PATH: folder.path, NO_COLOR: "1", OUT: folder.join("got") },
  }).output();
  const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  const got = await Deno.readTextFile(folder.join("got"))
    .catch(() => undefined);
  return { code, text: decode(stdout) + decode(stderr), got };
}

const RUN = ["--allow-run=xdg-open"];

Deno.test.each<[string | undefined, string[], string, string | undefined]>([
  ['echo "$#: $1" > "$OUT"', RUN, "", "1: /home/me/runs/a b\n.html\n"],
  [
    "exit 4",
    RUN,
    "  warning: xdg-open failed with exit code 4: open /home/me/runs/a b\\u{a}.html yourself\n",
    undefined,
  ],
  [
    undefined,
    RUN,
    "  warning: there is no program xdg-open: open /home/me/runs/a b\\u{a}.html yourself\n",
    undefined,
  ],
  [
    "exit 0",
    [],
    "  warning: the task is not permitted to run xdg-open: open /home/me/runs/a b\\u{a}.html yourself\n",
    undefined,
  ],
])(
  "openPage() tells how it went when xdg-open is %j with %j",
  { ignore: Deno.build.os !== "linux" },
  async (script, permissions, text, got) => {
    assertEquals(await openedBy(script, permissions), { code: 0, text, got });
  },
);

Deno.test("openPage() does not wait for a browser that stays open", {
  ignore: Deno.build.os !== "linux",
}, async () => {
  // A browser that closes when its folder is gone, or at last by itself and says so.
  const browser = `
    echo open > "$OUT"
    i=0
    while [ -e "$OUT" ] && [ $i -lt 600 ]; do
      i=$((i + 1))
      /bin/sleep 0.05
    done
    [ -e "$OUT" ] && echo closed > "$OUT"`;
  const opened = await openedBy(browser, RUN);
  assertEquals(opened, { code: 0, text: "", got: "open\n" });
});
