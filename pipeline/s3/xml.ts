/**
 * The few answers of an object store that are XML.
 *
 * The answers are flat, and lists ask for keys in URL encoding, so that no sign in a
 * key can be one of XML.
 *
 * Source: Amazon S3 API reference, ListObjectsV2, ListMultipartUploads.
 */

/** Names of signs that XML cannot hold as they are. */
const ENTITIES: Readonly<Record<string, string>> = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  apos: "'",
};

/** Puts signs in place of their names. */
function decodeEntities(text: string): string {
  return text.replace(
    /&(?:#x([0-9a-f]+)|#(\d+)|(\w+));/gi,
    (all, hex, n, name) =>
      name === undefined
        ? String.fromCodePoint(Number.parseInt(hex ?? n, hex ? 16 : 10))
        : ENTITIES[name] ?? all,
  );
}

/**
 * Returns the text of the first element of a name.
 *
 * @returns The text; `undefined` if there is no such element.
 */
export function readElement(xml: string, name: string): string | undefined {
  const start = xml.indexOf(`<${name}>`);
  const end = xml.indexOf(`</${name}>`, start);
  if (start < 0 || end < 0) return undefined;
  return decodeEntities(xml.slice(start + name.length + 2, end));
}

/** Returns what stands in each element of a name. */
function* readElements(xml: string, name: string): Generator<string> {
  for (
    const [, inner] of xml.matchAll(
      new RegExp(`<${name}>(.*?)</${name}>`, "gs"),
    )
  ) {
    yield inner!;
  }
}

/** Decodes a key; `undefined` if it is no UTF-8. */
function decodeKey(text: string): string | undefined {
  try {
    // Servers write a blank as "+" or "%20", and a plus always as "%2B".
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    return undefined;
  }
}

export interface ListedObject {
  key: string;
  sizeBytes: number;
  /** Time of the last change, as ISO 8601. */
  modified: string;
}

export interface ListPage {
  objects: ListedObject[];
  /** Prefixes up to the delimiter, each with it at its end. */
  prefixes: string[];
  /** Where the next page begins; `undefined` after the last. */
  next: string | undefined;
}

/**
 * Reads an answer to ListObjectsV2 with URL encoding.
 *
 * @returns The page; `undefined` if the answer is another, or does not say where the next page begins: a list must not look shorter than it is.
 */
export function readListPage(xml: string): ListPage | undefined {
  if (!xml.includes("</ListBucketResult>")) return undefined;
  const objects = [...readElements(xml, "Contents")].flatMap((item) => {
    const key = decodeKey(readElement(item, "Key") ?? "");
    return key === undefined ? [] : [{
      key,
      sizeBytes: Number(readElement(item, "Size") ?? 0),
      modified: readElement(item, "LastModified") ?? "",
    }];
  });
  const prefixes = [...readElements(xml, "CommonPrefixes")]
    .map((item) => decodeKey(readElement(item, "Prefix") ?? ""))
    .filter((prefix) => prefix !== undefined);
  const isLast = readElement(xml, "IsTruncated") !== "true";
  if (isLast) return { objects, prefixes, next: undefined };
  const next = readElement(xml, "NextContinuationToken");
  return next ? { objects, prefixes, next } : undefined;
}

/** An upload in parts that was begun and neither completed nor aborted. */
export interface UnfinishedUpload {
  key: string;
  id: string;
  /** When it was begun, as ISO 8601. */
  begun: string;
}

/** Reads an answer to ListMultipartUploads with URL encoding, and the markers of the next page. */
export function readUploads(xml: string): {
  uploads: UnfinishedUpload[];
  next: Record<string, string> | undefined;
} {
  const uploads = [...readElements(xml, "Upload")].flatMap((item) => {
    const key = decodeKey(readElement(item, "Key") ?? "");
    const id = readElement(item, "UploadId");
    if (key === undefined || id === undefined) return [];
    return [{ key, id, begun: readElement(item, "Initiated") ?? "" }];
  });
  const next = readElement(xml, "IsTruncated") === "true"
    ? {
      "key-marker": decodeKey(readElement(xml, "NextKeyMarker") ?? "") ?? "",
      "upload-id-marker": readElement(xml, "NextUploadIdMarker") ?? "",
    }
    : undefined;
  return { uploads, next };
}
