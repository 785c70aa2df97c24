import { assertEquals } from "@std/assert";
import { toFileUrl } from "@std/path";
import type { Flag } from "../../../tasks/cli/flags.ts";
import type { Task } from "../../../tasks/cli/run_task.ts";
import { TASK_FLAGS } from "../../../tasks/cli/task_flags.ts";
import { PROJECT } from "../../e2e/support.ts";

/** Loads every task. */
async function loadTasks(): Promise<Record<string, Task>> {
  const tasks: Record<string, Task> = {};
  for await (const { name, isFile } of Deno.readDir(`${PROJECT}tasks`)) {
    if (!isFile) continue;
    const module = await import(toFileUrl(`${PROJECT}tasks/${name}`).href);
    const isTask = (value: object) => "flags" in value && "summary" in value;
    const task = (Object.values(module) as Task[]).find(isTask);
    if (task) tasks[task.name] = task;
  }
  return tasks;
}

Deno.test("TASK_FLAGS has the flags of every task", async () => {
  const tasks = await loadTasks();
  const flags: Record<string, readonly Flag[]> = Object.fromEntries(
    Object.entries(tasks).map(([name, task]) => [name, task.flags]),
  );
  assertEquals(flags, TASK_FLAGS);
});
