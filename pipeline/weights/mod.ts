/**
 * Weight files of ResNets: downloading them, reading every public format, and
 * recognizing the network among the tensors.
 *
 * Files are not trusted: each reader is bounded by the bytes of its file, and nothing
 * in a file is executed.
 *
 * @module
 */

export { verifyCached } from "./cache.ts";
export { cacheDirectory, type Environment } from "./cache_directory.ts";
export { download } from "./download.ts";
export type { DownloadProgress } from "./download_attempt.ts";
export { DownloadError } from "./download_error.ts";
export type { DownloadSource } from "./download_source.ts";
export { readBackbone, type ReadBackboneOptions } from "./read_backbone.ts";
export {
  type Classifier,
  readResNet,
  type ResNetWeights,
} from "./read_resnet.ts";
export {
  openWeights,
  type WeightFile,
  type WeightFormat,
} from "./weight_file.ts";
