/**
 * Writing an object, complete or absent: in one request, or in parts that become an
 * object when the last is there.
 */

import type { Content } from "../artifact/store.ts";
import { ObjectStoreError } from "../errors.ts";
import type { StoreClient } from "./client.ts";
import { formatLocation, type Location } from "./location.ts";
import { readElement } from "./xml.ts";

/** Bytes of a part, and most of an object that is written in one request. */
export const PART_BYTES = 16 * 2 ** 20;

/** Most parts of an object. Source: Amazon S3 user guide, "Multipart upload limits". */
const MAX_PARTS = 10_000;

/** Parts that are sent at a time. */
const SENT_AT_ONCE = 4;

/** Header with a name of an upload, by which it is known whether it was completed. */
const UPLOAD = "x-amz-meta-headstart-upload";

/** Cuts a content into parts, all but the last of {@linkcode PART_BYTES}, each in a new buffer. */
async function* cut(content: Content): AsyncGenerator<Uint8Array> {
  let part = new Uint8Array(PART_BYTES);
  let filled = 0;
  for await (
    const bytes of content instanceof Uint8Array ? [content] : content
  ) {
    for (let start = 0; start < bytes.length;) {
      const some = bytes.subarray(start, start + PART_BYTES - filled);
      part.set(some, filled);
      start += some.length;
      filled += some.length;
      if (filled < PART_BYTES) continue;
      yield part;
      part = new Uint8Array(PART_BYTES);
      filled = 0;
    }
  }
  if (filled > 0) yield part.subarray(0, filled);
}

/** An upload in parts. */
class Upload {
  readonly #client: StoreClient;
  readonly #at: Location;
  readonly #id: string;
  readonly #mark: string;
  readonly #tags: string[] = [];
  readonly #sending = new Set<Promise<void>>();

  private constructor(
    client: StoreClient,
    at: Location,
    ids: { id: string; mark: string },
  ) {
    this.#client = client;
    this.#at = at;
    this.#id = ids.id;
    this.#mark = ids.mark;
  }

  static async begin(client: StoreClient, at: Location): Promise<Upload> {
    const mark = crypto.randomUUID();
    const { bytes } = await client.send({
      method: "POST",
      at,
      doing: "write",
      query: { uploads: "" },
      headers: { [UPLOAD]: mark },
    });
    const id = readElement(new TextDecoder().decode(bytes), "UploadId");
    if (id !== undefined) return new Upload(client, at, { id, mark });
    throw new ObjectStoreError(
      `Cannot write "${
        formatLocation(at)
      }" as the server must name the upload: it does not`,
    );
  }

  /** Sends a part; waits while too many are under way. */
  async add(body: Uint8Array): Promise<void> {
    const number = this.#tags.push("");
    if (number > MAX_PARTS) {
      throw new ObjectStoreError(
        `Cannot write "${
          formatLocation(this.#at)
        }" as an object has at most ${MAX_PARTS} parts of ${PART_BYTES} bytes: it has more`,
      );
    }
    const sent = this.#client.send({
      method: "PUT",
      at: this.#at,
      doing: "write",
      query: { partNumber: String(number), uploadId: this.#id },
      body,
    }).then(({ headers }) => {
      this.#tags[number - 1] = headers.get("etag") ?? "";
      this.#sending.delete(sent);
    });
    // One that fails stays in the set: it rejects at the await below, or the last.
    sent.catch(() => {});
    this.#sending.add(sent);
    if (this.#sending.size >= SENT_AT_ONCE) await Promise.race(this.#sending);
  }

  /** Makes an object of the parts. */
  async complete(): Promise<void> {
    await Promise.all(this.#sending);
    const parts = this.#tags.map((tag, i) =>
      `<Part><PartNumber>${i + 1}</PartNumber><ETag>${tag}</ETag></Part>`
    );
    const xml = `<CompleteMultipartUpload>${
      parts.join("")
    }</CompleteMultipartUpload>`;
    try {
      await this.#client.send({
        method: "POST",
        at: this.#at,
        doing: "write",
        query: { uploadId: this.#id },
        body: new TextEncoder().encode(xml),
      });
    } catch (error) {
      // Where the answer was lost, the upload is unknown the next time.
      if (!await this.#isThere()) throw error;
    }
  }

  /** Whether the object is that of this upload. */
  async #isThere(): Promise<boolean> {
    const { headers } = await this.#client.send({
      method: "HEAD",
      at: this.#at,
      doing: "read",
      expects: [404],
    });
    return headers.get(UPLOAD) === this.#mark;
  }

  /** Gives up; the server forgets the parts. */
  async abort(): Promise<void> {
    await Promise.allSettled(this.#sending);
    await abortUpload(this.#client, this.#at, this.#id);
  }
}

/** Has the server forget the parts of an upload; does nothing if there is none. */
export async function abortUpload(
  client: StoreClient,
  at: Location,
  uploadId: string,
): Promise<void> {
  await client.send({
    method: "DELETE",
    at,
    doing: "remove parts of",
    query: { uploadId },
    expects: [404],
  });
}

/**
 * Writes an object. A reader sees the old bytes or the new ones; where anything fails,
 * parts that were sent are removed.
 *
 * @throws {ObjectStoreError} If it cannot be written; what the content throws as it is.
 */
export async function writeObject(
  client: StoreClient,
  at: Location,
  content: Content,
): Promise<void> {
  const put = (body: Uint8Array) =>
    client.send({ method: "PUT", at, doing: "write", body });
  if (content instanceof Uint8Array && content.length <= PART_BYTES) {
    await put(content);
    return;
  }
  let first: Uint8Array | undefined;
  let upload: Upload | undefined;
  try {
    for await (const part of cut(content)) {
      if (upload === undefined && first === undefined) {
        first = part;
        continue;
      }
      if (upload === undefined) {
        upload = await Upload.begin(client, at);
        await upload.add(first!);
      }
      await upload.add(part);
    }
    if (upload === undefined) await put(first ?? new Uint8Array());
    else await upload.complete();
  } catch (error) {
    await upload?.abort().catch(() => {});
    throw error;
  }
}
