/**
 * Starting, testing and stopping a backend of tfjs.
 *
 * tfjs has one registry of backends for the whole thread. Two runs of one program
 * may overlap there, and so do tests: they share a device, and the last one to stop
 * it frees it.
 */

import * as tf from "@tensorflow/tfjs";
import type { BackendName } from "../backend.ts";
import { selfTest } from "../self_test.ts";
import { buildNetwork, type Convolve } from "./forward.ts";
import { BackendUnavailableError } from "../../errors.ts";

/** A backend that tfjs runs; tfjs has the same name for it. */
export type TfjsName = Exclude<BackendName, "cpu">;

/** The part of a device that differs between backends. */
export interface Device {
  /** What it runs on, for people. */
  description: string;
  /** Largest tensor it can hold, in bytes. */
  maxBufferBytes: number;
  /** Whether it is a software adapter. */
  isFallback: boolean;
  /** The first error that the device reported by itself. */
  failure: string | undefined;
  /** A faster convolution than that of tfjs, if there is one. */
  convolve?: Convolve;
  /** Compiles the shaders of some work. */
  compile(work: () => void): Promise<void>;
  /** Frees it, so that it can be started again. */
  destroy(): void;
}

/** A tfjs backend that runs in this thread. */
export interface TfjsDevice
  extends Readonly<Omit<Device, "failure" | "destroy">> {
  readonly name: TfjsName;
  /**
   * Makes it the current backend of tfjs, until another one is used.
   *
   * @throws {BackendUnavailableError} If it has reported an error.
   */
  use(): void;
  /**
   * Throws if the device has reported an error, even one that no call returned.
   *
   * @throws {BackendUnavailableError} If it has.
   */
  check(): void;
  /**
   * Compiles the shaders of some work without running it; its results hold no
   * numbers. Only a GPU has shaders.
   *
   * @param work Calls tfjs, and frees what it gets.
   * @throws {BackendUnavailableError} If the device does not compile it.
   */
  compile(work: () => void): Promise<void>;
  /** Frees it, unless another start has not been stopped. A second call does nothing. */
  stop(): Promise<void>;
}

/** A device and the number of its users. */
interface Shared {
  device: Promise<Device>;
  users: number;
}

/** The devices that run in this thread. */
const RUNNING = new Map<TfjsName, Shared>();

/** Opens a device and makes tfjs initialize it. */
async function start(
  name: TfjsName,
  open: () => Promise<Device>,
): Promise<Device> {
  // In production mode tfjs keeps its advice on tfjs-node to itself.
  tf.enableProdMode();
  try {
    const device = await open();
    if (await tf.setBackend(name)) return device;
  } catch (error) {
    if (error instanceof BackendUnavailableError) throw error;
    const reason = `it does not start: ${(error as Error).message}`;
    throw new BackendUnavailableError(name, reason, { cause: error });
  }
  throw new BackendUnavailableError(name, "tfjs does not start it");
}

/**
 * Starts a tfjs backend in this thread, or shares the one that runs.
 *
 * @returns The device, current in tfjs.
 * @throws {BackendUnavailableError} If it does not start.
 */
export async function startTfjs(
  name: TfjsName,
  open: () => Promise<Device>,
): Promise<TfjsDevice> {
  const shared = RUNNING.get(name) ?? { device: start(name, open), users: 0 };
  RUNNING.set(name, shared);
  shared.users++;
  const release = (device?: Device) => {
    if (--shared.users > 0) return;
    RUNNING.delete(name);
    device?.destroy();
  };
  const device = await shared.device.catch((error) => {
    release();
    throw error;
  });
  let isStopped = false;
  const { failure: _, destroy: __, ...particular } = device;
  const started: TfjsDevice = {
    ...particular,
    name,
    use() {
      started.check();
      // Not awaited: for a backend that runs, tfjs switches at once.
      if (tf.getBackend() !== name) void tf.setBackend(name);
    },
    check() {
      if (device.failure === undefined) return;
      const reason = `the device has reported an error: ${device.failure}`;
      throw new BackendUnavailableError(name, reason);
    },
    async compile(work) {
      started.use();
      try {
        await device.compile(work);
      } catch (error) {
        // What the device has reported says more than what is thrown.
        started.check();
        const reason = `it does not compile: ${(error as Error).message}`;
        throw new BackendUnavailableError(name, reason, { cause: error });
      }
      started.check();
    },
    stop() {
      if (!isStopped) release(device);
      isStopped = true;
      return Promise.resolve();
    },
  };
  try {
    started.use();
    return started;
  } catch (error) {
    await started.stop();
    throw error;
  }
}

/**
 * Runs the self-test on a device.
 *
 * @param device The device; it becomes the current one.
 * @throws {BackendUnavailableError} If the device computes another one, or reports an error.
 */
export async function testTfjs(device: TfjsDevice): Promise<void> {
  await selfTest({
    name: device.name,
    async run({ graph, weights }, pixels) {
      device.use();
      const network = buildNetwork(graph, weights, device.convolve);
      const { imageSize } = graph;
      const output = network.run(() =>
        tf.tensor4d(pixels, [1, imageSize, imageSize, 3])
      );
      const rows = await output.data();
      output.dispose();
      network.dispose();
      device.check();
      return rows;
    },
  });
}
