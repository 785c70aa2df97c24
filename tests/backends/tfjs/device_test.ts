import {
  assertEquals,
  assertRejects,
  assertStringIncludes,
  assertThrows,
  fail,
} from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import type { WebGPUBackend } from "@tensorflow/tfjs-backend-webgpu";
import { testTfjs } from "../../../pipeline/backends/tfjs/device.ts";
import type { Convolve } from "../../../pipeline/backends/tfjs/forward.ts";
import { startWasm } from "../../../pipeline/backends/wasm/device.ts";
import { startWebgpu } from "../../../pipeline/backends/webgpu/device.ts";
import { BackendUnavailableError } from "../../../pipeline/errors.ts";
import { HAS_ADAPTER, TFJS_DEVICES } from "../support.ts";

for (const { name, ignore, start } of TFJS_DEVICES) {
  Deno.test({
    name: `startTfjs() shares ${name} until its last user has stopped it`,
    ignore,
    async fn() {
      const [first, second] = await Promise.all([
        start(),
        start(),
      ]);
      await first.stop();
      await first.stop();
      second.use();
      const sum = tf.tidy(() => tf.add(tf.tensor1d([1, 2]), tf.scalar(3)));
      assertEquals([...await sum.data()], [4, 5]);
      sum.dispose();
      await second.stop();
    },
  });

  Deno.test({
    name: `startTfjs() starts ${name} again after it was stopped`,
    ignore,
    async fn() {
      for (let i = 0; i < 2; i++) {
        const backend = await start();
        assertEquals(tf.getBackend(), name);
        const one = tf.ones([1]);
        assertEquals([...await one.data()], [1]);
        one.dispose();
        await backend.stop();
      }
    },
  });
}

Deno.test({
  name: "startTfjs() keeps both backends usable",
  ignore: !HAS_ADAPTER,
  async fn() {
    const webgpu = await startWebgpu();
    const wasm = await startWasm();
    webgpu.use();
    assertEquals(tf.getBackend(), "webgpu");
    wasm.use();
    assertEquals(tf.getBackend(), "wasm");
    await webgpu.stop();
    assertEquals(tf.getBackend(), "wasm");
    await wasm.stop();
  },
});

Deno.test({
  name: "TfjsDevice.check() throws after an error that nobody caught",
  ignore: !HAS_ADAPTER,
  async fn() {
    const backend = await startWebgpu();
    backend.check();
    const { device } = tf.backend() as unknown as { device: GPUDevice };
    // A mapped buffer may have no other use: a validation error.
    const { MAP_READ, STORAGE } = GPUBufferUsage;
    device.createBuffer({ size: 4, usage: MAP_READ | STORAGE });
    await device.queue.onSubmittedWorkDone();
    assertThrows(
      () => backend.check(),
      BackendUnavailableError,
      'Cannot use engine "webgpu" as the device has reported an error: ',
    );
    assertThrows(() => backend.use(), BackendUnavailableError);
    await backend.stop();
  },
});

Deno.test({
  name: "startTfjs() does not share a device that has failed, and replaces it",
  ignore: !HAS_ADAPTER,
  async fn() {
    const first = await startWebgpu();
    const { device } = tf.backend() as unknown as { device: GPUDevice };
    const { MAP_READ, STORAGE } = GPUBufferUsage;
    device.createBuffer({ size: 4, usage: MAP_READ | STORAGE });
    await device.queue.onSubmittedWorkDone();
    await assertRejects(() => startWebgpu(), BackendUnavailableError);
    await first.stop();
    const second = await startWebgpu();
    second.check();
    await second.stop();
  },
});

Deno.test({
  name: "TfjsDevice.compile() compiles what is run, and runs nothing",
  ignore: !HAS_ADAPTER,
  async fn() {
    const backend = await startWebgpu();
    const add = () => tf.tidy(() => tf.add(tf.ones([3]), tf.ones([1])));
    await backend.compile(() => add().dispose());
    const sum = add();
    assertEquals([...await sum.data()], [2, 2, 2]);
    sum.dispose();
    await backend.stop();
  },
});

Deno.test({
  name: "TfjsDevice.compile() says what is wrong with a shader",
  ignore: !HAS_ADAPTER,
  async fn() {
    const backend = await startWebgpu();
    const webgpu = tf.backend() as WebGPUBackend;
    const work = () =>
      webgpu.runWebGPUProgram(
        {
          shaderKey: "wrong",
          variableNames: [],
          outputShape: [1],
          workgroupSize: [1, 1, 1],
          dispatchLayout: { x: [0] },
          dispatch: [1, 1, 1],
          getUserCode: () => "fn main(index: i32) { result[index] = missing; }",
        },
        [],
        "float32",
      );
    const error = await assertRejects(
      () => backend.compile(work),
      BackendUnavailableError,
      'Cannot use engine "webgpu" as the device has reported an error: ',
    );
    assertStringIncludes(error.message, "missing");
    await backend.stop();
  },
});

Deno.test("TfjsDevice.compile() has nothing to compile on wasm", async () => {
  const backend = await startWasm();
  await backend.compile(() => fail("it was run"));
  await backend.stop();
});

for (const { name, ignore, start } of TFJS_DEVICES) {
  Deno.test({
    name: `testTfjs() passes on ${name} and leaves nothing`,
    ignore,
    async fn() {
      const backend = await start();
      const before = tf.memory().numTensors;
      await testTfjs(backend);
      assertEquals(tf.memory().numTensors, before);
      await backend.stop();
    },
  });
}

Deno.test("testTfjs() refuses a device whose convolutions are zeros", async () => {
  const backend = await startWasm();
  const zeros: Convolve = ({ bias }, { size }) =>
    tf.zeros([1, size, size, bias.shape[0]]);
  await assertRejects(
    () => testTfjs({ ...backend, convolve: zeros }),
    BackendUnavailableError,
    'Cannot use engine "wasm" as its self-test must have a relative error of at most 0.0001: current value is 1.0e+0',
  );
  await backend.stop();
});
