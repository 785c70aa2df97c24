import { assertEquals, assertInstanceOf } from "@std/assert";
import {
  BackendUnavailableError,
  ConfigError,
  DatasetError,
  DigestMismatchError,
  FormatError,
  ImageError,
  MissingArtifactError,
} from "../pipeline/errors.ts";

Deno.test.each<[string, (text: string) => Error]>([
  ["FormatError", (text) => new FormatError(text, { path: text })],
  ["DatasetError", (text) => new DatasetError(text)],
  ["ImageError", (text) => new ImageError(text)],
  ["ConfigError", (text) => new ConfigError(text, "a")],
  ["BackendUnavailableError", (text) => new BackendUnavailableError("a", text)],
])("%s shows the start and the end of a long message", (_, make) => {
  const { message } = make(`start ${"\u{1f339}".repeat(2 ** 20)} end`);
  assertEquals(message.length < 2100, true);
  assertEquals(
    /start .*… \(\d+ characters left out\) ….* end$/u.test(message),
    true,
  );
  assertEquals(message.isWellFormed(), true);
});

Deno.test("FormatError is a SyntaxError that says where", () => {
  const cause = new Error("underneath");
  const error = new FormatError("m", { path: "a", byteOffset: 8, cause });
  assertInstanceOf(error, SyntaxError);
  const { name, message, path, byteOffset } = error;
  assertEquals({ name, message, path, byteOffset, cause: error.cause }, {
    name: "FormatError",
    message: "m",
    path: "a",
    byteOffset: 8,
    cause,
  });
  assertEquals(new FormatError("m", { path: "a" }).byteOffset, 0);
});

Deno.test("DigestMismatchError says what was expected and what was found", () => {
  const error = new DigestMismatchError("a/b", {
    expected: "12",
    actual: "34",
  });
  assertEquals(
    error.message,
    'Cannot use "a/b" as its bytes have changed since they were written: SHA-256 was 12, is 34',
  );
  const { name, path, expected, actual } = error;
  assertEquals({ name, path, expected, actual }, {
    name: "DigestMismatchError",
    path: "a/b",
    expected: "12",
    actual: "34",
  });
});

Deno.test("MissingArtifactError says which stage writes which file", () => {
  const { name, message, stage, path } = new MissingArtifactError("m", {
    stage: "head",
    path: "a",
  });
  assertEquals({ name, message, stage, path }, {
    name: "MissingArtifactError",
    message: "m",
    stage: "head",
    path: "a",
  });
});

Deno.test("BackendUnavailableError says which engine and why", () => {
  const cause = new Error("underneath");
  const error = new BackendUnavailableError("webgpu", "there is no adapter", {
    cause,
  });
  assertEquals(
    error.message,
    'Cannot use engine "webgpu" as there is no adapter',
  );
  const { name, backend, reason } = error;
  assertEquals({ name, backend, reason, cause: error.cause }, {
    name: "BackendUnavailableError",
    backend: "webgpu",
    reason: "there is no adapter",
    cause,
  });
});

Deno.test("ConfigError says which setting", () => {
  const { name, message, setting } = new ConfigError("m", "epochs");
  assertEquals({ name, message, setting }, {
    name: "ConfigError",
    message: "m",
    setting: "epochs",
  });
});

Deno.test("DatasetError and ImageError have their own names", () => {
  assertEquals(new DatasetError("m").toString(), "DatasetError: m");
  assertEquals(new ImageError("m").toString(), "ImageError: m");
});
