/**
 * The side of a worker that answers the engine.
 *
 * @module
 */

import { BackendUnavailableError } from "../../errors.ts";
import type {
  EmbedMessage,
  StartMessage,
  WorkerAnswer,
  WorkerMessage,
} from "./worker_messages.ts";

/** The part of a worker's global scope that is used here. */
interface WorkerScope {
  onmessage: (event: MessageEvent<WorkerMessage>) => void;
  postMessage(message: WorkerAnswer, transfer?: Transferable[]): void;
}

/** What embeds images, made from the first message. */
export interface Embedder {
  /** Embeds a batch; the rows are handed over. */
  embed(message: EmbedMessage): Promise<Float32Array<ArrayBuffer>>;
}

/** What a worker does. */
export interface Service {
  /** Loads and tests what embeds. */
  test(): Promise<unknown>;
  /** Makes the embedder. */
  start(message: StartMessage): Promise<Embedder>;
}

/**
 * Answers every message that comes, in order.
 *
 * @param service What to do.
 */
export function serveWorker(service: Service): void {
  const scope = globalThis as unknown as WorkerScope;
  let embedder: Embedder | undefined;

  async function answer(
    message: WorkerMessage,
  ): Promise<Float32Array<ArrayBuffer>> {
    switch (message.kind) {
      case "embed":
        return await embedder!.embed(message);
      case "start":
        embedder = await service.start(message);
        break;
      case "test":
        await service.test();
        break;
      default:
        message satisfies never;
    }
    return new Float32Array(0);
  }

  scope.onmessage = async ({ data }) => {
    try {
      const rows = await answer(data);
      scope.postMessage({ rows }, [rows.buffer]);
    } catch (error) {
      // Errors lose their class on the way to another thread.
      const text = error instanceof BackendUnavailableError
        ? error.reason
        : `a worker has failed: ${(error as Error).message}`;
      scope.postMessage({ error: text });
    }
  };
}
