/**
 * Locks in an object store: a lease that is renewed while it is held (an edge: the
 * clock).
 *
 * A lease is an object that only one can create (`If-None-Match: *`), and that only
 * who knows its newest state can replace (`If-Match`). Its age is that of the server's
 * clock, whatever the clocks of others say. Who dies leaves it, and it runs out.
 *
 * It saves work and is not needed for what is written: all who make a stage write the
 * same bytes. So a server that knows no conditions, or a holder that is cut off for
 * longer than the lease, costs work that is done twice and no more. Parts of an array
 * job write different shards, and take none.
 *
 * Source: Amazon S3 user guide, "Conditional writes".
 */

import { formatHolder, thisProcess } from "../artifact/lock_holder.ts";
import { removeObject, type StoreClient } from "./client.ts";
import type { Location } from "./location.ts";

/** How long a lease holds without being renewed, in milliseconds. */
const LEASE_MS = 60_000;

/** How often it is renewed. */
const RENEW_MS = 15_000;

/** Status of a server that knows no conditions. */
const UNKNOWN = 501;

/** Statuses of a condition that does not hold, or is not known. */
const REFUSALS: readonly number[] = [409, 412, UNKNOWN];

/** A lease that is held. */
class Lease implements AsyncDisposable {
  readonly #client: StoreClient;
  readonly #at: Location;
  /** Who has it, as lock files of a file system say it, and a name for this lease alone. */
  readonly #holder = { ...thisProcess(), lease: crypto.randomUUID() };
  #count = 0;
  /** Tag of what was written last; `undefined` while it is not held. */
  #tag: string | undefined;
  #timer: ReturnType<typeof setInterval> | undefined;
  #renewing: Promise<void> | undefined;
  /** Whether the server refuses conditions that it does not know: it is asked without. */
  #isUnconditional = false;

  constructor(client: StoreClient, at: Location) {
    this.#client = client;
    this.#at = at;
  }

  /** Writes it if a condition holds; returns whether it did. */
  async #write(condition: Record<string, string>): Promise<boolean> {
    // Other bytes each time, so that the tag is another.
    const text = JSON.stringify({ ...this.#holder, count: ++this.#count });
    const { status, headers, isRepeated } = await this.#client.send({
      method: "PUT",
      at: this.#at,
      doing: "lock",
      headers: condition,
      body: new TextEncoder().encode(text),
      expects: REFUSALS,
    });
    this.#isUnconditional ||= status === UNKNOWN;
    if (status < 300) this.#tag = headers.get("etag") ?? "";
    // The first try may have been carried out, and its answer lost.
    else if (isRepeated) {
      const found = await this.#client.send({
        method: "GET",
        at: this.#at,
        doing: "lock",
        expects: [404],
      });
      if (new TextDecoder().decode(found.bytes) !== text) return false;
      this.#tag = found.headers.get("etag") ?? "";
    } else return false;
    return true;
  }

  /** Writes it if nobody else has since a tag was read. */
  async #replace(tag: string): Promise<boolean> {
    // Ceph 16 knows tags without their quotes only.
    return await this.#write({ "if-match": tag }) ||
      await this.#write({ "if-match": tag.replaceAll('"', "") }) ||
      this.#isUnconditional && await this.#write({});
  }

  /** Takes it if nobody has it, or nobody has renewed it in time. */
  async take(): Promise<boolean> {
    if (!await this.#write({ "if-none-match": "*" })) {
      const { status, headers } = await this.#client.send({
        method: "HEAD",
        at: this.#at,
        doing: "lock",
        expects: [404],
      });
      if (status === 404 && !this.#isUnconditional) return false;
      const read = (name: string) => Date.parse(headers.get(name) ?? "");
      const ageMs = read("date") - read("last-modified");
      const isFree = status === 404 || ageMs > LEASE_MS;
      if (!isFree) return false;
      if (!await this.#replace(headers.get("etag") ?? "")) return false;
    }
    this.#timer = setInterval(() => {
      // Two at a time would each refuse the tag of the other.
      this.#renewing ??= this.#renew().catch(() => {})
        .finally(() => this.#renewing = undefined);
    }, RENEW_MS);
    return true;
  }

  /** Keeps it from running out; does no more if another has it. */
  async #renew(): Promise<void> {
    if (this.#tag === undefined || await this.#replace(this.#tag)) return;
    this.#tag = undefined;
    clearInterval(this.#timer);
  }

  /** Gives it back; where that fails it runs out. */
  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer);
    await this.#renewing;
    try {
      // Servers remove without a condition. Whose it was just now, nobody takes it from.
      await this.#renew();
      if (this.#tag !== undefined) await removeObject(this.#client, this.#at);
    } catch {
      // It runs out.
    }
  }
}

/**
 * Takes a lease.
 *
 * @returns The lease, renewed until it is disposed of; `undefined` while another has it.
 */
export async function takeLease(
  client: StoreClient,
  at: Location,
): Promise<AsyncDisposable | undefined> {
  const lease = new Lease(client, at);
  return await lease.take() ? lease : undefined;
}

/** Says who has a lease: the end of a sentence. */
export async function leaseHolder(
  client: StoreClient,
  at: Location,
): Promise<string> {
  const { bytes } = await client.send({
    method: "GET",
    at,
    doing: "read",
    expects: [404],
  });
  return formatHolder(new TextDecoder().decode(bytes));
}
