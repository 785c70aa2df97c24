/** The text of `--help`. */

import type { Flag } from "./flags.ts";

/** Longest placeholder that is shown beside its flag. */
const SHOWN_PLACEHOLDER = 12;

/** Shows how a flag is given. */
function showUsage({ name, placeholder, isOn }: Flag): string {
  if (placeholder.length > SHOWN_PLACEHOLDER) return `--${name} …`;
  return `--${isOn ? "no-" : ""}${name} ${placeholder}`.trim();
}

/** Makes the text of `--help` that of a program that a run travels with. */
export function packedHelp(text: string): string {
  return text.replace(/(--(work|run) .*)\(.*\)$/gm, "$1(the packed one)");
}

/**
 * Renders the text of `--help`.
 *
 * @param command How the task is started, such as `deno task train`.
 */
export function renderHelp(
  command: string,
  summary: string,
  flags: readonly Flag[],
  words = "",
): string {
  const usage = flags.map(showUsage);
  const width = Math.max(...usage.map((text) => text.length)) + 2;
  const lines = flags.map(({ placeholder, description }, i) => {
    const choices = placeholder.length > SHOWN_PLACEHOLDER
      ? `${placeholder}: `
      : "";
    return `  ${usage[i]!.padEnd(width)}${choices}${description}`;
  });
  return `Usage: ${
    [command, words, "[flags]"].filter(Boolean).join(" ")
  }\n\n${summary}\n\nFlags:\n${lines.join("\n")}`;
}
