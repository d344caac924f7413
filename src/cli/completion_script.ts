import { type CommandLine, UsageError } from "./command_line.ts";
import { print } from "./messages.ts";

const COMMAND = "completion";

/**
 * bash cuts words at the characters of COMP_WORDBREAKS, as in `web-0:/etc` and
 * `--namespace=team`. The words are joined again where no blank is between them,
 * and of a candidate only what follows the last of those characters is inserted.
 */
const BASH = `# bash completion of podwire

_podwire() {
    local rest=\${COMP_LINE:0:COMP_POINT} word cur prefix='' mode line i
    local -a words=()
    for ((i = 0; i <= COMP_CWORD; i++)); do
        word=\${COMP_WORDS[i]}
        if ((i == 0)) || [[ $rest == [[:space:]]* ]]; then
            rest=\${rest#"\${rest%%[![:space:]]*}"}
            ((i == COMP_CWORD)) && word=$rest
            words+=("$word")
        else
            ((i == COMP_CWORD)) && word=$rest
            words[\${#words[@]}-1]+=$word
        fi
        rest=\${rest#"$word"}
    done
    cur=\${words[\${#words[@]}-1]}
    for word in : =; do
        if [[ $COMP_WORDBREAKS == *"$word"* && $cur == *"$word"* ]]; then
            word=\${cur%"\${cur##*"$word"}"}
            ((\${#word} > \${#prefix})) && prefix=$word
        fi
    done

    COMPREPLY=()
    {
        read -r mode
        while IFS= read -r line; do
            line=\${line%%$'\\t'*}
            printf -v line %q "$line"
            COMPREPLY+=("\${line#"$prefix"}")
        done
    } < <("\${words[0]}" __complete "\${words[@]:1}" 2>/dev/null </dev/null)

    if [[ $mode == files* ]]; then
        if ((\${#COMPREPLY[@]} > 0)); then
            while IFS= read -r line; do
                printf -v line %q "$line"
                COMPREPLY+=("$line")
            done < <(compgen -f -- "$cur")
        fi
    else
        compopt +o default 2>/dev/null
    fi
    [[ $mode == *nospace ]] && compopt -o nospace 2>/dev/null
}

complete -o default -F _podwire podwire
`;

const ZSH = `#compdef podwire
# zsh completion of podwire

_podwire() {
    local mode line
    local -a lines candidates suffix
    lines=("\${(@f)$("\${words[1]}" __complete \\
        "\${(@)words[2,CURRENT-1]}" "$IPREFIX$PREFIX" 2>/dev/null </dev/null)}")
    mode=$lines[1]
    for line in "\${(@)lines[2,-1]}"; do
        [[ -z $line ]] && continue
        if [[ $line == *$'\\t'* ]]; then
            candidates+=("\${\${line%%$'\\t'*}//:/\\\\:}:\${line#*$'\\t'}")
        else
            candidates+=("\${line//:/\\\\:}")
        fi
    done
    [[ $mode == *nospace ]] && suffix=(-S '')
    (( \${#candidates} )) && _describe podwire candidates "\${suffix[@]}"
    if [[ $mode == files* ]]; then
        [[ $PREFIX == --*=* ]] && compset -P '*='
        _files
    fi
}

if [[ $funcstack[1] == _podwire ]]; then
    _podwire "$@"
else
    compdef _podwire podwire
fi
`;

const FISH = `# fish completion of podwire

function __podwire_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -l lines ($words[1] __complete $words[2..-1] "$current" 2>/dev/null </dev/null)
    if set -q lines[2]
        printf '%s\\n' $lines[2..-1]
    end
    if string match -q 'files*' -- $lines[1]
        __fish_complete_path (string replace -r -- '^--[^=]+=' '' "$current")
    end
end

complete -c podwire -e
complete -c podwire -f -a '(__podwire_complete)'
`;

/** The script for each shell. */
export const SCRIPTS: Readonly<Record<string, string>> = {
  bash: BASH,
  zsh: ZSH,
  fish: FISH,
};

/** `podwire completion SHELL`: prints the script for a shell. */
export async function completion(commandLine: CommandLine): Promise<number> {
  const [shell = "", ...others] = [
    ...commandLine.positionals,
    ...commandLine.afterDashes ?? [],
  ];
  if (!Object.hasOwn(SCRIPTS, shell) || others.length > 0) {
    throw new UsageError(
      `expected one shell, ${Object.keys(SCRIPTS).join(", ")}`,
      COMMAND,
    );
  }
  await print("stdout", SCRIPTS[shell]!);
  return 0;
}
