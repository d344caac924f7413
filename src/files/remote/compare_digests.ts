import { CHOOSE_HASH } from "./hash_program.ts";

/**
 * A function of `sh`, `compare_digests`, that compares the files below the working
 * directory with the lists in the directory that is its parameter. It fails, and
 * prints the name of the file, if one has another SHA-256; without a program for
 * that nothing is compared.
 *
 * Two lists at a time are compared. The files of a list `many` are left to one
 * process; if that is not content, or knows no `-c`, each file is compared by
 * itself, as those of a list `each` are. There the name of a line that begins with
 * a backslash is escaped.
 *
 * A tree may have had a name more than once, which is no difference: the file is
 * what another line says of the name, or has become a link or a directory.
 */
export const COMPARE_DIGESTS = `${CHOOSE_HASH}
compare_digests() {
  l= j=
  choose_hash
  for q in "$1"/many.* "$1"/each.*; do
    [ -f "$q" ] || continue
    case $q in
      */each.*) [ -n "$l" ] || choose_hash "\${l:=1}" ;;
    esac
    [ -n "$g" ] || continue
    compare_list "$1" "$q" &
    if [ -z "$j" ]; then
      j=$!
      continue
    fi
    wait $! && wait $j || return
    j=
  done
  [ -z "$j" ] || wait $j
}
compare_list() {
  case $2 in
    */many.*) sha256sum -c "$2" >/dev/null 2>&1 && return ;;
  esac
  compare_each "$1" <"$2"
}
compare_each() {
  while IFS= read -r x; do
    n=\${x#*  } f=\${x#*  } h=\${x%%  *} e=
    case $h in
      *link) continue ;;
      \\\\*) e=\\\\ h=\${h#?} f=$(printf '%b.' "$n") f=\${f%.} ;;
    esac
    a=$({ $g <"$f"; } 2>/dev/null)
    a=\${a%% *}
    [ "$a" = "$h" ] || [ -L "$f" ] || [ -d "$f" ] ||
      is_listed "$1" "$e$a  $n" || is_listed "$1" "\${e}link  $n" || {
      printf '%s has another SHA-256 than what was sent\\n' "\${n#./}"
      return 1
    }
  done
}
is_listed() {
  for k in "$1"/many.* "$1"/each.*; do
    [ -f "$k" ] || continue
    case "
$(cat "$k")
" in
      *"
$2
"*) return 0 ;;
    esac
  done
  return 1
}`;
