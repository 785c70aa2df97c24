import { assertEquals } from "@std/assert";
import { sha256 } from "../../pipeline/artifact/digest.ts";
import { PRESET_NAMES, PRESETS } from "../../pipeline/backbone/presets.ts";
import { VARIANTS } from "../../pipeline/backbone/spec.ts";
import { PROFILES } from "../../pipeline/image/preprocessing.ts";

Deno.test("PRESETS.tiny has the digest of its file", async () => {
  const { url, digest } = PRESETS.tiny!;
  assertEquals(await sha256(await Deno.readFile(url)), digest);
});

Deno.test("PRESETS name variants and profiles that exist", () => {
  assertEquals(PRESET_NAMES, ["tiny"]);
  for (const { variant, profile } of Object.values(PRESETS)) {
    assertEquals(variant in VARIANTS, true);
    assertEquals(profile in PROFILES, true);
  }
});
