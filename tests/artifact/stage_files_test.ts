import { assertEquals, assertRejects } from "@std/assert";
import type { Work } from "../../pipeline/artifact/fingerprint.ts";
import {
  describeFile,
  encodeManifest,
  type Manifest,
} from "../../pipeline/artifact/manifest.ts";
import { encodeSealed } from "../../pipeline/artifact/shard.ts";
import { StageFiles } from "../../pipeline/artifact/stage_files.ts";
import { toTensor } from "../../pipeline/artifact/tensor.ts";
import {
  DigestMismatchError,
  FormatError,
  MissingArtifactError,
} from "../../pipeline/errors.ts";
import { MemoryStore } from "../support/memory_store.ts";

const WORK: Work = { stage: "head", version: 1, config: {}, inputs: {} };

const SHARD = "train-00000-of-00001.safetensors";

/** Python: hashlib.sha256(b'{"config":{},"inputs":{},"stage":"head","version":1}').hexdigest() */
const FINGERPRINT =
  "cf0854640a16eba5f0fa8f154c1a6ac5cf80fff0d5679c7f76be017064e0300f";

const DIRECTORY = `artifacts/head-${FINGERPRINT.slice(0, 16)}`;

/** A complete stage with a shard and a text. */
async function complete(): Promise<
  { store: MemoryStore; files: StageFiles; manifest: Manifest }
> {
  const store = new MemoryStore();
  const files = await StageFiles.open(store, WORK);
  const tensors = { a: toTensor(new Int32Array([1, 2]), [2]) };
  const shard = await files.write(SHARD, await encodeSealed(tensors, {}));
  const notes = await files.write("notes.txt", new TextEncoder().encode("abc"));
  const written = [{ ...shard, rows: 2 }, notes];
  const manifest = await files.seal(written, { train: 2 });
  return { store, files, manifest };
}

Deno.test("open() names the directory by the fingerprint and touches nothing", async () => {
  const store = new MemoryStore();
  const files = await StageFiles.open(store, WORK);
  assertEquals(files.fingerprint, FINGERPRINT);
  assertEquals(files.directory, DIRECTORY);
  assertEquals(files.path("a"), `${DIRECTORY}/a`);
  assertEquals(store.writes, []);
});

Deno.test("write() describes the file that it wrote", async () => {
  const files = await StageFiles.open(new MemoryStore(), WORK);
  const entry = await files.write("a.txt", new TextEncoder().encode("abc"));
  assertEquals(entry, {
    path: "a.txt",
    sizeBytes: 3,
    digest: "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
  });
  assertEquals(await files.read("a.txt"), new TextEncoder().encode("abc"));
});

Deno.test("describeFile() counts rows when told", async () => {
  const entry = await describeFile("a", new Uint8Array(0), 7);
  assertEquals(entry.rows, 7);
});

Deno.test("read() returns undefined when the file was removed", async () => {
  const { files } = await complete();
  await files.remove("notes.txt");
  assertEquals(await files.read("notes.txt"), undefined);
});

Deno.test("seal() writes the manifest after the files it lists", async () => {
  const { store, files, manifest } = await complete();
  assertEquals(store.writes, [
    `${DIRECTORY}/${SHARD}`,
    `${DIRECTORY}/notes.txt`,
    `${DIRECTORY}/manifest.json`,
  ]);
  const { work, fingerprint, counts } = (await files.manifest())!;
  assertEquals({ work, fingerprint, counts }, {
    work: WORK,
    fingerprint: FINGERPRINT,
    counts: { train: 2 },
  });
  assertEquals(manifest.files.map(({ path }) => path), [SHARD, "notes.txt"]);
});

Deno.test("seal() gives the same bytes when given the same files", async () => {
  const [one, other] = [await complete(), await complete()];
  assertEquals(one.store.files, other.store.files);
});

Deno.test("manifest() returns undefined when the stage is not complete", async () => {
  const files = await StageFiles.open(new MemoryStore(), WORK);
  assertEquals(await files.manifest(), undefined);
});

Deno.test("manifest() throws when the manifest is one of other work", async () => {
  const { store } = await complete();
  const other = await StageFiles.open(store, { ...WORK, version: 2 });
  const path = other.path("manifest.json");
  store.files.set(path, store.files.get(`${DIRECTORY}/manifest.json`)!);
  const error = await assertRejects(
    () => other.manifest(),
    FormatError,
    `Cannot use "${path}" as its fingerprint must be ${other.fingerprint}: it is ${FINGERPRINT}`,
  );
  assertEquals(error.path, path);
});

Deno.test("requireManifest() returns the manifest when there is one", async () => {
  const { files } = await complete();
  assertEquals((await files.requireManifest()).fingerprint, FINGERPRINT);
});

