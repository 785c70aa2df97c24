/**
 * A server in memory that speaks as much of S3 as the store uses, with a clock that
 * tests set. What is right is not for it to say: the same tests run on a real server.
 *
 * @module
 */

import { createHash } from "node:crypto";
import type { Access } from "../../pipeline/s3/credentials.ts";

/** Keys on a page of a list: few, so that every list has several. */
const PAGE = 3;

/** An object. */
interface FakeObject {
  bytes: Uint8Array<ArrayBuffer>;
  tag: string;
  modifiedMs: number;
  mark: string;
}

/** An upload in parts. */
interface FakeUpload {
  path: string;
  parts: Map<number, Uint8Array>;
  begunMs: number;
  mark: string;
}

/** The header with the name of an upload. */
const MARK = "x-amz-meta-headstart-upload";

/** Writes a key as lists have it. */
function encode(text: string): string {
  return encodeURIComponent(text);
}

/** Refuses a request. */
function refuse(status: number, code: string): Response {
  return new Response(`<Error><Code>${code}</Code></Error>`, { status });
}

/** A server on this machine. */
export class FakeServer implements AsyncDisposable {
  /** Objects by bucket and key. */
  readonly objects = new Map<string, FakeObject>();
  /** Uploads by their names. */
  readonly uploads = new Map<string, FakeUpload>();
  /** What its clock shows, in milliseconds since 1970. */
  nowMs = Date.UTC(2030, 0, 1);
  /** Answers a request in place of the server, if it returns something. */
  instead: (
    request: Request,
    bytes: Uint8Array<ArrayBuffer>,
  ) => Response | undefined = () => undefined;
  readonly #server: Deno.HttpServer<Deno.NetAddr>;

