/**
 * Decoders and versions, for fingerprints: others may give other pixels.
 *
 * The other formats came later, and each has been read by one version of its
 * package: `@jsquash/webp@1.5.0`, `@jsquash/avif@2.1.1`, `libheif-js@1.23.2`,
 * `@cwasm/nsbmp@0.1.3`, `utif2@4.1.0`. Who changes one names it here.
 */
export const CODEC = "libjpeg-turbo@1.2.8, imagescript@1.3.1";
