import { RECEIVE } from "./receive_script.ts";

/** The length of the last line of an upload, in bytes. */
export const LAST_LINE = 136;

/**
 * The last line of an upload, which says that all of it came. It has a fixed
 * length, so that the container finds it at the end of what it has written.
 */
export function lastLine(
  marker: string,
  size: number,
  digest: string,
): string {
  const total = String(size + LAST_LINE).padEnd(16);
  return `${marker} ${String(size).padEnd(16)} ${total} ${digest}\n`;
}

/**
 * Writes stdin to a file beside the final name, checks it, and moves it there.
 * Parameters: the path, its directory, the name beside it, the marker, the mode in
 * octal or nothing, and the time for `touch -t` in UTC or nothing.
 *
 * An upload without its last line, `lastLine`, was cut off. The script prints
 * `done` or `fail REASON WORDS`, and always removes what it wrote. After a
 * failure it reads what is left of stdin: a server that still writes to it might
 * drop the output.
 */
export const WRITE_FILE = `${RECEIVE}
LC_ALL=C
export LC_ALL
set -f
p=$1 d=$2 t=$3 m=$4 o=$5 y=$6
fail() {
  rm -f "$t"
  printf '%s ' "$m" fail $1
  echo
  cat >/dev/null 2>&1
  exit 1
}
[ ! -d "$p" ] || fail IsDirectory
[ -f "$p" ] || [ ! -e "$p" ] || fail Exists
[ -d "$d" ] || fail "- $(ls -d "$d/." 2>&1 >/dev/null)"
a=
[ ! -f "$p" ] || a=$(stat -L -c '%a %u:%g' "$p" 2>/dev/null)
[ -z "$o$a" ] || umask 077
w=$( (set -C; : >"$t") 2>&1 ) || fail "- $w"
trap 'rm -f "$t"' EXIT
trap 'exit 1' HUP INT TERM PIPE
w=$(exec 2>&1 >"$t"; receive) || fail "- $w"
e=$(tail -c ${LAST_LINE} "$t")
case $e in
  "$m "*) ;;
  *) fail Incomplete ;;
esac
set -- $e
n=$2 h=$4
s=$(stat -c %s "$t" 2>/dev/null || wc -c <"$t" 2>/dev/null)
[ -z "$s" ] || [ $s = "$3" ] || fail Incomplete
truncate -s "$n" "$t" 2>/dev/null || {
  w=$(dd if=/dev/null of="$t" bs=1 seek="$n" count=0 2>&1) || fail "- $w"
}
if command -v sha256sum >/dev/null 2>&1; then
  set -- $(sha256sum <"$t")
  [ "$1" = "$h" ] || fail Incomplete
fi
if [ -n "$a" ]; then
  chown "\${a#* }" "$t" 2>/dev/null
  a=\${a%% *}
  [ -n "$o" ] || o=\${a#"\${a%???}"}
  [ -n "$o" ] || o=$a
fi
if [ -n "$o" ]; then
  w=$(chmod "$o" "$t" 2>&1) || fail "- $w"
fi
[ -z "$y" ] || TZ=UTC0 touch -t "$y" "$t" 2>/dev/null
w=$(mv -f "$t" "$p" 2>&1) || fail "- $w"
trap - EXIT
echo "$m done"`;
