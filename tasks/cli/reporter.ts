/** The reporter: tells a person on standard error what happens. */

import type { PipelineEvent } from "../../mod.ts";
import { shorten } from "../../pipeline/errors.ts";
import { printable } from "../../pipeline/shown_text.ts";
import { describeAgreement, describeBackbone } from "./event_text.ts";
import { count, percent } from "./words.ts";
import {
  formatDuration,
  type Progress,
  type ProgressOptions,
  startLines,
} from "./progress.ts";

/** Rejections of a stage that are shown one by one; the rest is counted. */
const SHOWN_REJECTIONS = 5;

/** Where no bar is shown, a line is printed every so many epochs, and for the first and the last. */
const EPOCHS_A_LINE = 10;

/** Epochs whose accuracy is drawn at most; no terminal is wider. */
const KEPT_EPOCHS = 512;

/** How a reporter prints. */
export interface ReporterOptions {
  /** Whether only errors are printed. */
  quiet: boolean;
  /** Draws a bar, where a person watches a terminal. @default a line now and then */
  startBar?: ((options: ProgressOptions) => Progress) | undefined;
  /** Whether the bar of a training draws the course of its accuracy. @default {true} */
  curve?: boolean;
  /** Prints text as it is. */
  write: (text: string) => void;
}

/** Prints events of the pipeline as lines and bars. */
export class Reporter {
  readonly #options: ReporterOptions;
  #progress: Progress | undefined;
  /** When the stage began or, if it reported no start, when the stage before it ended. */
  #started = Date.now();
  #epochs = 0;
  #rejections = 0;
  readonly #told = new Set<string>();
  #fetching: string | undefined;
  #accuracies: number[] = [];

  constructor(options: ReporterOptions) {
    this.#options = options;
  }

  /** Prints a line, unless quiet. */
  line(text = ""): void {
    if (!this.#options.quiet) this.#options.write(`${text}\n`);
  }

  /** Prints an indented line, above the bar if there is one, unless quiet. */
  note(text: string): void {
    if (this.#options.quiet) return;
    const print = () => this.line(`  ${printable(shorten(text))}`);
    if (this.#progress) this.#progress.interrupt(print);
    else print();
  }

  /** Prints an error, even if quiet. */
  error(text: string): void {
    this.stop();
    this.#options.write(`error: ${printable(shorten(text))}\n`);
  }

  /** Takes the bar away, if there is one. */
  stop(): void {
    this.#progress?.stop();
    this.#progress = undefined;
  }

  /** Prints an event of the pipeline, for `onEvent`. */
  readonly onEvent = (event: PipelineEvent): void => {
    switch (event.type) {
      case "start":
        return this.#start(event);
      case "part":
        return;
      case "progress":
        return this.#progress?.update(event.done);
      case "complete":
        return this.#complete(event);
      case "epoch":
        return this.#epoch(event);
      case "rejected":
        if (++this.#rejections > SHOWN_REJECTIONS) return;
        return this.note(`left out: ${event.path}: ${event.reason}`);
      case "damaged":
        return this.note(
          `damaged, making it again: ${event.path}: ${event.reason}`,
        );
      case "agreement":
        return this.note(describeAgreement(event));
      case "precision":
        return this.note(`precision: ${event.precision}, as ${event.reason}`);
      case "warning":
        return this.note(`warning: ${event.message}`);
      case "stale":
        return this.note(
          `${event.stage} has changed since last time: ${
            event.changes.join("; ")
          }`,
        );
      case "engine":
        return this.#engine(event);
      case "backbone":
        return this.note(describeBackbone(event));
      case "fetch":
        return this.#fetch(event);
      case "fetch-note":
        return this.note(`${event.name}: ${event.message}`);
      default:
        event satisfies never;
    }
  };

  /** Begins a stage. */
  #start(event: PipelineEvent & { type: "start" }): void {
    const { stage: title, done, total, unit } = event;
    this.#rejections = 0;
    this.#epochs = 0;
    this.#accuracies = [];
    this.#begin({ title, done, total, unit });
  }

  /** Begins to show progress. */
  #begin(work: {
    title: string;
    done: number;
    total: number;
    unit: "images" | "epochs" | "megabytes";
  }): void {
    const { title, done, total, unit } = work;
    this.stop();
    this.#started = Date.now();
    const { quiet, startBar = startLines } = this.#options;
    if (quiet) return;
    if (done > 0) {
      this.line(`  ${title} continues after ${count(done, unit.slice(0, -1))}`);
    }
    const print = (line: string) => this.line(line);
    this.#progress = startBar({ title, total, unit, print });
    this.#progress.update(done);
  }

  /** Names the engine of a stage; says once why another was passed over. */
  #engine(event: PipelineEvent & { type: "engine" }): void {
    const { stage, name, description, notes } = event;
    for (const note of notes) {
      if (!this.#told.has(note)) this.note(`skipped ${note}`);
      this.#told.add(note);
    }
    this.note(`engine of ${stage}: ${name}, ${description}`);
    // Opening it, and compiling its shaders, is not the work that is timed.
    this.#progress?.restart();
  }

  /** Shows how far the weights of a preset are fetched, in 10^6 bytes. */
  #fetch(event: PipelineEvent & { type: "fetch" }): void {
    const { name, url, receivedBytes, totalBytes = 0 } = event;
    const megabytes = (bytes: number) => Math.round(bytes / 1e6);
    if (this.#fetching !== name) {
      this.note(`fetching ${name} from ${url}`);
      const total = megabytes(totalBytes);
      const done = megabytes(receivedBytes);
      this.#begin({ title: "fetch", done, total, unit: "megabytes" });
      this.#fetching = name;
    }
    this.#progress?.update(megabytes(receivedBytes));
    if (receivedBytes === totalBytes) {
      this.stop();
      this.#fetching = undefined;
    }
  }

