/**
 * Checks how packages are pinned, and that `docs/dependencies.md` has a row for each.
 *
 * With `--online` also asks the npm registry for the newest version of each, and npm's
 * database for known vulnerabilities.
 *
 * @module
 */

// deno-lint-ignore-file no-console

import {
  findLoose,
  listPackages,
  type LockFile,
  type Package,
  type ProjectConfig,
} from "./lock_file.ts";

const ROOT = new URL("../../", import.meta.url);

/** Reads a file of the project. */
function read(path: string): Promise<string> {
  return Deno.readTextFile(new URL(path, ROOT));
}

/** A row of the table: package, version, brings, last release, used for, state, advisories. */
const ROW =
  /^\| `([^`]+)` +\| (\S+) +\| +(\d+) +\| (?:by )?[A-Z][a-z]{2} \d{4} +(?:\| \S[^|]*){3}\|$/gm;

/** Says where the table differs from what is imported, or a row has no date or no word on advisories. */
export function compareTable(
  page: string,
  packages: readonly Package[],
): string[] {
  const rows = [...page.matchAll(ROW)]
    .map(([, name, version, brings]) => `${name}@${version} brings ${brings}`);
  const wanted = packages.map(({ name, version, brings }) =>
    `${name}@${version} brings ${brings}`
  );
  return [
    ...wanted.filter((line) => !rows.includes(line))
      .map((line) => `docs/dependencies.md lacks a row: ${line}`),
    ...rows.filter((line) => !wanted.includes(line))
      .map((line) => `docs/dependencies.md has a row too many: ${line}`),
  ];
}

/** Runs a program; returns whether it succeeds, and what it prints. */
async function run(program: string, args: string[]) {
  const { success, stdout, stderr } = await new Deno.Command(program, {
    args,
    stdout: "piped",
  }).output();
  const [out, error] = [stdout, stderr].map((b) => new TextDecoder().decode(b));
  return { success, out: out!, error: error! };
}

/**
 * Says what `deno audit` found; it prints nothing where the database does not answer.
 *
 * @returns The text, and whether all packages are known to be free of vulnerabilities.
 */
export function readAudit(
  { success, out, error }: { success: boolean; out: string; error: string },
): { text: string; isClean: boolean } {
  if (success || out.trim() !== "") return { text: out, isClean: success };
  const reason = error.split("\n").find((line) => line.trim() !== "");
  const text =
    `vulnerabilities are NOT CHECKED, as npm's database does not answer: ${reason}`;
  return { text, isClean: false };
}

/** Prints the newest version of a package; returns whether it is deprecated or unknown. */
async function look({ name, version }: Package): Promise<boolean> {
  const fields = ["time", "dist-tags.latest", "deprecated"];
  const id = `${name}@${version}`;
  const { success, out } = await run("npm", ["view", id, ...fields, "--json"]);
  if (!success) {
    console.log(`${id}: the registry does not answer`);
    return true;
  }
  const { time, deprecated, "dist-tags.latest": latest } = JSON.parse(out);
  const day = String(time?.[latest]).slice(0, 10);
  const note = deprecated ? `, DEPRECATED: ${deprecated}` : "";
  console.log(`${id}: the newest is ${latest} of ${day}${note}`);
  return deprecated !== undefined;
}

/** Looks at every package, and asks for vulnerabilities; returns whether something is wrong. */
async function lookOnline(packages: readonly Package[]): Promise<boolean> {
  let isWrong = false;
  for (const entry of packages) isWrong = await look(entry) || isWrong;
  const { text, isClean } = readAudit(await run("deno", ["audit"]));
  console.log(text);
  return isWrong || !isClean;
}

if (import.meta.main) {
  const config: ProjectConfig = JSON.parse(await read("deno.json"));
  const lock: LockFile = JSON.parse(await read("deno.lock"));
  const packages = listPackages(config, lock);
  const page = await read("docs/dependencies.md");
  const faults = [...findLoose(config, lock), ...compareTable(page, packages)];
  for (const fault of faults) console.error(fault);
  const isWrong = Deno.args.includes("--online") && await lookOnline(packages);
  if (faults.length > 0 || isWrong) Deno.exit(1);
}
