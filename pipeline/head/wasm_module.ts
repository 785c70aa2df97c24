/**
 * Writing WebAssembly modules: a function of 128-bit vectors on a memory that is
 * given to it.
 *
 * Code is built as expressions, each the bytes that leave its value on the stack.
 *
 * Source: WebAssembly Core Specification 2.0, section 5,
 * https://www.w3.org/TR/wasm-core-2/#binary-format.
 *
 * @module
 */

/** Encoded instructions. */
export type Code = readonly number[];

/** Types of locals, by their bytes. */
const TYPES = { i32: 0x7f, f32: 0x7d, v128: 0x7b } as const;

/** A type, by name. */
export type WasmType = keyof typeof TYPES;

/** A function without a result. */
export interface WasmFunction {
  /** Types of its parameters: the locals from 0. */
  parameters: readonly WasmType[];
  /** Number of vectors that are its locals after the parameters. */
  vectors: number;
  /** What it does. */
  body: Code;
}

/** Encodes an unsigned integer (LEB128). */
function unsigned(value: number): number[] {
  const bytes: number[] = [];
  do {
    const rest = value >>> 7;
    bytes.push(value & 0x7f | (rest === 0 ? 0 : 0x80));
    value = rest;
  } while (value !== 0);
  return bytes;
}

/** Encodes a signed integer of 32 bits (LEB128). */
function signed(value: number): number[] {
  const bytes: number[] = [];
  for (;;) {
    const byte = value & 0x7f;
    value >>= 7;
    // The last byte carries the sign in its seventh bit.
    if (value === (byte & 0x40 ? -1 : 0)) return [...bytes, byte];
    bytes.push(byte | 0x80);
  }
}

/** Encodes a list: its length, then its items. */
function list(items: readonly Code[]): number[] {
  return [...unsigned(items.length), ...items.flat()];
}

/** Encodes bytes with their number before them. */
function sized(bytes: Code): number[] {
  return [...unsigned(bytes.length), ...bytes];
}

/** Encodes a name. */
function text(name: string): number[] {
  return sized([...new TextEncoder().encode(name)]);
}

/** The value of a local. */
export function get(local: number): Code {
  return [0x20, ...unsigned(local)];
}

/** Sets a local. */
export function set(local: number, value: Code): Code {
  return [...value, 0x21, ...unsigned(local)];
}

/** An integer, i32, by its low 32 bits. */
export function integer(value: number): Code {
  return [0x41, ...signed(value | 0)];
}

/** An instruction with operands. */
function instruction(...opcode: number[]): (...operands: Code[]) => Code {
  return (...operands) => [...operands.flat(), ...opcode];
}

/** A vector instruction with operands. */
function vector(opcode: number): (...operands: Code[]) => Code {
  return instruction(0xfd, ...unsigned(opcode));
}

/** Operators on i32. */
export const i32 = { add: instruction(0x6a), lessThan: instruction(0x49) };

/** Operators on four f32. */
export const f32x4 = {
  splat: vector(0x13),
  sqrt: vector(0xe3),
  add: vector(0xe4),
  sub: vector(0xe5),
  mul: vector(0xe6),
  div: vector(0xe7),
};

/** Operators on four i32, the last operand of a shift an i32. */
export const i32x4 = {
  splat: vector(0x11),
  atLeast: vector(0x40),
  shiftRight: vector(0xad),
  add: vector(0xae),
  mul: vector(0xb5),
};

/** Operators on the bits of a vector. */
export const v128 = { and: vector(0x4e), xor: vector(0x51) };

/** The vector at an address, which is a multiple of 16. */
export function load(address: Code): Code {
  return [...address, 0xfd, 0x00, 4, 0];
}

/** Stores a vector at an address, which is a multiple of 16. */
export function store(address: Code, value: Code): Code {
  return [...address, ...value, 0xfd, 0x0b, 4, 0];
}

/** Four i32, by their low 32 bits. */
export function constant(lanes: readonly [number, number, number, number]) {
  const bytes = new Uint8Array(Int32Array.from(lanes).buffer);
  return [0xfd, 0x0c, ...bytes] as Code;
}

/** Does something, and again as long as a condition holds. */
export function repeat(body: readonly Code[], condition: Code): Code {
  return [0x03, 0x40, ...body.flat(), ...condition, 0x0d, 0, 0x0b];
}

/** Encodes a section of one item. */
function section(id: number, item: Code): number[] {
  return [id, ...sized(list([item]))];
}

/**
 * Makes a function that works on a memory.
 *
 * @param kernel The function.
 * @param memory The memory.
 * @returns The function.
 */
export function instantiate(
  kernel: WasmFunction,
  memory: WebAssembly.Memory,
): (...values: number[]) => void {
  const { parameters, vectors, body } = kernel;
  const type = [0x60, ...list(parameters.map((type) => [TYPES[type]])), 0];
  const imported = [...text("env"), ...text("memory"), 2, 0, 0];
  const locals = list([[...unsigned(vectors), TYPES.v128]]);
  const bytes = Uint8Array.of(
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, type),
    ...section(2, imported),
    ...section(3, [0]),
    ...section(7, [...text("kernel"), 0, 0]),
    ...section(10, sized([...locals, ...body, 0x0b])),
  );
  const module = new WebAssembly.Module(bytes);
  const instance = new WebAssembly.Instance(module, { env: { memory } });
  return instance.exports.kernel as (...values: number[]) => void;
}
