/** Work directories of tasks that only read. */

import { isLocation } from "../s3/location.ts";
import { openObjects } from "./object_store.ts";
import { diskWorkspace, type Workspace } from "./workspace.ts";

/** Opens a work directory for a task that only reads; nothing is created. */
export function readWorkspace(root: string): Workspace {
  return isLocation(root)
    ? { root, store: openObjects(root, "work") }
    : diskWorkspace(root);
}
