/**
 * The tests of folders that may not be read, for the user root too: in a process
 * without its right to read everything.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { PROJECT } from "../e2e/support.ts";
import { IS_REFUSED } from "../support/denied.ts";

Deno.test({
  name: "folders that may not be read are told, and lose nothing",
  ignore: Deno.build.os !== "linux" || IS_REFUSED,
  async fn() {
    const rights = "-dac_override,-dac_read_search";
    const { code, stdout } = await new Deno.Command("setpriv", {
      args: [
        ...[`--bounding-set=${rights}`, "--inh-caps=-all", Deno.execPath()],
        ...["test", "-P", "--quiet", "--no-check", "--filter=may not be read"],
        ...["tests/artifact/file_store_test.ts"],
        "tests/classify/list_photos_test.ts",
      ],
      cwd: PROJECT,
      env: { NO_COLOR: "1" },
    }).output();
    const text = new TextDecoder().decode(stdout);
    assertEquals(code, 0, text);
    assertEquals(/(\d+) passed .* (\d+) ignored/.exec(text), null, text);
    assertEquals(/ok \| (\d+) passed/.exec(text)?.[1], "4", text);
  },
});
