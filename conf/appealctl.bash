# Completion of appealctl for bash; its words come from the program itself.
_appealctl() {
    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]} word command= i
    COMPREPLY=()
    for ((i = 1; i < COMP_CWORD; i++)); do
        word=${COMP_WORDS[i]}
        case $word in
        -c | --config) ((i++)) ;;
        -*) ;;
        *) command=$word; break ;;
        esac
    done
    case $prev in
    -c | --config | --rules) COMPREPLY=($(compgen -f -- "$cur")); return ;;
    esac
    if [[ $cur == -* ]]; then
        word=$(appealctl $command --help 2>/dev/null | sed -n 's/^  \(-., \)\{0,1\}\(--[a-z-]*\).*/\2/p')
    elif [[ -z $command ]]; then
        word=$(appealctl --help 2>/dev/null | sed -n '/^Commands:/,/^$/s/^  \([a-z-]*\) .*/\1/p')
    else
        case $command in
        show | ack | snooze | appealed | close | note)
            word=$(appealctl cases 2>/dev/null | sed -n 's/^ *#\([0-9]*\) .*/\1/p') ;;
        reopen) word=$(appealctl cases --all 2>/dev/null | sed -n 's/^ *#\([0-9]*\) .*/\1/p') ;;
        rules) word=test ;;
        explain | calendar | mass-check) COMPREPLY=($(compgen -f -- "$cur")); return ;;
        *) return ;;
        esac
    fi
    COMPREPLY=($(compgen -W "$word" -- "$cur"))
}
complete -F _appealctl appealctl
