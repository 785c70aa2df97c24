/**
 * Checks that the package can be published.
 *
 * `deno publish` leaves the folders of workspace members out of the package that
 * holds them, and the reader of weight files is both a member and a part of it. So
 * the check runs with the project's configuration without the workspace.
 *
 * Run it as `deno run --allow-read --allow-write --allow-run=deno tests/package/publish_check.ts`;
 * arguments go to `deno publish`.
 *
 * @module
 */

const CONFIG = "publish.json";

const { workspace: _, ...config } = JSON.parse(
  await Deno.readTextFile("deno.json"),
);
config.publish.exclude.push("pipeline/weights/deno.json", CONFIG);
await Deno.writeTextFile(CONFIG, JSON.stringify(config));
try {
  const args = ["publish", "--config", CONFIG, "--dry-run", ...Deno.args];
  const { code } = await new Deno.Command("deno", { args }).spawn().status;
  Deno.exitCode = code;
} finally {
  await Deno.remove(CONFIG);
}
