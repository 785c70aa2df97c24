/**
 * A clock and a terminal for the tests of what people see, and a task that is
 * listened to while it runs.
 *
 * @module
 */

import process from "node:process";

/** A clock that stands still until it is moved. */
export interface Clock {
  /** Milliseconds since it was started. */
  ms: number;
}

/** Calls `body` while `Date.now()` follows a clock at 0. */
export function withClock(body: (clock: Clock) => void): void {
  const { now } = Date;
  const clock = { ms: 0 };
  Date.now = () => clock.ms;
  try {
    body(clock);
  } finally {
    Date.now = now;
  }
}

/** A terminal on standard error. */
export interface Terminal {
  /** Prints text, as a reporter does. */
  write: (text: string) => void;
  /** The lines that a person sees. */
  lines: () => string[];
}

/** Calls `body` while standard error of `process` is a terminal of its own, of so many columns. */
export function withTerminal(
  body: (terminal: Terminal) => void,
  columns = 80,
): void {
  const { stderr } = process;
  const names = ["isTTY", "write", "columns"] as const;
  const before = names.map((name) =>
    Object.getOwnPropertyDescriptor(stderr, name)
  );
  let written = "";
  const write = (text: string) => {
    written += text;
    return true;
  };
  const define = (name: string, value: unknown) =>
    Object.defineProperty(stderr, name, { value, configurable: true });
  define("isTTY", true);
  define("write", write);
  define("columns", columns);
  try {
    body({ write, lines: () => renderScreen(written) });
  } finally {
    names.forEach((name, i) => {
      delete (stderr as unknown as Record<string, unknown>)[name];
      if (before[i]) Object.defineProperty(stderr, name, before[i]);
    });
  }
}

/** Saved and restored cursor, and sequences with a number and a letter. */
const CONTROL =
  // deno-lint-ignore no-control-regex
  /\x1b([78])|\x1b\[\??(\d*)([A-Za-z])|[\s\S]/gu;

/**
 * Says what a terminal shows.
 *
 * @param text Text with the control sequences of ECMA-48 that a bar uses: column, erase in line, and DEC's save and restore of the cursor.
 * @returns The lines, without spaces at their ends, down to the last that is not empty.
 */
export function renderScreen(text: string): string[] {
  const rows: string[][] = [[]];
  let [row, column] = [0, 0];
  let saved = [0, 0] as [number, number];
  for (const [whole, cursor, count, letter] of text.matchAll(CONTROL)) {
    const line = rows[row] ??= [];
    if (cursor === "7") saved = [row, column];
    else if (cursor === "8") [row, column] = saved;
    else if (letter === "G") column = Number(count || 1) - 1;
    else if (letter === "K") {
      if (count === "2") line.fill(" ");
      else line.splice(column);
    } else if (letter !== undefined) continue;
    else if (whole === "\r") column = 0;
    else if (whole === "\n") [row, column] = [row + 1, 0];
    else {
      while (line.length < column) line.push(" ");
      line[column++] = whole;
    }
  }
  const lines = Array.from(rows, (cells = []) => cells.join("").trimEnd());
  return lines.slice(0, lines.findLastIndex((line) => line !== "") + 1);
}

/** A program whose standard error is read while it runs. */
export interface Listener {
  /** Everything read so far. */
  heard: () => string;
  /** Reads on until `text` appears; throws if the program ends before. */
  until: (text: string) => Promise<void>;
  /** Reads to the end. */
  end: () => Promise<{ code: number; stdout: string; stderr: string }>;
}

/** Listens to a program with both outputs piped. */
export function listen(child: Deno.ChildProcess): Listener {
  const reader = child.stderr.pipeThrough(new TextDecoderStream()).getReader();
  const stdout = new Response(child.stdout).text();
  let stderr = "";
  const read = async () => {
    const { value = "", done } = await reader.read();
    stderr += value;
    return !done;
  };
  return {
    heard: () => stderr,
    async until(text) {
      while (!stderr.includes(text)) {
        if (!await read()) throw new Error(`"${text}" is not in: ${stderr}`);
      }
    },
    async end() {
      while (await read());
      const { code } = await child.status;
      return { code, stdout: await stdout, stderr };
    },
  };
}
