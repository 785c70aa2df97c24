/**
 * A restricted unpickler: it knows only the opcodes that state dicts consist of,
 * runs nothing, and leaves to its caller what a name may mean.
 *
 * The package `pickleparser` was judged and not taken: it calls whatever
 * function lies on the stack, sets keys of the file on plain objects, spreads
 * lists as arguments, has no limits, and cannot read PyTorch's magic number.
 *
 * Mappings become `Map`, lists and tuples arrays, so that no key of a file
 * reaches a prototype. There is no recursion.
 *
 * Source: Lib/pickletools.py of CPython,
 * https://github.com/python/cpython/blob/main/Lib/pickletools.py; the choice of
 * opcodes follows torch/_weights_only_unpickler.py,
 * https://github.com/pytorch/pytorch/blob/main/torch/_weights_only_unpickler.py.
 */

import { PickleReader } from "./pickle_reader.ts";
import { PickleStack } from "./pickle_stack.ts";
import { pytorchError } from "./format_errors.ts";

/**
 * Most opcodes of a pickle. A tensor takes 28, so that this is 18,000 tensors;
 * a ResNet-152 has 932, with its optimizer three times as many. No opcode adds
 * more than one value, so stack, memo and values have no more either.
 */
export const MAX_OPCODES = 2 ** 19;

/** Newest protocol, that of Python 3.8. */
const MAX_PROTOCOL = 5;

/** What names, calls and persistent ids of a pickle mean. Each throws for what it does not allow. */
export interface PickleMeanings {
  /** Returns the value of a global. */
  find: (name: string) => unknown;
  /** Returns what a call of a value gives. */
  call: (callee: unknown, args: readonly unknown[]) => unknown;
  /** Sets the state of a value. */
  build: (target: unknown, state: unknown) => void;
  /** Returns the value of a persistent id. */
  load: (id: unknown) => unknown;
}

/** A value and where its pickle ends. */
export interface Unpickled {
  value: unknown;
  /** First byte after the pickle. */
  end: number;
}

/** How the opcodes that only push a value read it. */
const VALUES: Readonly<Record<string, (reader: PickleReader) => unknown>> = {
  N: () => null,
  "\x88": () => true,
  "\x89": () => false,
  // Protocols 0 and 1 write booleans as 01 and 00.
  I: (reader) => reader.decimal(),
  L: (reader) => reader.decimal(),
  J: (reader) => reader.i32(),
  K: (reader) => reader.u8(),
  M: (reader) => reader.u16(),
  "\x8a": (reader) => reader.integer(reader.u8()),
  G: (reader) => reader.f64(),
  X: (reader) => reader.text(reader.u32()),
  "\x8c": (reader) => reader.text(reader.u8()),
  T: (reader) => reader.latin1(reader.u32()),
  U: (reader) => reader.latin1(reader.u8()),
  B: (reader) => reader.bytes(reader.u32()),
  C: (reader) => reader.bytes(reader.u8()),
  ")": () => [],
  "]": () => [],
  "}": () => new Map(),
};

/**
 * Reads a pickle.
 *
 * @returns The value, and where the pickle ends.
 * @throws {FormatError} If it is damaged, uses other opcodes, or has more than {@linkcode MAX_OPCODES}.
 */
export function unpickle(
  bytes: Uint8Array,
  start: number,
  meanings: PickleMeanings,
  path: string,
): Unpickled {
  const reader = new PickleReader(bytes, start, path);
  const stack = new PickleStack(path);
  const memo = new Map<number, unknown>();
  const recall = (index: number) => {
    if (memo.has(index)) return stack.push(memo.get(index));
    throw pytorchError(
      path,
      `its pickle must refer to what it holds: it refers to ${index}`,
    );
  };
  const call = () => {
    const args = stack.popArray();
    stack.push(meanings.call(stack.pop(), args));
  };
  const actions: Readonly<Record<string, () => void>> = {
    "\x80": () => {
      const protocol = reader.u8();
      if (protocol <= MAX_PROTOCOL) return;
      throw pytorchError(
        path,
        `its pickle must have protocol 0 to ${MAX_PROTOCOL}: it has ${protocol}`,
      );
    },
    // Frames only tell how much to buffer.
    "\x95": () => reader.skip(8),
    "(": () => stack.mark(),
    q: () => memo.set(reader.u8(), stack.top()),
    r: () => memo.set(reader.u32(), stack.top()),
    "\x94": () => memo.set(memo.size, stack.top()),
    h: () => recall(reader.u8()),
    j: () => recall(reader.u32()),
    t: () => stack.push(stack.popMark()),
    "\x85": () => stack.push(stack.take(1)),
    "\x86": () => stack.push(stack.take(2)),
    "\x87": () => stack.push(stack.take(3)),
    a: () => {
      const item = stack.pop();
      stack.list().push(item);
    },
    e: () => {
      const items = stack.popMark();
      const list = stack.list();
      for (const item of items) list.push(item);
    },
    s: () => stack.setItems(stack.take(2)),
    u: () => stack.setItems(stack.popMark()),
    c: () => stack.push(meanings.find(`${reader.line()}.${reader.line()}`)),
    "\x93": () => {
      const name = stack.popText();
      stack.push(meanings.find(`${stack.popText()}.${name}`));
    },
    Q: () => stack.push(meanings.load(stack.pop())),
    R: call,
    "\x81": call,
    b: () => {
      const state = stack.pop();
      meanings.build(stack.top(), state);
    },
  };
  for (let count = 0; count < MAX_OPCODES; count++) {
    const code = reader.u8();
    const opcode = String.fromCharCode(code);
    if (opcode === ".") return { value: stack.pop(), end: reader.position };
    const read = VALUES[opcode];
    const act = read ? () => stack.push(read(reader)) : actions[opcode];
    if (act === undefined) {
      throw pytorchError(
        path,
        `its pickle must consist of the opcodes of state dicts: it has 0x${
          code.toString(16).padStart(2, "0")
        }`,
      );
    }
    act();
  }
  throw pytorchError(
    path,
    `its pickle must have at most ${MAX_OPCODES} opcodes: it has more`,
  );
}
