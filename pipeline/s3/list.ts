/** Lists of an object store, page after page. */

import { ObjectStoreError } from "../errors.ts";
import type { StoreClient } from "./client.ts";
import { formatLocation, type Location } from "./location.ts";
import {
  type ListPage,
  readListPage,
  readUploads,
  type UnfinishedUpload,
} from "./xml.ts";

/** Asks for a page of a list of what is below a prefix. */
async function askPage(
  client: StoreClient,
  prefix: Location,
  query: Record<string, string>,
): Promise<string> {
  const { bytes } = await client.send({
    method: "GET",
    at: { bucket: prefix.bucket, key: "" },
    about: prefix,
    doing: "list",
    query: { ...query, "encoding-type": "url", prefix: prefix.key },
  });
  return new TextDecoder().decode(bytes);
}

/**
 * Lists the objects whose keys begin with a prefix, by the code points of their keys.
 *
 * The next page is asked for while one is used.
 *
 * @param delimiter Where keys are cut off, so that each beginning comes once; not at all if not given.
 * @throws {ObjectStoreError} If an answer is no page of a list.
 */
export async function* listPages(
  client: StoreClient,
  prefix: Location,
  delimiter?: string,
): AsyncGenerator<ListPage> {
  const ask = async (token?: string) => {
    const answer = await askPage(client, prefix, {
      "list-type": "2",
      ...delimiter && { delimiter },
      ...token && { "continuation-token": token },
    });
    const page = readListPage(answer);
    if (page) return page;
    throw new ObjectStoreError(
      `Cannot list "${
        formatLocation(prefix)
      }" as the server must answer ListObjectsV2: its answer is no page of that`,
    );
  };
  for (let asked = ask();;) {
    const page = await asked;
    if (page.next === undefined) return yield page;
    asked = ask(page.next);
    // The rejection surfaces at the await above.
    asked.catch(() => {});
    yield page;
  }
}

/** Lists the uploads in parts below a prefix that were begun and not completed. */
export async function listUploads(
  client: StoreClient,
  prefix: Location,
): Promise<UnfinishedUpload[]> {
  const found: UnfinishedUpload[] = [];
  let markers: Record<string, string> | undefined = {};
  while (markers !== undefined) {
    const answer = await askPage(client, prefix, { uploads: "", ...markers });
    const page = readUploads(answer);
    found.push(...page.uploads);
    markers = page.next;
  }
  return found;
}
