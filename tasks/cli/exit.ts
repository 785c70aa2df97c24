/** Ending the program of a task. */

/** Whether this thread is one that `confined.ts` has started. */
export const IS_CONFINED: boolean = "WorkerGlobalScope" in globalThis;

/** Ends the program; a worker asks for it, and ends itself. */
export function exit(code: number): void {
  if (!IS_CONFINED) Deno.exit(code);
  (globalThis as unknown as Worker).postMessage(code);
  close();
}
