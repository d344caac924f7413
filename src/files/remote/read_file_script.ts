import { CHOOSE_HASH, LARGE_FILE } from "./hash_program.ts";

/**
 * Copies a file to stdout, between two marked lines. Parameters: the path, the
 * marker, and, to leave out what comes before it, the number of the first byte
 * (from 1). It is limited to what POSIX has, and `stat` and a program for SHA-256
 * where they exist; both the digest and the copy read the file, at the same time.
 *
 * `begin STATE`, the file, then `end [DIGEST -] [WORDS] CODE | STATE`; or `fail
 * REASON WORDS`.
 */
export const READ_FILE = `${CHOOSE_HASH}
LC_ALL=C
export LC_ALL
set -f
p=$1 m=$2 o=$3
fail() {
  printf '%s ' "$m" fail $1
  echo
  exit 1
}
state() {
  stat -L -c '%s %Y %y %i' "$p" 2>/dev/null || wc -c <"$p" 2>/dev/null || echo '?'
}
[ ! -d "$p" ] || fail IsDirectory
if [ ! -f "$p" ] || [ ! -r "$p" ]; then
  [ -f "$p" ] || [ ! -e "$p" ] || fail Unsafe
  fail "- $(cat "$p" 2>&1 >/dev/null)"
fi
s=$(state)
echo "$m begin" $s
[ "\${s%% *}" -ge ${LARGE_FILE} ] 2>/dev/null && l=1 || l=
choose_hash $l
exec 3>&1
e=$(
  k=
  if [ -n "$g" ]; then
    $g <"$p" 2>/dev/null &
    k=$!
  fi
  if [ -n "$o" ]; then
    tail -c "+$o" "$p" 2>&1 >&3
  else
    cat "$p" 2>&1 >&3
  fi
  c=$?
  [ $c = 0 ] || [ -z "$k" ] || kill $k 2>/dev/null
  wait
  echo " $c"
)
printf '%s ' "$m" end $e "|" $(state)
echo`;