  constructor() {
    const where = { hostname: "127.0.0.1", port: 0, onListen() {} };
    this.#server = Deno.serve(where, async (request) => {
      const bytes = await request.bytes();
      const response = this.instead(request, bytes) ??
        this.#answer(request, bytes);
      response.headers.set("date", new Date(this.nowMs).toUTCString());
      return response;
    });
  }

  /** Says where it is and who asks. */
  readonly access = (): Access => ({
    credentials: { accessKeyId: "KEY", secretAccessKey: "secret" },
    region: "us-east-1",
    endpoint: `http://127.0.0.1:${this.#server.addr.port}`,
  });

  #answer(request: Request, bytes: Uint8Array<ArrayBuffer>): Response {
    const { pathname, searchParams: query } = new URL(request.url);
    const path = decodeURIComponent(pathname.slice(1));
    if (query.has("list-type")) return this.#list(path, query);
    const id = query.get("uploadId");
    if (query.has("uploads")) {
      return request.method === "GET"
        ? this.#listUploads(path, query)
        : this.#begin(path, request);
    }
    if (id !== null) return this.#upload(id, request, bytes);
    switch (request.method) {
      case "PUT":
        return this.#put(path, request, bytes);
      case "DELETE":
        this.objects.delete(path);
        return new Response(null, { status: 204 });
      default:
        return this.#get(path, request);
    }
  }

  /** Whether the conditions of a request hold. */
  #allows(path: string, { headers }: Request): boolean {
    const tag = this.objects.get(path)?.tag;
    const wanted = headers.get("if-match");
    if (wanted !== null && wanted !== "*" && wanted !== tag) return false;
    return headers.get("if-none-match") === null || tag === undefined;
  }

  #store(path: string, bytes: Uint8Array<ArrayBuffer>, mark = ""): Response {
    const tag = `"${createHash("md5").update(bytes).digest("hex")}"`;
    this.objects.set(path, { bytes, tag, modifiedMs: this.nowMs, mark });
    return new Response(null, { headers: { etag: tag } });
  }

  #put(path: string, request: Request, bytes: Uint8Array<ArrayBuffer>) {
    if (!this.#allows(path, request)) return refuse(412, "PreconditionFailed");
    return this.#store(path, bytes);
  }

  #get(path: string, request: Request): Response {
    const object = this.objects.get(path);
    if (object === undefined) return refuse(404, "NoSuchKey");
    if (!this.#allows(path, request)) return refuse(412, "PreconditionFailed");
    const { bytes, tag, modifiedMs, mark } = object;
    const headers = new Headers({
      etag: tag,
      "last-modified": new Date(modifiedMs).toUTCString(),
      [MARK]: mark,
    });
    const range = /^bytes=(\d+)-(\d+)$/.exec(
      request.headers.get("range") ?? "",
    );
    if (range && Number(range[1]) >= bytes.length) {
      return refuse(416, "InvalidRange");
    }
    const body = range
      ? bytes.slice(Number(range[1]), Number(range[2]) + 1)
      : bytes;
    headers.set("content-length", String(body.length));
    return new Response(request.method === "HEAD" ? null : body, {
      status: range ? 206 : 200,
      headers,
    });
  }

  #list(bucket: string, query: URLSearchParams): Response {
    const prefix = query.get("prefix") ?? "";
    const delimiter = query.get("delimiter");
    const start = Number(query.get("continuation-token") ?? 0);
    const order = new TextEncoder();
    const items = new Map<string, string>();
    for (const [path, { bytes, modifiedMs }] of this.objects) {
      const key = path.slice(bucket.length + 1);
      if (!key.startsWith(prefix)) continue;
      const end = delimiter ? key.indexOf(delimiter, prefix.length) : -1;
      const name = end < 0 ? key : key.slice(0, end + 1);
      items.set(
        name,
        end < 0
          ? `<Contents><Key>${encode(key)}</Key><LastModified>${
            new Date(modifiedMs + 123).toISOString()
          }</LastModified><Size>${bytes.length}</Size></Contents>`
          : `<CommonPrefixes><Prefix>${encode(name)}</Prefix></CommonPrefixes>`,
      );
    }
    const bytesOf = (text: string) => [...order.encode(text)];
    const sorted = [...items].sort(([a], [b]) => {
      const [x, y] = [bytesOf(a), bytesOf(b)];
      const i = x.findIndex((byte, i) => byte !== y[i]);
      return i < 0 ? x.length - y.length : x[i]! - (y[i] ?? -1);
    });
    const page = sorted.slice(start, start + PAGE).map(([, xml]) => xml);
    const isTruncated = start + PAGE < sorted.length;
    return new Response(
      `<ListBucketResult><IsTruncated>${isTruncated}</IsTruncated><NextContinuationToken>${
        start + PAGE
      }</NextContinuationToken>${page.join("")}</ListBucketResult>`,
    );
  }

  #begin(path: string, { headers }: Request): Response {
    const id = crypto.randomUUID();
    const mark = headers.get(MARK) ?? "";
    this.uploads.set(id, { path, parts: new Map(), begunMs: this.nowMs, mark });
    return new Response(`<UploadId>${id}</UploadId>`);
  }

  #upload(id: string, request: Request, bytes: Uint8Array): Response {
    const upload = this.uploads.get(id);
    if (upload === undefined) return refuse(404, "NoSuchUpload");
    if (request.method === "PUT") {
      const number = new URL(request.url).searchParams.get("partNumber");
      upload.parts.set(Number(number), bytes);
      return new Response(null, { headers: { etag: `"${number}"` } });
    }
    this.uploads.delete(id);
    if (request.method === "DELETE") return new Response(null, { status: 204 });
    const parts = [...upload.parts].sort(([a], [b]) => a - b);
    const whole = new Uint8Array(
      parts.reduce((sum, [, part]) => sum + part.length, 0),
    );
    let filled = 0;
    for (const [, part] of parts) {
      whole.set(part, filled);
      filled += part.length;
    }
    return this.#store(upload.path, whole, upload.mark);
  }

  #listUploads(bucket: string, query: URLSearchParams): Response {
    const prefix = `${bucket}/${query.get("prefix")}`;
    const start = Number(query.get("upload-id-marker") ?? 0);
    const all = [...this.uploads].filter(([, { path }]) =>
      path.startsWith(prefix)
    );
    const page = all.slice(start, start + PAGE).map(([id, upload]) =>
      `<Upload><Key>${
        encode(upload.path.slice(bucket.length + 1))
      }</Key><UploadId>${id}</UploadId><Initiated>${
        new Date(upload.begunMs).toISOString()
      }</Initiated></Upload>`
    );
    return new Response(
      `<IsTruncated>${
        start + PAGE < all.length
      }</IsTruncated><NextKeyMarker>k</NextKeyMarker><NextUploadIdMarker>${
        start + PAGE
      }</NextUploadIdMarker>${page.join("")}`,
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
  }
}
