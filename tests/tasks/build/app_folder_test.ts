import { assertEquals } from "@std/assert";
import { readTarget } from "../../../tasks/build/app_folder.ts";

Deno.test.each([
  ["x86_64-unknown-linux-gnu", "linux", "x64"],
  ["aarch64-unknown-linux-gnu", "linux", "arm64"],
  ["aarch64-apple-darwin", "darwin", "arm64"],
  ["x86_64-pc-windows-msvc", "win32", "x64"],
])("readTarget() reads %s", (triple, os, arch) => {
  assertEquals(readTarget(triple), { triple, os, arch });
});

Deno.test.each([
  "",
  "x86_64",
  "riscv64-unknown-linux-gnu",
  "x86_64-constructor",
])(
  "readTarget() knows no machine %j",
  (triple) => assertEquals(readTarget(triple), undefined),
);
