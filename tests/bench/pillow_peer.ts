/**
 * A Python that runs Pillow, to compare with.
 *
 * @module
 */

/** The program that it runs. */
const PROGRAM = new URL("pillow_peer.py", import.meta.url);

/** What Pillow can be asked for. */
export type PeerFilter = "nearest" | "bilinear";

/** Pillow, in one thread of another process. */
export interface PillowPeer extends AsyncDisposable {
  /** Decodes and resizes every photo once; returns how long that took, in seconds. */
  run(filter: PeerFilter): Promise<number>;
}

/**
 * Starts Pillow.
 *
 * @param python A Python with Pillow.
 * @param photos Absolute paths of the photos.
 * @returns The peer; whoever disposes of it ends the process.
 */
export function startPillow(
  python: string,
  photos: readonly string[],
): PillowPeer {
  const process = new Deno.Command(python, {
    args: [PROGRAM.pathname, ...photos],
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const input = process.stdin.getWriter();
  const output = process.stdout.pipeThrough(new TextDecoderStream())
    .getReader();
  return {
    async run(filter) {
      await input.write(new TextEncoder().encode(`${filter}\n`));
      let line = "";
      while (!line.endsWith("\n")) {
        const { value, done } = await output.read();
        if (done) {
          throw new Error(`Cannot run Pillow as "${python}" has ended`);
        }
        line += value;
      }
      return Number(line);
    },
    async [Symbol.asyncDispose]() {
      await input.close();
      await output.cancel();
      await process.status;
    },
  };
}
