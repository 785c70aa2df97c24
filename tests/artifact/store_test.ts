import { FileStore } from "../../pipeline/artifact/file_store.ts";
import { MemoryStore } from "../support/memory_store.ts";
import { testStore } from "../support/store_suite.ts";
import { tempDir } from "../support/temp_dir.ts";

testStore("MemoryStore", () =>
  Promise.resolve({
    store: new MemoryStore(),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  }));

testStore("FileStore", async () => {
  const directory = await tempDir();
  return {
    store: new FileStore(directory.path),
    [Symbol.asyncDispose]: () => directory[Symbol.asyncDispose](),
  };
});
