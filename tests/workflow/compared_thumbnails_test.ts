import { assert, assertEquals } from "@std/assert";
import {
  type ChangeFile,
  compareChanged,
  flip,
  remove,
} from "./compare_support.ts";

Deno.test.each<[string, ChangeFile, string]>([
  [
    "/tensors-",
    remove,
    'Cannot read stage "tensors" as it is not complete: no manifest at',
  ],
  [
    "/validation-00000-of-00002",
    remove,
    'validation-00000-of-00002.safetensors" of stage "tensors" as the manifest lists it: no such file;',
  ],
  [
    "/validation-00000-of-00002",
    flip,
    'validation-00000-of-00002.safetensors" as its bytes have changed',
  ],
  [
    "/dataset-index-",
    remove,
    'Cannot read stage "dataset-index" as it is not complete: no manifest at',
  ],
])(
  "comparedThumbnails() makes none where %s is gone or damaged, and says so",
  async (part, change, reason) => {
    const { html, events } = await compareChanged(part, change);
    assert(html.includes('class="blank"') && !html.includes("<img"));
    const messages = events.map((event) =>
      event.type === "warning" ? event.message : event.type
    );
    assertEquals(messages.length, 1);
    assert(messages[0]!.startsWith("the page has no pictures: Cannot "));
    assert(messages[0]!.includes(reason), messages[0]);
    assert(
      messages[0]!.endsWith(
        '; run the task prepare for run "one" with --verify to have them',
      ),
    );
  },
);
