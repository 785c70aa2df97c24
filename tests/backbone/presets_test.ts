import { assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import { sha256 } from "../../pipeline/artifact/digest.ts";
import {
  betterBackbone,
  PRESETS,
  presetWithDigest,
} from "../../pipeline/backbone/presets.ts";
import { VARIANTS } from "../../pipeline/backbone/spec.ts";
import {
  PROFILES,
  resolvePreprocessing,
} from "../../pipeline/image/preprocessing.ts";

Deno.test("PRESETS.tiny has the digest of its file", async () => {
  const { url, sha256: digest } = PRESETS.tiny!;
  assertEquals(await sha256(await Deno.readFile(new URL(url!))), digest);
});

Deno.test.each(Object.entries(PRESETS))(
  "PRESETS.%s has what a preset needs",
  (_, preset) => {
    const { variant, profile, url, sha256, md5, licence } = preset;
    assertEquals(variant in VARIANTS, true);
    assertEquals(profile in PROFILES, true);
    assertMatch(url ?? "https:", /^(https|file):/);
    assertMatch(sha256 ?? "00000000", /^[0-9a-f]{8}([0-9a-f]{56})?$/);
    assertMatch(md5 ?? "0".repeat(32), /^[0-9a-f]{32}$/);
    assertNotEquals(licence, "");
  },
);

Deno.test.each<[string, number, string]>([
  ["tiny", 96, "nearest"],
  ["torchvision-v1", 256, "bilinear"],
  ["torchvision-v2", 232, "bilinear"],
  ["timm-a1h", 235, "bicubic"],
  ["timm-tv", 256, "bilinear"],
  ["microsoft", 256, "bicubic"],
  ["keras", 224, "nearest"],
  ["tf-slim", 256, "bilinear-tf1"],
])("PRESETS.%s resizes the short side to %s, %s", (name, side, filter) => {
  const preset = PRESETS[name]!;
  const { geometry } = resolvePreprocessing(preset.profile, preset);
  assertEquals([geometry.shortSide, geometry.interpolation], [side, filter]);
});

Deno.test("presetWithDigest() knows a file by the start of its SHA-256", () => {
  const digest = (start: string) => start.padEnd(64, "0");
  assertEquals(
    presetWithDigest(digest("cd907fc2")),
    PRESETS["torchvision-v2"],
  );
  assertEquals(presetWithDigest(digest("00")), undefined);
});

Deno.test.each<[string, number, string | null]>([
  ["tiny", 0.7, "torchvision-v2"],
  ["tiny", 0.95, null],
  ["timm-a1h", 0.3, null],
])("betterBackbone() than %s with accuracy %s is %s", (name, top1, better) => {
  assertEquals(betterBackbone(name, top1), better);
});
