# SPDX-License-Identifier: BSD-2-Clause
# Completions of lasthello for bash. Commands and options are those that --help names, so that none is missing here.

_lasthello_commands() { "$1" --help 2>/dev/null | sed -n 's/^  \([a-z]\{1,\}\) .*/\1/p'; }

# --memory= and the like; "" for a command of which nothing is known.
_lasthello_options() { "$1" "$2" --help 2>/dev/null | grep -oE '(^| )--[a-z-]+=?' | tr -d ' ' | sort -u; }

# The words after "takes a, b or c" or behind a list in the help of an option would be prose; these are the values themselves.
_lasthello_values() { # program, command, option, inventory
    case $3 in
    --interface | --tap | -i) ls /sys/class/net 2>/dev/null ;;
    --format) printf '%s\n' table csv json html spreadsheet ;;
    --version) printf '%s\n' 'SSL 2.0' 'SSL 3.0' 'TLS 1.0' 'TLS 1.1' 'TLS 1.2' 'TLS 1.2+' 'TLS 1.3' ;;
    --cause) printf '%s\n' client server fallback unknown too_new ;;
    --service) printf '%s\n' imap imaps pop3 pop3s smtp smtps tls ;;
    --policy) "$1" policy 2>/dev/null | awk 'NR > 1 && /^[a-z0-9-]+ / { print $1 }' ;;
    --provider) _lasthello_column "$1" "$4" provider ;;
    --network | host) _lasthello_column "$1" "$4" client ;;
    --since) printf '%s\n' 1d 7d 30d ;;
    --columns) _lasthello_columns "$1" "$2" "$4" ;;
    --user) compgen -u ;;
    esac
}

# What stands in a column of the clients of the inventory; a large one is not waited for.
_lasthello_column() { # program, inventory, column
    timeout 2 "$1" report clients --format json "$2" 2>/dev/null |
        grep -oE "\"$3\":\"[^\"]*\"" | cut -d'"' -f4 | awk '!seen[$0]++' | head -1000
}

_lasthello_columns() { # program, command and subject, inventory
    timeout 2 "$1" report clients --format csv "$3" 2>/dev/null | head -1 | tr -d '\r' | tr ',' '\n'
}

# The inventory that the line names already, else the one that stands here, else the service's.
_lasthello_inventory() {
    local word
    for word in "${COMP_WORDS[@]:2}"; do
        [[ $word == *.db && -r $word ]] && { printf '%s' "$word"; return; }
    done
    if [[ ! -r inventory.db && -r /var/lib/lasthello/inventory.db ]]; then
        printf '/var/lib/lasthello/inventory.db'
    else
        printf 'inventory.db'
    fi
}

_lasthello_reply() { # candidates, a line each; what was typed so far
    local candidate
    COMPREPLY=()
    while IFS= read -r candidate; do
        [[ -n $candidate && $candidate == "$2"* ]] && COMPREPLY+=("$(printf '%q' "$candidate")")
    done <<<"$1"
}

_lasthello() {
    local program=${COMP_WORDS[0]} command=${COMP_WORDS[1]} word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]}
    if ((COMP_CWORD == 1)); then
        _lasthello_reply "$(_lasthello_commands "$program")"$'\n--help\n--version' "$word"
        return
    fi
    # bash has = as a word of its own
    [[ $word == '=' ]] && word='' && before==
    [[ $before == '=' ]] && before=${COMP_WORDS[COMP_CWORD - ($([[ ${COMP_WORDS[COMP_CWORD]} == '=' ]] && echo 1 || echo 2))]}
    if [[ $before == --* || $before == -[io] ]]; then
        case $before in
        --output | -o | --events | --providers | --ca-certificates | --metrics) COMPREPLY=($(compgen -f -- "$word")); return ;;
        esac
        _lasthello_reply "$(_lasthello_values "$program" "$command" "$before" "$(_lasthello_inventory)")" "${word#[\"\']}"
        ((${#COMPREPLY[@]})) && return
    fi
    if [[ $word == -* ]]; then
        _lasthello_reply "$(_lasthello_options "$program" "$command")" "$word"
        [[ ${#COMPREPLY[@]} == 1 && ${COMPREPLY[0]} == *= ]] && compopt -o nospace 2>/dev/null
        return
    fi
    case $command:$COMP_CWORD in
    report:2) _lasthello_reply $'summary\nclients\nverdicts\nservers\nsuites\nsessions\ncoverage\nchanges\ntrend\nhost\nserver' "$word" ;;
    policy:2) _lasthello_reply $'list\nshow\ntest\napply' "$word" ;;
    policy:3) _lasthello_reply "$(_lasthello_values "$program" "$command" --policy)" "$word" ;;
    config:2) _lasthello_reply "$(_lasthello_commands "$program")" "$word" ;;
    extract:2) _lasthello_reply "$(_lasthello_values "$program" "$command" host "$(_lasthello_inventory)")" "$word" ;;
    *) COMPREPLY=() ;;
    esac
    [[ $command == @(read|report|merge|sync|extract) ]] && COMPREPLY+=($(compgen -f -- "$word"))
}
complete -o filenames -F _lasthello lasthello
