import { assertRejects } from "@std/assert";
import { MissingArtifactError } from "../../mod.ts";
import {
  type ChangeFile,
  compareChanged,
  flip,
  remove,
} from "./compare_support.ts";

Deno.test.each<[string, ChangeFile]>([
  ["/predictions.jsonl", flip],
  ["/metrics.json", remove],
])(
  "readEvaluated() says how to mend %s when it is gone or damaged",
  async (part, change) => {
    await assertRejects(
      () => compareChanged(part, change),
      MissingArtifactError,
      'Cannot compare run "one" as a file of its evaluation is gone or damaged: run the task eval on split "validation" with --verify first',
    );
  },
);
