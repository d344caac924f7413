import type { ExecRunOptions } from "../request/exec_options.ts";
import type { RemoteProcess } from "../request/shell_command.ts";
import type { ExecResult } from "./exec_result.ts";

/** Milliseconds for the whole second exec. */
const KILL_TIMEOUT = 5_000;

/** Runs another command in the container of the first. */
export type RunBeside = (
  request: Pick<ExecRunOptions, "command" | "stderr" | "timeout">,
) => Promise<ExecResult>;

/**
 * Sends the signals `$3`, `$4` and so on, one after the other, to the group of
 * process `$1`, or to the process alone if it leads none, until all of it is
 * gone; each time it looks for about 2 seconds, then exits with 1.
 *
 * A process that has been started at another time than `$2` is not ours. Zombies
 * count as gone: PID 1 of a container may never collect them. Without `/proc`
 * only `kill -0` tells.
 */
const SCRIPT = `p=$1 t=$2
set_fields() { S=$1 G=$3; shift 19; T=$1; }
look() { S= G= T= L=; { read -r L <$1 && set_fields \${L##*) }; } 2>/dev/null; }
live() {
  look /proc/$$/stat
  if [ -z "$T" ]; then kill -0 -$p || kill -0 $p; return; fi 2>/dev/null
  look /proc/$p/stat
  case $S in ''|Z|X|x) ;; *) [ "$T" = "$t" ] && return 0; esac
  for f in /proc/[0-9]*/stat; do
    look $f
    case $S in ''|Z|X|x) continue; esac
    [ "$G" = $p ] && return 0
  done
  return 1
}
look /proc/$p/stat
if [ -n "$t" ] && [ -n "$T" ] && [ "$T" != "$t" ]; then echo gone; exit; fi
shift 2
for s; do
  i=0 d=1
  while live; do
    if [ $i = 0 ]; then kill -$s -$p || kill -$s $p; fi 2>/dev/null
    [ $i -ge 20 ] && continue 2
    sleep 0.$d 2>/dev/null || { sleep 1; i=$((i + 10 - d)); }
    i=$((i + d))
    [ $d -lt 4 ] && d=$((d * 2))
  done
  echo gone
  exit
done
exit 1`;

/**
 * Ends a process and its group by another exec in the same container.
 *
 * @returns Whether they are known to be gone. Never rejects.
 */
export async function killProcess(
  { pid, startTime }: RemoteProcess,
  signals: readonly string[],
  run: RunBeside,
): Promise<boolean> {
  const command = ["sh", "-c", SCRIPT, "sh", pid, startTime, ...signals];
  try {
    // A success alone may be a lie: see rule 3.
    const result = await run({
      command,
      stderr: false,
      timeout: KILL_TIMEOUT,
    });
    return result.ok && result.text() === "gone\n";
  } catch {
    return false;
  }
}