  /** Ends a stage. */
  #complete(event: PipelineEvent & { type: "complete" }): void {
    this.stop();
    if (this.#rejections > SHOWN_REJECTIONS) {
      this.line(`  … and ${this.#rejections - SHOWN_REJECTIONS} more left out`);
    }
    this.#rejections = 0;
    const { stage, directory, skipped } = event;
    const took = formatDuration(Date.now() - this.#started);
    const how = skipped ? "already complete" : `done in ${took}`;
    this.#started = Date.now();
    // Of the tasks that demo runs, each finds complete what the one before has made.
    const told = `${stage} ${directory}`;
    if (skipped && this.#told.has(told)) return;
    this.#told.add(told);
    this.line(`  ${stage.padEnd(13)} ${how}: ${directory}`);
  }

  /** Shows an epoch: on the bar, or as a line as Keras prints it. */
  #epoch(event: PipelineEvent & { type: "epoch" }): void {
    const { record, epochs, heldOut } = event;
    const { trainAccuracy, validationAccuracy, validationLoss } = record;
    const { startBar, curve = true } = this.#options;
    if (startBar) {
      const [share, split] = validationAccuracy === undefined
        ? [trainAccuracy, "training"]
        : [validationAccuracy, heldOut];
      const note = `${split} ${percent(share)}`;
      this.#accuracies = [...this.#accuracies.slice(1 - KEPT_EPOCHS), share];
      const history = curve ? this.#accuracies : [];
      return this.#progress?.update(record.epoch, note, history);
    }
    const isFirst = this.#epochs++ === 0;
    const isShown = isFirst || record.epoch === epochs ||
      record.epoch % EPOCHS_A_LINE === 0;
    if (!isShown) return;
    const parts = [
      `loss ${record.trainLoss.toFixed(4)}`,
      `accuracy ${trainAccuracy.toFixed(4)}`,
    ];
    if (validationLoss !== undefined && validationAccuracy !== undefined) {
      parts.push(
        `${heldOut} loss ${validationLoss.toFixed(4)}`,
        `${heldOut} accuracy ${validationAccuracy.toFixed(4)}`,
      );
    }
    this.line(`  epoch ${record.epoch}/${epochs}: ${parts.join(", ")}`);
  }
}
