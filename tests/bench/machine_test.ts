import { assertEquals } from "@std/assert";
import { describeMachine } from "./machine.ts";

const MACHINE = {
  cpu: "Z80",
  cores: 2,
  memoryBytes: 25e9,
  target: "x86_64-unknown-linux-gnu",
  deno: "2.9.6",
  commit: "0123456789ab",
};

Deno.test("describeMachine() is a line", () => {
  assertEquals(
    describeMachine(MACHINE),
    "Z80, 2 cores; 23 GiB; x86_64-unknown-linux-gnu; Deno 2.9.6; commit 0123456789ab",
  );
});

Deno.test("describeMachine() leaves the commit out where there is none", () => {
  assertEquals(
    describeMachine({ ...MACHINE, commit: undefined }),
    "Z80, 2 cores; 23 GiB; x86_64-unknown-linux-gnu; Deno 2.9.6",
  );
});