Deno.test("requireManifest() throws when the stage is not complete", async () => {
  const files = await StageFiles.open(new MemoryStore(), WORK);
  const error = await assertRejects(
    () => files.requireManifest(),
    MissingArtifactError,
    `Cannot read stage "head" as it is not complete: no manifest at "${DIRECTORY}/manifest.json"`,
  );
  assertEquals(error.stage, "head");
  assertEquals(error.path, `${DIRECTORY}/manifest.json`);
});

Deno.test("readVerified() returns the bytes when they are what was written", async () => {
  const { files, manifest } = await complete();
  const bytes = await files.readVerified(manifest.files[1]!);
  assertEquals(new TextDecoder().decode(bytes), "abc");
});

Deno.test("readVerified() throws when the file is gone", async () => {
  const { files, manifest } = await complete();
  await files.remove("notes.txt");
  const error = await assertRejects(
    () => files.readVerified(manifest.files[1]!),
    MissingArtifactError,
    `Cannot read "${DIRECTORY}/notes.txt" of stage "head" as the file is missing: the manifest lists it`,
  );
  assertEquals(error.path, `${DIRECTORY}/notes.txt`);
});

Deno.test("readVerified() throws when a bit was flipped", async () => {
  const { store, files, manifest } = await complete();
  store.flipBit(`${DIRECTORY}/notes.txt`, 0);
  const error = await assertRejects(
    () => files.readVerified(manifest.files[1]!),
    DigestMismatchError,
  );
  assertEquals(error.expected, manifest.files[1]!.digest);
  assertEquals(error.path, `${DIRECTORY}/notes.txt`);
});

Deno.test.each([false, true])(
  "check() finds nothing when all is well and everyByte is %s",
  async (everyByte) => {
    const { files, manifest } = await complete();
    assertEquals(await files.check(manifest, { everyByte }), []);
  },
);

Deno.test.each([false, true])(
  "check() finds a file that is missing when everyByte is %s",
  async (everyByte) => {
    const { files, manifest } = await complete();
    await files.remove("notes.txt");
    assertEquals(await files.check(manifest, { everyByte }), [
      { path: `${DIRECTORY}/notes.txt`, reason: "no such file" },
    ]);
  },
);

Deno.test.each([false, true])(
  "check() finds a file that is too short when everyByte is %s",
  async (everyByte) => {
    const { store, files, manifest } = await complete();
    store.files.set(`${DIRECTORY}/notes.txt`, new Uint8Array(2));
    assertEquals(await files.check(manifest, { everyByte }), [
      {
        path: `${DIRECTORY}/notes.txt`,
        reason: "it has 2 bytes, 3 were written",
      },
    ]);
  },
);

Deno.test.each([
  [3, false],
  [3, true],
  [undefined, false],
])(
  "check() blames the manifest that lists %s rows of 2 when everyByte is %s",
  async (rows, everyByte) => {
    const { files, manifest } = await complete();
    const [shard, notes] = manifest.files;
    const edited = { ...manifest, files: [{ ...shard!, rows }, notes!] };
    assertEquals(await files.check(edited, { everyByte }), [{
      path: `${DIRECTORY}/manifest.json`,
      reason: `its manifest must list 2 rows: it lists ${rows ?? "none"}`,
    }]);
  },
);

Deno.test("manifest() refuses work that does not give the fingerprint", async () => {
  const { store, files, manifest } = await complete();
  const work = { ...WORK, version: WORK.version + 1 };
  await store.writeAtomic(
    files.path("manifest.json"),
    await encodeManifest({ ...manifest, work }),
  );
  await assertRejects(
    () => files.manifest(),
    FormatError,
    "as its work must give its fingerprint: it gives ",
  );
});

Deno.test("check() finds a broken header when reading headers alone", async () => {
  const { store, files, manifest } = await complete();
  const path = `${DIRECTORY}/${SHARD}`;
  store.flipBit(path, 8);
  assertEquals(await files.check(manifest, { everyByte: false }), [{
    path,
    reason:
      `Cannot read "${path}" as safetensors as its header must be JSON in UTF-8`,
  }]);
});

Deno.test("check() finds a flipped bit of the data only when everyByte is true", async () => {
  const { store, files, manifest } = await complete();
  const path = `${DIRECTORY}/${SHARD}`;
  store.flipBit(path, -1);
  assertEquals(await files.check(manifest, { everyByte: false }), []);
  assertEquals(await files.check(manifest, { everyByte: true }), [
    { path, reason: "its bytes have changed since they were written" },
  ]);
});

Deno.test("check() throws when the disk cannot be read, and blames no file", async () => {
  const { store, files, manifest } = await complete();
  store.failOn = SHARD;
  await assertRejects(
    () => files.check(manifest, { everyByte: false }),
    Error,
    `The disk of "${DIRECTORY}/${SHARD}" is on fire`,
  );
});
