import { assertEquals } from "@std/assert";
import { integers } from "../support/random.ts";
import { fuzz } from "./fuzz.ts";
import { mutate } from "./mutate.ts";
import { TARGETS } from "./targets.ts";

/** The seed of the short run; `deno task fuzz --seed` takes others. */
const SEED = 14;

Deno.test.each(TARGETS.map((target) => [target.name, target] as const))(
  "%s: damaged files are taken or refused",
  async (_, target) => {
    const { rounds = 200 } = target;
    const isDone = (files: number) => files === rounds;
    const { files } = await fuzz(target, { seed: SEED, isDone });
    assertEquals(files, rounds);
  },
);

Deno.test("mutate() makes the same damage of the same numbers", () => {
  const whole = Uint8Array.from({ length: 256 }, (_, i) => i);
  for (let seed = 0; seed < 100; seed++) {
    const [one, other] = [
      mutate(whole, integers(seed)),
      mutate(whole, integers(seed)),
    ];
    assertEquals(one, other);
  }
  assertEquals(whole[255], 255);
});
