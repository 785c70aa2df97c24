import { assertEquals } from "@std/assert";
import { toFileUrl } from "@std/path";
import type { Task } from "../../../tasks/cli/run_task.ts";
import { TASK_FLAGS } from "../../../tasks/cli/task_flags.ts";
import { PROJECT } from "../../e2e/support.ts";

/** Lists the names of the tasks, by loading them. */
async function listTasks(): Promise<string[]> {
  const names: string[] = [];
  for await (const { name, isFile } of Deno.readDir(`${PROJECT}tasks`)) {
    if (!isFile) continue;
    const module = await import(toFileUrl(`${PROJECT}tasks/${name}`).href);
    const isTask = (value: object) => "name" in value && "summary" in value;
    const task = (Object.values(module) as Task[]).find(isTask);
    if (task) names.push(task.name);
  }
  return names;
}

Deno.test("TASK_FLAGS has the flags of every task", async () => {
  const names = await listTasks();
  assertEquals(names.sort(), Object.keys(TASK_FLAGS).sort());
});
