import { assertThrows } from "@std/assert";
import { ADAM_KERNEL } from "../../pipeline/head/adam.ts";
import { KernelMemory } from "../../pipeline/head/kernel_memory.ts";

Deno.test("KernelMemory lets no kernel leave its memory", () => {
  const memory = new KernelMemory(ADAM_KERNEL, [4]);
  assertThrows(
    () => memory.run(0, 0, 0, 65536, 16, 0, 0, 0, 0, 0, 0, 0),
    WebAssembly.RuntimeError,
  );
});
