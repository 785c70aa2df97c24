/** The formats of exports. To add one, write its file, and name it here. */

import type { ExportFormat } from "./format.ts";

/** Name of a format. */
export type ExportFormatName =
  | "onnx"
  | "tfjs"
  | "safetensors"
  | "keras"
  | "web";

/** The formats; the code of one loads when it is chosen. */
const FORMATS: Readonly<Record<ExportFormatName, () => Promise<ExportFormat>>> =
  {
    onnx: async () => (await import("./onnx.ts")).ONNX,
    tfjs: async () => (await import("./tfjs.ts")).TFJS,
    safetensors: async () => (await import("./safetensors.ts")).SAFETENSORS,
    keras: async () => (await import("./keras.ts")).KERAS,
    web: async () => (await import("./web.ts")).WEB,
  };

/** Names of the formats. */
export const EXPORT_FORMATS: readonly ExportFormatName[] = Object.keys(
  FORMATS,
) as ExportFormatName[];

export function loadFormat(name: ExportFormatName): Promise<ExportFormat> {
  return FORMATS[name]();
}
