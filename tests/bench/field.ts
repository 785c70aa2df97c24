/**
 * The programs that are compared in a case: those that start, and why the others
 * do not.
 *
 * @module
 */

import { compareRounds, type Comparison, type Row } from "./bench_row.ts";
import { type Child, type Program, startChild } from "./child.ts";
import { type BenchContext, SkipError } from "./context.ts";
import { type Contestant, takeRounds } from "./rounds.ts";

/** A program, and how much it is given at a time. */
export interface Entrant {
  /** Finds the program. */
  program: () => Program | Promise<Program>;
  /** Units of work of a run. */
  count: number;
  /** Floating-point operations of a unit, where they are the figure; else units are counted. */
  operations?: number;
}

/** What a comparison needs beside the numbers. */
export type FieldComparison = Omit<Comparison, "ours" | "peer">;

/** The programs of a case. */
export class Field implements AsyncDisposable {
  readonly #children = new Map<string, Child>();
  readonly #reasons = new Map<string, string>();
  readonly #figures = new Map<string, number[]>();

  /** The program of a name, if it has started. */
  child(name: string): Child | undefined {
    return this.#children.get(name);
  }

  /** Why a program has not started. */
  reason(name: string): string | undefined {
    return this.#reasons.get(name);
  }

  /** Figures of a name, one a round; `undefined` if it took no part. */
  figures(name: string): number[] | undefined {
    return this.#figures.get(name);
  }

  /**
   * Starts programs and lets each of them run once, before it counts.
   *
   * @param entrants The programs by name.
   * @param context The run.
   * @returns Contestants by name, whose figure is units a second.
   */
  async start(
    entrants: Readonly<Record<string, Entrant>>,
    context: BenchContext,
  ): Promise<Record<string, Contestant>> {
    const contestants: Record<string, Contestant> = {};
    for (const [name, entrant] of Object.entries(entrants)) {
      const { program, count, operations = 1 } = entrant;
      context.note(`warming up ${name}`);
      try {
        const child = await startChild(await program());
        this.#children.set(name, child);
        await child.ask({ count });
        contestants[name] = async () =>
          count * operations / (await child.ask({ count })).seconds;
      } catch (error) {
        const reason = error instanceof SkipError
          ? error.message
          : String(error);
        this.#reasons.set(name, reason);
      }
    }
    return contestants;
  }

  /** Lets the contestants take turns. */
  async compete(
    contestants: Readonly<Record<string, Contestant>>,
    context: BenchContext,
  ): Promise<void> {
    const names = Object.keys(contestants).join(", ");
    context.note(`${context.runs} rounds of ${names}`);
    const figures = await takeRounds(contestants, context.runs);
    for (const [name, values] of Object.entries(figures)) {
      this.#figures.set(name, values!);
    }
  }

  /** Compares two of them; where one took no part, the line says why. */
  compare(
    figure: string,
    names: readonly [ours: string, peer: string],
    comparison: FieldComparison,
  ): Row {
    const [ours, peer] = names.map((name) => this.#figures.get(name));
    if (ours && peer) {
      return compareRounds(figure, { ...comparison, ours, peer });
    }
    const absent = names.find((name) => !this.#figures.has(name))!;
    const reason = this.#reasons.get(absent) ?? "it took no part";
    return { figure, skipped: `${absent}: ${reason}` };
  }

  /** Ends the programs. */
  async [Symbol.asyncDispose](): Promise<void> {
    for (const child of this.#children.values()) {
      await child[Symbol.asyncDispose]();
    }
  }
}
