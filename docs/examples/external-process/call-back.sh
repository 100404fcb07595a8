#!/bin/sh
#
# Calls back: call-back.sh true|false MESSAGE
#
#   CALLBACK_URI                  address of the callback: {{armory.callbackUri}}
#   CALLBACK_TOKEN                token: {{armory.callbackToken}}, or the secret of a Secret text
#
# or, instead of CALLBACK_TOKEN, a callback client of Jenkins, for which the script fetches a token:
#
#   CLIENT_ID, CLIENT_SECRET      username and password of its credential
#   TOKEN_URL                     address of the tokens; default: <Jenkins URL>armory/oauth/token, derived from CALLBACK_URI
#
# Retries while Jenkins cannot be reached or is starting up. Prints a final answer, such as 409 or 410, and fails. Tokens and
# secrets go through pipes, because other users may see the arguments of a command.
#
set -eu
: "${CALLBACK_URI:?}" "${1:?true or false}"

# Prints a text as a JSON string.
json_string() {
    printf '"%s"' "$(printf '%s' "$1" | tr -d '\000-\010\013-\037' | sed -e 's/[\\"]/\\&/g' -e 's/	/\\t/g' | awk '
        { printf "%s%s", separator, $0; separator = "\\n" }')"
}

last=$(mktemp)
trap 'rm -f "$last"' EXIT
trap 'exit 1' HUP INT TERM

# Prints the last answer, not those that were retried: no answer, 408, 429, and 5xx. With --fail, curl would retry every 4xx, too.
send() {
    : >"$last"
    status=$(curl --silent --show-error --retry 10 --retry-all-errors --max-time 30 --output "$last" --write-out '%{http_code}' "$@") ||
        status=none
    cat "$last"
    case $status in 2??) ;; *) return 1 ;; esac
}

fetch_token() {
    : "${CLIENT_ID:?or CALLBACK_TOKEN}" "${CLIENT_SECRET:?}"
    answer=$(printf '%s' "$CLIENT_SECRET" |
        send --data grant_type=client_credentials --data-urlencode "client_id=$CLIENT_ID" \
            --data-urlencode client_secret@- "${TOKEN_URL:-${CALLBACK_URI%/approvals/*}/oauth/token}") || {
        printf '%s\n' "$answer" >&2
        return 1
    }
    printf '%s' "$answer" | sed -n 's/.*"access_token":"\([^"]*\)".*/\1/p'
}

token=${CALLBACK_TOKEN:-$(fetch_token)}
printf 'Authorization: Bearer %s\n' "$token" |
    send --header @- --header 'Content-Type: application/json' \
        --data "{\"success\": $1, \"mdMessage\": $(json_string "${2:-}")}" \
        "$CALLBACK_URI/callback"
echo
