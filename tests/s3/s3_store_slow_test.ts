import { S3Store } from "../../pipeline/s3/s3_store.ts";
import { testStore } from "../support/store_suite.ts";
import { HAS_SERVER, type S3Node, startNode } from "./node.ts";

let node: S3Node;

Deno.test.beforeAll(async () => {
  if (HAS_SERVER) node = await startNode();
});
Deno.test.afterAll(async () => {
  await node?.[Symbol.asyncDispose]();
});

/** Opens a store in a prefix of its own. */
function open(): S3Store {
  const key = `${crypto.randomUUID()}/ü +&`;
  return new S3Store({ bucket: node.bucket, key }, node.access);
}

testStore("S3Store", () => {
  const store = open();
  return Promise.resolve({
    store,
    [Symbol.asyncDispose]: () => Promise.try(() => store[Symbol.dispose]()),
  });
}, { ignore: !HAS_SERVER, largeBytes: 40 * 2 ** 20 + 5 });
