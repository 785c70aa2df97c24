/**
 * The runs that are served, by name: one can be replaced while it is in use.
 */

import { ApiError } from "./api_error.ts";
import type { ServedModel } from "./served_model.ts";

/** A run and who uses it. */
interface Entry {
  model: ServedModel;
  /** Requests that use it. */
  leases: number;
  /** Closes it, when it is replaced and no request uses it. */
  close: () => Promise<void>;
  /** Whether another has taken its place. */
  isReplaced: boolean;
}

/** A run that stays open while a request uses it. */
export interface Lease extends Disposable {
  /** The run. */
  readonly model: ServedModel;
}

/** The runs that are served. */
export class Catalogue implements AsyncDisposable {
  readonly #entries = new Map<string, Entry>();
  readonly #closing = new Set<Promise<void>>();

  /** Takes runs; the first is the one that is used where none is named. */
  constructor(models: readonly ServedModel[]) {
    for (const model of models) this.replace(model);
  }

  /** Names of the runs, in order. */
  get names(): string[] {
    return [...this.#entries.keys()];
  }

  /**
   * Returns a run to look at.
   *
   * @param name Its name; the first if not given.
   * @throws {ApiError} If none of this name is served.
   */
  get(name?: string): ServedModel {
    return this.#find(name).model;
  }

  /**
   * Returns a run to use.
   *
   * @param name Its name; the first if not given.
   * @returns The run; it stays open until the lease is disposed of.
   * @throws {ApiError} If none of this name is served.
   */
  lease(name?: string): Lease {
    const entry = this.#find(name);
    entry.leases++;
    return {
      model: entry.model,
      [Symbol.dispose]: () => {
        entry.leases--;
        this.#closeUnused(entry);
      },
    };
  }

  /**
   * Puts a run in the place of the one of its name. Requests that use the old one
   * are answered by it; then it is closed.
   */
  replace(model: ServedModel): void {
    const { run } = model.facts;
    const old = this.#entries.get(run);
    const close = () => model.close();
    this.#entries.set(run, { model, leases: 0, close, isReplaced: false });
    if (old === undefined) return;
    old.isReplaced = true;
    this.#closeUnused(old);
  }

  /** Finds a run. */
  #find(name: string | undefined): Entry {
    const wanted = name ?? this.names[0] ?? "";
    const entry = this.#entries.get(wanted);
    if (entry) return entry;
    throw new ApiError(
      "no_such_run",
      "Cannot find a run of this name: GET /api/runs lists those that are served",
    );
  }

  /** Closes a run that was replaced and that no request uses. */
  #closeUnused(entry: Entry): void {
    if (!entry.isReplaced || entry.leases > 0) return;
    const closed = entry.close().finally(() => this.#closing.delete(closed));
    this.#closing.add(closed);
  }

  /** Closes all runs. */
  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([
      ...this.#closing,
      ...[...this.#entries.values()].map(({ close }) => close()),
    ]);
  }
}
