/**
 * Copies a directory to stdout as a tar archive, between two marked lines.
 * Parameters: the path, the marker, the path's directory and its last name.
 *
 * `begin`, the archive, then `end [WORDS] CODE` with tar's; or `file SIZE MODE
 * SECONDS` for a file that is to be read by itself, as its digest can be checked,
 * there is no tar, it is behind a symbolic link, GNU tar would take a backslash in
 * its name for the beginning of another character, or it may be one of the kernel,
 * whose size is not that of its content; or `fail REASON WORDS`.
 */
export const READ_TREE = `LC_ALL=C
export LC_ALL
unset TAR_OPTIONS
set -f
p=$1 m=$2 d=$3 n=$4
say() {
  printf '%s ' "$m" "$@"
  echo
}
fail() {
  say fail $1
  exit 1
}
alone() {
  case $p in
    /proc/* | /sys/* | *\\\\*) return 0 ;;
  esac
  [ -z "$k" ] || [ -L "$p" ] || [ ! -s "$p" ] || { has sha256sum && has stat; }
}
has() {
  command -v $1 >/dev/null 2>&1
}
has tar && k=1 || k=
if [ -d "$p" ]; then
  d=$p n=.
  [ -n "$k" ] || fail "Unavailable tar"
elif [ ! -e "$p" ]; then
  fail "- $(ls -dL "$p" 2>&1 >/dev/null)"
elif [ ! -f "$p" ]; then
  fail Unsafe
elif alone; then
  s=$(stat -L -c '%s %a %Y' "$p" 2>/dev/null || wc -c <"$p" 2>/dev/null)
  say file $s
  exit
fi
has tail || fail "Unavailable tail"
echo "$m begin"
exec 3>&1
e=$({ tar -cf - -C "$d" "$n" 2>&1 >&3; echo " $?"; } | tail -c 1500)
say end $e`;
