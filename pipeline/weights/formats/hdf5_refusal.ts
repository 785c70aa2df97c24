/**
 * Why an HDF5 file is refused, before its name is known.
 *
 * @module
 */

/** A file that breaks a rule; the message is the rule and what was found, the end of a sentence. */
export class Hdf5Refusal extends Error {}
