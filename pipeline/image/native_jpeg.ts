/**
 * libjpeg-turbo of the system, where native code is allowed (an edge): JPEG to the
 * pixels of `jpeg_turbo.ts`, in half the time, since it has the SIMD that
 * WebAssembly builds of it lack.
 *
 * Native code that reads photos has the rights of the process: only a task that is
 * given `--allow-ffi` for it uses this. What the library has anything to complain
 * about goes to the decoder in WebAssembly, so that both take and refuse the same
 * photos.
 *
 * Source: `turbojpeg.h` of libjpeg-turbo 2.1, whose functions version 3 has too.
 */

import { MAX_PIXELS } from "./header.ts";
import { decodeTurbo, type TurboDecoder } from "./jpeg_turbo.ts";

/** Where the library is; on Linux the system finds it. */
const LIBRARIES: Partial<Record<typeof Deno.build.os, readonly string[]>> = {
  linux: ["libturbojpeg.so.0"],
  darwin: [
    "/opt/homebrew/lib/libturbojpeg.dylib",
    "/usr/local/lib/libturbojpeg.dylib",
  ],
};

/** The functions, by `turbojpeg.h`. */
const SYMBOLS = {
  tjInitDecompress: { parameters: [], result: "pointer" },
  tjDecompressHeader3: {
    parameters: [
      ...["pointer", "buffer", "usize"] as const,
      ...["buffer", "buffer", "buffer", "buffer"] as const,
    ],
    result: "i32",
  },
  tjDecompress2: {
    parameters: [
      ...["pointer", "buffer", "usize", "buffer"] as const,
      ...["i32", "i32", "i32", "i32", "i32"] as const,
    ],
    result: "i32",
  },
} as const satisfies Deno.ForeignLibraryInterface;

/** `TJPF_RGB`. */
const RGB = 0;

/** `TJFLAG_ACCURATEDCT | TJFLAG_STOPONWARNING`: Pillow's transform, and no guesses. */
const FLAGS = 4096 | 8192;

/** Samplings that every version names: 4:4:4, 4:2:2, 4:2:0, gray, 4:4:0, 4:1:1. */
const LAST_SAMPLING = 5;

/** Memory that is kept for the next photo: one of 40 megapixels. */
const KEPT_BYTES = 120e6;

/** The function that decodes one photo. */
type Decode = (
  bytes: Uint8Array,
) => { width: number; height: number; data: Uint8Array } | undefined;

/** Opens the library; `undefined` where there is none. */
function openLibrary(): Decode | undefined {
  for (const name of LIBRARIES[Deno.build.os] ?? []) {
    try {
      return decoderOf(Deno.dlopen(name, SYMBOLS).symbols);
    } catch {
      // There is none of this name, or one without these functions.
    }
  }
  return undefined;
}

/** Makes the decoder of a library. */
function decoderOf(
  library: Deno.DynamicLibrary<typeof SYMBOLS>["symbols"],
): Decode | undefined {
  const handle = library.tjInitDecompress();
  if (handle === null) return undefined;
  const facts = Array.from({ length: 4 }, () => new Int32Array(1));
  const [widths, heights, samplings, spaces] = facts as [
    ...[Int32Array<ArrayBuffer>, Int32Array<ArrayBuffer>],
    ...[Int32Array<ArrayBuffer>, Int32Array<ArrayBuffer>],
  ];
  let kept = new Uint8Array();
  return (given) => {
    const bytes = given as Uint8Array<ArrayBuffer>;
    const size = BigInt(bytes.length);
    const found = library.tjDecompressHeader3(
      ...[handle, bytes, size, widths, heights, samplings, spaces] as const,
    );
    const width = widths[0]!;
    const height = heights[0]!;
    const sampling = samplings[0]!;
    const isUsual = sampling >= 0 && sampling <= LAST_SAMPLING;
    // Another header may be found here than the one that was checked.
    const fits = width > 0 && height > 0 && width * height <= MAX_PIXELS;
    if (found !== 0 || !isUsual || !fits) return undefined;
    const length = width * height * 3;
    const space = length > kept.length ? new Uint8Array(length) : kept;
    if (length <= KEPT_BYTES) kept = space;
    const data = space.subarray(0, length);
    const done = library.tjDecompress2(
      ...[handle, bytes, size, data] as const,
      ...[width, width * 3, height, RGB, FLAGS] as const,
    );
    return done === 0 ? { width, height, data } : undefined;
  };
}

