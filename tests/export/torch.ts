/**
 * Exports in PyTorch.
 *
 * @module
 */

import { fromFileUrl, join } from "@std/path";
import { FIXTURES } from "../support/fixtures.ts";

/** Classifies the photos of a file with a program of `fixtures/export/`, by default the golden ones of an export: F32 `[n, C]`. */
export type RunInTorch = (
  name: string,
  folder: string,
  photos?: string,
) => Promise<number[]>;

/** Returns the path of a program. */
function pathOf(name: string): string {
  return fromFileUrl(new URL(`export/${name}`, FIXTURES));
}

/** Starts a Python whose programs run one after the other. */
function start(python: string) {
  const child = new Deno.Command(python, {
    args: ["-B", pathOf("run_forked.py")],
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  const reader = child.stdout.getReader();
  return {
    async ask(call: readonly string[]): Promise<string> {
      const line = `${JSON.stringify(call)}\n`;
      await writer.write(new TextEncoder().encode(line));
      const decoder = new TextDecoder();
      let answer = "";
      while (!answer.endsWith("\n")) {
        const { value, done } = await reader.read();
        if (done) throw new Error("Python has ended");
        answer += decoder.decode(value, { stream: true });
      }
      return answer.trimEnd();
    },
    async close(): Promise<void> {
      await writer.close();
      await reader.cancel();
      await child.status;
    },
  };
}

/**
 * Starts a Python with PyTorch before the tests of a file, and ends it after them.
 *
 * @param python The Python, if there is one.
 */
export function torchOfFile(
  python: string | undefined,
): RunInTorch | undefined {
  // There are no forks on Windows.
  if (python === undefined || Deno.build.os === "windows") return undefined;
  let running: ReturnType<typeof start>;
  Deno.test.beforeAll(() => void (running = start(python)));
  Deno.test.afterAll(() => running.close());
  return async (name, folder, photos = join(folder, "golden.safetensors")) => {
    const answer = await running.ask([pathOf(name), folder, photos]);
    if (answer === "") throw new Error(`${name} failed; its error is above`);
    return JSON.parse(answer).flat();
  };
}
