import { COMPARE_DIGESTS } from "./compare_digests.ts";
import { RECEIVE } from "./receive_script.ts";

/**
 * Unpacks a tar archive from stdin in a directory of its own, checks it, and
 * moves what it has to the final names. Parameters: the path, its directory, the
 * name of the directory to unpack in, and the marker, which is also the name of a
 * directory of the archive that says what the rest of it must be: lists of
 * digests, and in the end `end`, without which the archive was cut off.
 *
 * GNU tar would take options from its environment, such as ones that leave out
 * files.
 *
 * It may have another archive, `directories`, of the directories alone: they get
 * their rights when all is checked, and then their times, which links that busybox
 * makes last, and the removal of what is not of the tree, would change.
 *
 * A directory that its owner may not write to cannot be moved, except by root: it
 * gets that right for a moment.
 *
 * Nothing is moved if something else is in the way: a directory is merged with
 * a directory only, never with what a symbolic link leads to, and a file replaces
 * a file or a link. If the path's directory is made by somebody else meanwhile,
 * `mv` moves into it what was to get its name: that is merged, too.
 *
 * It prints `done` or `fail REASON WORDS`, and always removes what it unpacked.
 * After a failure it reads what is left of stdin: a server that still writes to
 * it might drop the output.
 */
export const WRITE_TREE = `${RECEIVE}
${COMPARE_DIGESTS}
LC_ALL=C
export LC_ALL
unset TAR_OPTIONS
p=$1 d=$2 t=$3 m=$4
clean() {
  rm -rf "$t" 2>/dev/null || {
    chmod -R u+rwx "$t" 2>/dev/null
    rm -rf "$t"
  }
}
fail() {
  clean
  set -f
  printf '%s ' "$m" fail $1
  echo
  cat >/dev/null 2>&1
  exit 1
}
if [ -d "$p" ]; then
  case $p in
    */) t=$p$t ;;
    *) t=$p/$t ;;
  esac
elif [ -e "$p" ] || [ -L "$p" ]; then
  t=$d$t
  fail NotDirectory
else
  [ -d "\${d:-.}" ] || fail "- $(ls -d "\${d:-.}/." 2>&1 >/dev/null)"
  t=$d$t
fi
for c in tar rm; do
  command -v $c >/dev/null 2>&1 || fail "Unavailable $c"
done
w=$( (umask 077; mkdir "$t") 2>&1) || fail "- $w"
trap clean EXIT
trap 'exit 1' HUP INT TERM PIPE
s=$t/\${t##*/}
w=$(mkdir "$s" 2>&1) || fail "- $w"
w=$({ receive | tar -xpof - -C "$s"; } 2>&1) || fail "- $w"
[ "$(cat "$s/$m/end" 2>/dev/null)" = "$m" ] || fail "Incomplete $w"
c=
[ -w "$s" ] || {
  c=u-w
  chmod u+w "$s"
}
w=$(mv "$s/$m" "$t/$m" 2>&1) || fail "- $w"
w=$(cd "$s" && compare_digests "../$m") || fail "Incomplete $w"
if [ -f "$t/$m/directories" ]; then
  w=$(tar -xpof "$t/$m/directories" -C "$s" 2>&1) || fail "- $w"
fi
[ -z "$c" ] || chmod $c "$s"
check() {
  for f in "$1"/* "$1"/.[!.]* "$1"/..?*; do
    [ -e "$f" ] || [ -L "$f" ] || continue
    g=$2/\${f##*/}
    if [ -d "$f" ] && [ ! -L "$f" ]; then
      if [ -d "$g" ] && [ ! -L "$g" ]; then
        check "$f" "$g"
      elif [ -e "$g" ] || [ -L "$g" ]; then
        fail "Exists $g"
      fi
    elif [ -L "$g" ]; then
      :
    elif [ -d "$g" ]; then
      fail "IsDirectory $g"
    elif [ -e "$g" ] && [ ! -f "$g" ]; then
      fail "Exists $g"
    fi
  done
}
names() {
  for f in "$1"/* "$1"/.[!.]* "$1"/..?*; do
    [ -e "$f" ] || [ -L "$f" ] || continue
    printf '%s\\0' "$f"
  done
}
move() {
  c=
  [ -w "$1" ] || c=u-w
  w=$({ [ -z "$c" ] || chmod u+w "$1"; } && mv "$1" "$2" 2>&1) || fail "- $w"
  [ -z "$c" ] || chmod $c "$2"
}
merge() {
  [ -w "$1" ] || chmod u+w "$1"
  for f in "$1"/* "$1"/.[!.]* "$1"/..?*; do
    g=$2/\${f##*/}
    if [ -d "$f" ] && [ ! -L "$f" ] && [ -d "$g" ] && [ ! -L "$g" ]; then
      merge "$f" "$g"
    elif [ -d "$f" ] && [ ! -L "$f" ] && [ ! -w "$f" ]; then
      move "$f" "$g"
    fi
  done
  w=$(
    names "$1" |
      xargs -0 -n 200 sh -c '[ $# = 0 ] || mv -f "$@" "$0/"' "$2" 2>&1
  ) || fail "- $w"
  [ "$1" = "$s" ] || rmdir "$1"
}
if [ -d "$p" ]; then
  check "$s" "$p"
  merge "$s" "$p"
else
  move "$s" "$p"
  s=$p/\${t##*/}
  if [ -d "$s" ]; then
    rm -rf "$t"
    t=$s
    check "$s" "$p"
    merge "$s" "$p"
  fi
fi
clean
trap - EXIT
echo "$m done"`;
