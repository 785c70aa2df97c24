/**
 * Keeps the HDF5 library from printing, in its worker.
 *
 * Where it has no memory left for an error it prints it, pages of it, and so it
 * does when its WebAssembly ends. It takes the console as it finds it when it is
 * loaded: this module must be loaded before.
 *
 * @module
 */

// deno-lint-ignore no-console
console.error = () => {};
