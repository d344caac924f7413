import { RECEIVE } from "./receive_script.ts";

/** The tar of a small busybox takes no names from stdin. */
const TAKES_NAMES = `takes_names() {
  echo . | tar -cf /dev/null -C / --no-recursion -T - 2>/dev/null
}`;

/**
 * Lists what a tree has, without its contents, between two marked lines.
 * Parameters: the path and the marker.
 *
 * `begin`, a line `MODE SIZE SECONDS NAME` for each entry (the mode in hex, with
 * its type), then `end CODE`; for a file the name is empty. `none` if the
 * container has no `find` or no `stat` with `-c`, or READ_LISTED cannot work.
 */
export const LIST_TREE = `${TAKES_NAMES}
LC_ALL=C
export LC_ALL
unset TAR_OPTIONS
set -f
p=$1 m=$2
f='%f %s %Y '
none() {
  echo "$m none"
  exit
}
command -v find >/dev/null 2>&1 || none
stat -L -c "$f" / >/dev/null 2>&1 || none
[ ! -d "$p" ] || takes_names || command -v xargs >/dev/null 2>&1 || none
echo "$m begin"
if [ -d "$p" ]; then
  (cd "$p" && find . -exec stat -c "$f%n" {} +) 2>/dev/null
else
  stat -L -c "$f" "$p" 2>/dev/null
fi
c=$?
printf '%s end %s\\n' "$m" "$c"`;

/**
 * Copies some entries of a directory to stdout as READ_TREE does. Parameters: the
 * path and the marker; stdin has the names, a line each, none of a directory.
 * Where `tar` takes no names from stdin there may be several archives.
 */
export const READ_LISTED = `${RECEIVE}
${TAKES_NAMES}
LC_ALL=C
export LC_ALL
unset TAR_OPTIONS
set -f
p=$1 m=$2
command -v tar >/dev/null 2>&1 || {
  echo "$m fail Unavailable tar"
  exit 1
}
echo "$m begin"
exec 3>&1
e=$({
  receive | if takes_names; then
    tar -cf - -C "$p" -T -
  else
    tr '\\n' '\\0' | xargs -0 tar -cf - -C "$p"
  fi 2>&1 >&3
  echo " $?"
} | tail -c 1500)
printf '%s ' "$m" end $e
echo`;