/** Photos of the self-test, 19x13 pixels: 4:2:0, 4:2:2 progressive, gray. Pillow made them of a formula. */
const SAMPLES = [
  "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAA0JCgsKCA0LCgsODg0PEyAVExISEyccHhcgLikxMC4pLSwzOko+MzZGNywtQFdBRkxOUlNSMj5aYVpQYEpRUk//2wBDAQ4ODhMREyYVFSZPNS01T09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT0//wAARCAANABMDASIAAhEBAxEB/8QAFQABAQAAAAAAAAAAAAAAAAAABQD/xAAlEAACAQIGAgIDAAAAAAAAAAABAgMEEQAFEiExYUFRBhSBgpH/xAAVAQEBAAAAAAAAAAAAAAAAAAAEAf/EACQRAAIAAwcFAAAAAAAAAAAAAAECAAQRAxIUISIxUTRhkcHw/9oADAMBAAIRAxEAPwAfLsuEKNotIzDSVb0fXeGZpoaCFKWjIbMHsGUi4hUjk98WH5PYsvyKauBp6Smho0bbWo1SD9tu/Hnq+EspoFatTXIzPe7OeWY73J5xMbMy/Ual4Jz8+oPcZkv2uwyAHMKUeQS/UjtCLWxYBqM9zITtoralFO6qszKFHgWHof3FhAm7NtRale0LZijFWehG/wBSP//Z",
  "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAoHBwgHBgoICAgLCgoLDhgQDg0NDh0VFhEYIx8lJCIfIiEmKzcvJik0KSEiMEExNDk7Pj4+JS5ESUM8SDc9Pjv/2wBDAQoLCw4NDhwQEBw7KCIoOzs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozv/wgARCAANABMDASEAAhEBAxEB/8QAFwAAAwEAAAAAAAAAAAAAAAAAAAQFA//EABcBAQEBAQAAAAAAAAAAAAAAAAQDAgX/2gAMAwEAAhADEAAAAZ9BB2DSo7fLjiKt/8QAGhAAAgMBAQAAAAAAAAAAAAAAAgMBBBIAI//aAAgBAQABBQJScwRCoQqTibhN5CvQrTtf/8QAHBEAAgICAwAAAAAAAAAAAAAAAQIAAxExE0FR/9oACAEDAQE/ASRbhRqcr+QKErJXuM4rYpjU/8QAHhEAAgIBBQEAAAAAAAAAAAAAAQMAAgQREhMhMZH/2gAIAQIBAT8BRll54mew3GsesJr17K5dhUDaPk//xAAgEAABAgUFAAAAAAAAAAAAAAAAAQIDERIzUSEiQYKh/9oACAEBAAY/AslEO6vgm0pYxsNM8iTXXJccnY//xAAcEAEAAgMBAQEAAAAAAAAAAAABABEhQVExcZH/2gAIAQEAAT8huKySkeQFQ+hz37MX0mYg0z+oDYOy9XsuKFoEUT//2gAMAwEAAgADAAAAEEwg/8QAHxEAAgICAQUAAAAAAAAAAAAAAREAIVFhMXGRscHw/9oACAEDAQE/EGRoGfYmP53gGlQHjHTR3aZl8LEPKrB8z//EAB4RAAIBBAMBAAAAAAAAAAAAAAERIQAxQXFRYcHw/9oACAECAQE/EGW25A9w87u9mjgE7n9ijAOgJMj2ZvX/xAAcEAEAAgIDAQAAAAAAAAAAAAABETEAIUFRYZH/2gAIAQEAAT8QHUvana49rvFmhByRy3dIPZeksAlMFdJYYarT3jnsnNvKmwmZNrs+YefrJwhIQIaNTzef/9k=",
  "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAA0JCgsKCA0LCgsODg0PEyAVExISEyccHhcgLikxMC4pLSwzOko+MzZGNywtQFdBRkxOUlNSMj5aYVpQYEpRUk//wAALCAANABMBAREA/8QAFgABAQEAAAAAAAAAAAAAAAAABQQG/8QAJRAAAgECBgICAwAAAAAAAAAAAQIDBBEABRIhMWFBUQYUgYKR/9oACAEBAAA/AB8uy4Qo2i0jMNJVvR9d4ZmmhoIUpaMhswewZSLiFSOT3xYfk92UeQS/UjtCLWxmZfkU1cDT0lNDRo22tRqkH7bd+PPV8JZTQK1amuRme92c8sx3uTziWoz3MhO2itqUU7qqzMoUeBYeh/cf/9k=",
];

/** Returns whether a decoder gives the pixels of the one in WebAssembly. */
async function agrees(decode: Decode): Promise<boolean> {
  for (const sample of SAMPLES) {
    const bytes = Uint8Array.fromBase64(sample);
    const { data } = decode(bytes) ?? {};
    const wanted = await decodeTurbo(bytes, ({ data }) => data);
    const isSame = data?.length === wanted?.used.length &&
      data?.every((level, i) => level === wanted!.used[i]);
    if (!isSame) return false;
  }
  return true;
}

/**
 * Opens libjpeg-turbo of the system, after a self-test: small photos must get the
 * pixels that the decoder in WebAssembly gives them.
 *
 * @returns The decoder; `undefined` where there is no such library, native code is not allowed, or the self-test fails.
 */
export async function openNativeJpeg(): Promise<TurboDecoder | undefined> {
  const decode = openLibrary();
  if (decode === undefined || !await agrees(decode)) return undefined;
  return (bytes, use) => {
    const image = decode(bytes);
    return Promise.resolve(image && { used: use(image) });
  };
}
