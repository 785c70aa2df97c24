/** The shell scripts that start an executable without Deno's compiler. */

/** What both scripts begin with: a name that is given is not run as a command. */
const HEAD = `#!/bin/sh
# Made by headstart: predicts with the model in it, and serves it.
set -eu
`;

/**
 * The script beside the program in its folder.
 *
 * Deno keeps its compiled code beside the script if that folder can be written. Paths
 * are relative to the current folder of the caller.
 */
export const START_SCRIPT = `${HEAD}
here=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd -P)
unset INIT_CWD
export DENO_DIR="\${DENO_DIR:-$here/cache}" DENO_NO_UPDATE_CHECK=1
export ORT_DISABLE_TELEMETRY=1 HEADSTART_PROGRAM="\${HEADSTART_PROGRAM:-$0}"
case \${1:-} in
  serve) set_name=serve ;;
  *) set_name=predict ;;
esac
exec "$here/deno" run --quiet --no-lock --cached-only --no-prompt \\
  --config "$here/app/deno.json" "-P=$set_name" "$here/app/tasks/executable.ts" "$@"
`;

/** Length of the script that unpacks, so that it can say where it ends. */
const UNPACK_BYTES = 1536;

/**
 * Makes the script that stands before a packed folder: the first start unpacks it
 * into the user's cache, complete or not at all.
 *
 * @param digest SHA-256 of the packed folder, in hex: another program has another folder.
 * @returns The script, always of the same length.
 */
export function unpackScript(digest: string): string {
  const script = `${HEAD}
cache="\${XDG_CACHE_HOME:-\${HOME:-}/.cache}/headstart/programs"
program="$cache/${digest.slice(0, 32)}"
if [ ! -x "$program/headstart" ]; then
  umask 077
  mkdir -p "$cache" && part=$(mktemp -d "$cache/incomplete.XXXXXX") || {
    echo "error: Cannot unpack as \\"$cache\\" cannot be written: set XDG_CACHE_HOME" >&2
    exit 1
  }
  trap 'rm -rf "$part"' EXIT
  tail -c +${UNPACK_BYTES + 1} -- "$0" | gzip -dc | tar -xf - -C "$part" || {
    echo "error: Cannot unpack into \\"$cache\\": is the disk full, or the file damaged?" >&2
    exit 1
  }
  # Another start may have been faster.
  [ -d "$program" ] || mv "$part" "$program"
  rm -rf "$part"
  trap - EXIT
fi
export HEADSTART_PROGRAM="\${HEADSTART_PROGRAM:-$0}"
exec "$program/headstart" "$@"
`;
  return `${script.padEnd(UNPACK_BYTES - 1, "#")}\n`;
}
