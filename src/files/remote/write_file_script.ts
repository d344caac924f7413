import { BLOCK } from "../segments.ts";
import { CHOOSE_HASH } from "./hash_program.ts";
import { RECEIVE } from "./receive_script.ts";

/**
 * Functions of `sh` for the digests of the segments `0` to `$k - 1` of a file,
 * each of `$b` blocks, with the program `$g`.
 *
 * `write` copies stdin to the descriptor 4 and prints the number of each segment
 * that is complete; `digests` reads it from the file while the next one arrives,
 * and passes on what is no number: `! WORDS` of a failure. The pipe between them
 * ends with the upload, whatever ends that. (`tee` would give the bytes to both,
 * but that of busybox does not report a full disk.)
 */
const SEGMENTS = `digests() {
  while read -r i; do
    case $i in
      '' | *[!0-9]*)
        echo "$i"
        continue ;;
    esac
    set -- $({ dd if="$t" bs=${BLOCK} skip=$((i*b)) count=$b | $g; } 2>/dev/null)
    echo "$1"
  done
}
numbers() {
  i=0
  while [ $i -lt $k ]; do
    echo $i
    i=$((i+1))
  done
}
takes_blocks() {
  case $(dd bs=${BLOCK} iflag=fullblock </dev/null 2>&1) in
    *"0+0 records out"*) ;;
    *) return 1 ;;
  esac
}
write() {
  IFS= read -r h || return
  i=0
  while [ $i -lt $k ]; do
    e=$(dd bs=${BLOCK} count=$b iflag=fullblock 2>&1 >&4) || {
      echo "! $e"
      return
    }
    case $e in
      *"$b+0 records out"*) echo $i ;;
      *) return ;;
    esac
    i=$((i+1))
  done
  case $h in
    [0-9]*) h=$z ;;
  esac
  e=$(take 2>&1 >&4) || echo "! $e"
}`;

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
 * octal or nothing, the time for `touch -t` in UTC or nothing, then those of
 * {@linkcode Segments}: how many, the blocks of each, and the size of what comes
 * behind them, the last line too.
 *
 * An upload without its last line, `lastLine`, was cut off. The script prints
 * `done` or `fail REASON WORDS`, and always removes what it wrote. After a
 * failure it reads what is left of stdin: a server that still writes to it might
 * drop the output.
 */
export const WRITE_FILE = `${RECEIVE}
${SEGMENTS}
${CHOOSE_HASH}
LC_ALL=C
export LC_ALL
set -f
l='
'
p=$1 d=$2 t=$3 m=$4 o=$5 y=$6 k=$7 b=$8 z=$9
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
r=
choose_hash "\${k#0}"
if [ $k != 0 ] && [ -n "$g" ] && takes_blocks; then
  r=$(exec 2>&1; write 4>"$t" | digests)
  case $r in
    *[!0-9a-f"$l"]*) fail "- \${r#*! }" ;;
  esac
else
  w=$(exec 2>&1 >"$t"; receive) || fail "- $w"
fi
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
if [ -n "$g" ]; then
  if [ $k = 0 ]; then
    set -- $($g <"$t")
  else
    [ -n "$r" ] || r=$(numbers | digests)
    set -- $({ echo "$r"; echo $k | digests; } | $g)
  fi
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
