/**
 * A function of `sh`, `receive`, that copies an upload from stdin to stdout, and
 * the half of it, `take`, that follows its first line, `$h`.
 *
 * The first line of stdin says how to find the end of the rest: `all`: at the
 * end of stdin; a number: after so many bytes; `frames`: each part follows a line
 * with its size, up to a size of 0. `read` takes no byte more than the line, and
 * neither does `dd`.
 */
export const RECEIVE = `receive() {
  IFS= read -r h && take
}
take() {
  case $h in
    all) cat ;;
    frames)
      dd if=/dev/null iflag=fullblock 2>/dev/null || {
        echo "dd iflag=fullblock: not found" >&2
        return 1
      }
      while IFS= read -r n && [ "$n" != 0 ]; do
        dd bs="$n" count=1 iflag=fullblock || return
      done ;;
    *) head -c "$h" ;;
  esac
}`;
