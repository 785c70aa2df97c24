import { assertEquals } from "@std/assert";
import { readResNet } from "../../pipeline/weights/read_resnet.ts";
import { tempDir } from "../support/temp_dir.ts";
import { makeOnce } from "./context.ts";
import { benchGraph, countMultiplications, writeWeights } from "./network.ts";
import { readTensors } from "./network_input.ts";

Deno.test("countMultiplications() of a ResNet-101 at 224 pixels is 7.8 billion", () => {
  assertEquals(countMultiplications(benchGraph(64, 224)), 7_799_357_440);
});

Deno.test("writeWeights() writes a file with the names of torchvision", async () => {
  await using directory = await tempDir();
  const path = await writeWeights({
    quick: true,
    runs: 1,
    cores: 1,
    width: 4,
    imageSize: 32,
    directory: directory.path,
    note: () => {},
    once: makeOnce(),
  });
  const { spec, naming, unused } = readResNet(await readTensors(path), {
    path,
  });
  assertEquals(
    [spec.name, spec.width, naming.name, unused],
    ["ResNet-101", 4, "torchvision", []],
  );
});
