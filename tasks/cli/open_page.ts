/**
 * Opening a page in the person's browser.
 *
 * The program gets the page as an argument of its own, never as part of a line
 * that a shell reads: paths may hold anything.
 */

import { toFileUrl } from "../../pipeline/path.ts";
import { isLocation } from "../../pipeline/s3/location.ts";
import { printable } from "../../pipeline/shown_text.ts";
import type { TaskContext } from "./run_task.ts";
import { insideWork } from "./user_path.ts";

/** A program and its arguments. */
type OpenCommand = [program: string, ...args: string[]];

/**
 * Time in which a program that cannot open a page says so, in milliseconds.
 * Without a desktop, `xdg-open` is the browser itself and ends when that is closed.
 */
const PATIENCE_MS = 3000;

/**
 * Says which program opens a page.
 *
 * @example Usage
 * ```ts
 * openCommand("linux", "/home/me/report.html"); // ["xdg-open", "/home/me/report.html"]
 * ```
 *
 * @param path Absolute path of the page.
 */
export function openCommand(
  os: typeof Deno.build.os,
  path: string,
): OpenCommand {
  switch (os) {
    case "darwin":
      return ["open", path];
    case "windows":
      // What `start` does, without the shell that `start` is part of. A URL has no
      // blanks, which rundll32 would have to be given in quotes of its own.
      return ["rundll32", "url.dll,FileProtocolHandler", toFileUrl(path).href];
    default:
      return ["xdg-open", path];
  }
}

/**
 * Starts a program, which may keep running.
 *
 * @returns Why it failed; `undefined` if it did not.
 */
async function runProgram(command: OpenCommand): Promise<string | undefined> {
  const [program, ...args] = command;
  try {
    const child = new Deno.Command(program, {
      args,
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn();
    const patience = Promise.withResolvers<undefined>();
    const timer = setTimeout(() => patience.resolve(undefined), PATIENCE_MS);
    const status = await Promise.race([child.status, patience.promise]);
    clearTimeout(timer);
    if (status === undefined) child.unref();
    return status === undefined || status.success
      ? undefined
      : `${program} failed with exit code ${status.code}`;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) {
      return `there is no program ${program}`;
    }
    if (error instanceof Deno.errors.NotCapable) {
      return `the task is not permitted to run ${program}`;
    }
    return `${program} cannot be started: ${(error as Error).message}`;
  }
}

/**
 * Opens the page of a task if the person wants it. A page that cannot be opened
 * is there all the same, so that is told and is no failure.
 *
 * @param page The page, relative to the work directory; `null` if there is none.
 */
export async function openPage(
  { reporter, work, values }: Pick<TaskContext, "reporter" | "work" | "values">,
  page: string | null,
): Promise<void> {
  if (values.open !== true) return;
  if (page === null) {
    reporter.line("  no page was written, so none is opened");
    return;
  }
  const path = insideWork(work, page);
  const failure = isLocation(work)
    ? "a browser opens no page of an object store"
    : await runProgram(openCommand(Deno.build.os, path));
  if (failure === undefined) return;
  reporter.line(
    `  warning: ${printable(failure)}: open ${printable(path)} yourself`,
  );
}
