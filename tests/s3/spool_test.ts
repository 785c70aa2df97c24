import { assertEquals } from "@std/assert";
import { Spool } from "../../pipeline/s3/spool.ts";

/** Reads through a copy. */
function readAll(
  read: (target: Uint8Array, start: number) => number | undefined,
  start: number,
): number[] {
  const target = new Uint8Array(4);
  return [...target.subarray(0, read(target, start))];
}

Deno.test("keep() keeps copies side by side, and replaces one of the same path", () => {
  using spool = new Spool();
  const a = spool.keep("a", Uint8Array.of(1, 2, 3));
  const b = spool.keep("b", Uint8Array.of(4, 5, 6, 7, 8));
  assertEquals(readAll(a, 0), [1, 2, 3]);
  assertEquals(readAll(b, 2), [6, 7, 8]);
  assertEquals(readAll(a, 3), []);
  assertEquals(readAll(a, 9), []);
  const shorter = spool.keep("a", Uint8Array.of(9, 9));
  const longer = spool.keep("a", Uint8Array.of(1, 1, 1, 1));
  assertEquals(readAll(shorter, 0), [9, 9]);
  assertEquals(readAll(longer, 0), [1, 1, 1, 1]);
  assertEquals(readAll(b, 0), [4, 5, 6, 7]);
});

Deno.test({
  name: "keep() leaves no name in the temporary folder",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    const folder = await Deno.makeTempDir();
    const names = () =>
      Array.from(Deno.readDirSync(folder), ({ name }) => name);
    const code = `
      import { Spool } from ${
      JSON.stringify(new URL("../../pipeline/s3/spool.ts", import.meta.url))
    };
      const read = new Spool().keep("a", Uint8Array.of(1, 2));
      Deno.exit(read(new Uint8Array(2), 0));
    `;
    const { code: exit } = await new Deno.Command(Deno.execPath(), {
      args: ["eval", code],
      env: { TMPDIR: folder },
    }).output();
    assertEquals([exit, names()], [2, []]);
    await Deno.remove(folder);
  },
});
