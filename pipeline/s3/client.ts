/**
 * Requests to an object store: signed, with time limits, repeated where that may help
 * (an edge: the network, the clock, chance).
 *
 * `aws4fetch` signs. It loads with the first request: 10 ms, where the AWS SDK takes
 * 85 ms and 26 modules. It is told to retry nothing, as a body that breaks off after
 * its status is beyond it.
 *
 * Chance decides how long a pause is, and nothing else.
 */

import { ObjectStoreError } from "../errors.ts";
import { backoffMs, retryAfterMs, sleep } from "../retry.ts";
import type { Access } from "./credentials.ts";
import { formatLocation, type Location } from "./location.ts";
import { explainAnswer, explainFailure, isTransient } from "./refusal.ts";
import {
  addressOf,
  type Answer,
  checksums,
  isDamaged,
  type StoreRequest,
} from "./request.ts";
import { AnswerWatch, readBody } from "./watch.ts";
import { readElement } from "./xml.ts";

/** Tries of a request: with pauses of 55 to 111 s, in which a busy server can start anew. */
const ATTEMPTS = 12;

/** Tries while the server has never answered, as its address may be wrong, or once the task is to stop: nobody waits for that. */
const FEW_ATTEMPTS = 5;

/** The signal of a task that nobody stops. */
const NEVER: AbortSignal = new AbortController().signal;

/** The longest first pause; AWS answers 503 for moments. */
const FIRST_PAUSE_MS = 100;

/** An answer that is what was asked for. */
export interface StoreAnswer extends Answer {
  /** Whether an earlier try of the request may have been carried out. */
  isRepeated: boolean;
}

/** Most bytes of a list or an error. */
const MAX_TEXT_BYTES = 2 ** 24;

/** Why a try failed. */
interface Failure {
  reason: string;
  /** Whether the next one may succeed. */
  isTransient: boolean;
  /** Least pause before it, in milliseconds. */
  pauseMs?: number;
  /** Whether it needs newer credentials. */
  isExpired?: boolean;
}

/** Says what is wrong with an answer, if anything. */
async function judge(
  answer: Answer,
  { expects = [], method }: StoreRequest,
  host: string,
): Promise<Failure | undefined> {
  const { status, headers, bytes } = answer;
  // To complete an upload takes a server long: it answers 200 first, and may fail then.
  const hasWords = status >= 300 || method === "POST";
  const text = hasWords ? new TextDecoder().decode(bytes) : "";
  const code = readElement(text, "Code");
  // A list of a bucket that is not there must not look empty.
  const isExpected = expects.includes(status) && code !== "NoSuchBucket";
  if (status < 300 && code === undefined || isExpected) {
    const reason =
      "its bytes are not those of the checksum that the server has";
    return await isDamaged(answer) ? { reason, isTransient: true } : undefined;
  }
  return {
    reason: explainAnswer({ status, code, headers, host, method }),
    isTransient: isTransient(status, code),
    pauseMs: retryAfterMs(headers.get("retry-after"), Date.now()),
    isExpired: code === "ExpiredToken",
  };
}

/** A connection to an object store. */
export class StoreClient {
  readonly #findAccess: () => Access;
  readonly #signal: AbortSignal;
  #access: Access | undefined;
  #hasAnswered = false;

  /**
   * Names the store; nothing is read or sent yet.
   *
   * @param findAccess Finds where it is and who asks; called again when the credentials have expired.
   * @param signal Ends pauses and all but a few tries; what answers at once is still done.
   */
  constructor(findAccess: () => Access, signal: AbortSignal = NEVER) {
    this.#findAccess = findAccess;
    this.#signal = signal;
  }

  /** Signs and sends a request once. */
  async #try(request: StoreRequest, access: Access): Promise<Answer> {
    const { AwsV4Signer } = await import("aws4fetch");
    const { method, body, headers = {}, firstBytes } = request;
    const { credentials: { sessionToken, ...keys }, region } = access;
    const signed = await new AwsV4Signer({
      ...keys,
      ...sessionToken !== undefined && { sessionToken },
      ...{ service: "s3", region, method },
      url: addressOf(request, access).href,
      headers: { ...headers, ...await checksums(request) },
    }).sign();
    // Not signed, as servers between here and there may change it.
    signed.headers.set("accept-encoding", "identity");
    using watch = new AnswerWatch(body?.length ?? 0);
    const response = await fetch(signed.url, {
      method,
      headers: signed.headers,
      redirect: "manual",
      signal: watch.signal,
      ...body && { body: body as Uint8Array<ArrayBuffer> },
    });
    const { status } = response;
    const { maxBytes = MAX_TEXT_BYTES } = response.ok ? request : {};
    const bytes = await readBody(response, watch, {
      maxBytes,
      ...response.ok && firstBytes !== undefined && { firstBytes },
      isHead: method === "HEAD",
    });
    return { status, headers: response.headers, bytes };
  }

  /** Sends a request once; returns the answer, or why there is none that will do. */
  async #attempt(
    request: StoreRequest,
    access: Access,
  ): Promise<Answer | Failure> {
    const { host } = addressOf(request, access);
    try {
      const answer = await this.#try(request, access);
      this.#hasAnswered = true;
      return await judge(answer, request, host) ?? answer;
    } catch (error) {
      if (error instanceof ObjectStoreError) throw error;
      return explainFailure(error, host);
    }
  }

  /**
   * Sends a request, several times if need be, and reads the answer whole.
   *
   * @throws {ObjectStoreError} If the server refuses, or gives no answer for a minute.
   * @throws The reason of the signal, if it gives none and the task is to stop.
   */
  async send(request: StoreRequest): Promise<StoreAnswer> {
    let hasRenewed = false;
    for (let attempt = 1;; attempt++) {
      const access = this.#access ??= this.#findAccess();
      const result = await this.#attempt(request, access);
      if ("status" in result) return { ...result, isRepeated: attempt > 1 };
      const { reason, isTransient, pauseMs = 0, isExpired } = result;
      if (isExpired && !hasRenewed) {
        // Another program may have written newer ones to the file.
        hasRenewed = true;
        this.#access = undefined;
        continue;
      }
      if (!isTransient) throw this.#fail(request, reason);
      const { aborted } = this.#signal;
      const isPatient = this.#hasAnswered && !aborted;
      if (attempt >= (isPatient ? ATTEMPTS : FEW_ATTEMPTS)) {
        this.#signal.throwIfAborted();
        throw this.#fail(request, `${reason}, ${attempt} times`);
      }
      const least = aborted ? 0 : pauseMs;
      const wait = Math.max(least, backoffMs(attempt, FIRST_PAUSE_MS));
      // A stop ends the pause, not the request.
      await sleep(wait, aborted ? NEVER : this.#signal).catch(() => {});
    }
  }

  #fail({ doing, at, about = at }: StoreRequest, reason: string) {
    return new ObjectStoreError(
      `Cannot ${doing} "${formatLocation(about)}" as ${reason}`,
    );
  }
}

/** Removes an object; does nothing if there is none. */
export async function removeObject(
  client: StoreClient,
  at: Location,
): Promise<void> {
  const expects = [404];
  await client.send({ method: "DELETE", at, doing: "remove", expects });
}
