/** Progress on long work: what is shown, and plain lines where nobody watches. */

/** Something whose progress is shown. */
export interface Progress {
  /** Shows how much is done; `note` is shown at the end of the line, and after it, on a terminal, the numbers of `history` as blocks. */
  update(done: number, note?: string, history?: readonly number[]): void;
  /** Begins to time anew: what was done so far says nothing about the rate. */
  restart(): void;
  /** Takes the bar away while something is printed. */
  interrupt(print: () => void): void;
  /** Ends the line. */
  stop(): void;
}

/** What is shown. */
export interface ProgressOptions {
  /** What is being done. */
  title: string;
  /** Units in all. */
  total: number;
  /** What a unit is, in the plural. */
  unit: string;
  print: (line: string) => void;
}

/** Time between two plain lines, in milliseconds: a log of an hour has 120. */
const LINE_MS = 30_000;

/**
 * Renders a duration for people.
 *
 * @returns Text such as `0.4 s`, `12 s`, `3 min 5 s`, `2 h 10 min`.
 */
export function formatDuration(ms: number): string {
  // Rounded before it is divided, or 119.6 s would be 1 min 60 s.
  const tenths = Math.round(ms / 100);
  if (tenths < 100) return `${(tenths / 10).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${seconds % 60} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** The rate since the start, and the time that the rest takes at this rate. */
export function estimate(
  done: number,
  total: number,
  elapsedMs: number,
): { rate: string; left: string } {
  const perSecond = done / (elapsedMs / 1000);
  if (!(perSecond > 0) || !Number.isFinite(perSecond)) {
    return { rate: "-", left: "-" };
  }
  const rate = perSecond >= 10 ? perSecond.toFixed(0) : perSecond.toFixed(1);
  return { rate, left: formatDuration((total - done) / perSecond * 1000) };
}

/** Starts to show progress by a line now and then. */
export function startLines(options: ProgressOptions): Progress {
  const { title, total, unit, print } = options;
  let started = Date.now();
  let last = started;
  let first: number | undefined;
  let latest: number | undefined;
  return {
    update(done, note = "") {
      first ??= done;
      latest = done;
      const now = Date.now();
      if (now - last < LINE_MS || done === total) return;
      last = now;
      const { rate, left } = estimate(
        done - first,
        total - first,
        now - started,
      );
      print(
        `  ${title}: ${done}/${total} ${unit}, ${rate}/s, ${left} left${
          note && `, ${note}`
        }`,
      );
    },
    restart() {
      started = Date.now();
      first = latest;
    },
    interrupt: (print) => print(),
    stop: () => {},
  };
}
