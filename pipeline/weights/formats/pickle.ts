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

/** Reads the value of an opcode that only pushes one; `undefined` for other opcodes. */
function readLiteral(opcode: string, reader: PickleReader): unknown {
  switch (opcode) {
    case "N":
      return null;
    case "\x88":
      return true;
    case "\x89":
      return false;
    case "I": // Protocols 0 and 1 write booleans as 01 and 00.
    case "L":
      return reader.decimal();
    case "J":
      return reader.i32();
    case "K":
      return reader.u8();
    case "M":
      return reader.u16();
    case "\x8a":
      return reader.integer(reader.u8());
    case "G":
      return reader.f64();
    case "X":
      return reader.text(reader.u32());
    case "\x8c":
      return reader.text(reader.u8());
    case "T":
      return reader.latin1(reader.u32());
    case "U":
      return reader.latin1(reader.u8());
    case "B":
      return reader.bytes(reader.u32());
    case "C":
      return reader.bytes(reader.u8());
    case ")":
    case "]":
      return [];
    case "}":
      return new Map();
    default:
      return undefined;
  }
}

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
  for (let count = 0; count < MAX_OPCODES; count++) {
    const opcode = String.fromCharCode(reader.u8());
    const literal = readLiteral(opcode, reader);
    if (literal !== undefined) {
      stack.push(literal);
      continue;
    }
    switch (opcode) {
      case "\x80": {
        const protocol = reader.u8();
        if (protocol <= MAX_PROTOCOL) break;
        throw pytorchError(
          path,
          `its pickle must have protocol 0 to ${MAX_PROTOCOL}: it has ${protocol}`,
        );
      }
      case "\x95": // Frames only tell how much to buffer.
        reader.skip(8);
        break;
      case ".":
        return { value: stack.pop(), end: reader.position };
      case "(":
        stack.mark();
        break;
      case "q":
        memo.set(reader.u8(), stack.top());
        break;
      case "r":
        memo.set(reader.u32(), stack.top());
        break;
      case "\x94":
        memo.set(memo.size, stack.top());
        break;
      case "h":
        recall(reader.u8());
        break;
      case "j":
        recall(reader.u32());
        break;
      case "t":
        stack.push(stack.popMark());
        break;
      case "\x85":
      case "\x86":
      case "\x87":
        stack.push(stack.take(opcode.charCodeAt(0) - 0x84));
        break;
      case "a": {
        const item = stack.pop();
        stack.list().push(item);
        break;
      }
      case "e": {
        const items = stack.popMark();
        const list = stack.list();
        for (const item of items) list.push(item);
        break;
      }
      case "s":
        stack.setItems(stack.take(2));
        break;
      case "u":
        stack.setItems(stack.popMark());
        break;
      case "c":
        stack.push(meanings.find(`${reader.line()}.${reader.line()}`));
        break;
      case "\x93": {
        const name = stack.popText();
        stack.push(meanings.find(`${stack.popText()}.${name}`));
        break;
      }
      case "Q":
        stack.push(meanings.load(stack.pop()));
        break;
      case "R":
      case "\x81": {
        const args = stack.popArray();
        stack.push(meanings.call(stack.pop(), args));
        break;
      }
      case "b": {
        const state = stack.pop();
        meanings.build(stack.top(), state);
        break;
      }
      default:
        throw pytorchError(
          path,
          `its pickle must consist of the opcodes of state dicts: it has 0x${
            opcode.charCodeAt(0).toString(16).padStart(2, "0")
          }`,
        );
    }
  }
  throw pytorchError(
    path,
    `its pickle must have at most ${MAX_OPCODES} opcodes: it has more`,
  );
}
