# Waits PROBE_INTERVAL seconds, if set. Then asks PROBE_TARGET for the address it sees, PROBE_SAMPLES times over fresh
# connections, and once asks for PROBE_MUST_BE_BLOCKED, if set. Leaves a JSON report in the termination message, where
# the program reads it, and always exits 0: a failing init container would hide its own words behind the timeout of the
# rollout. The kubelet starts the script again where it is no init container, and so it goes on sampling.
set -u
newline='
'

# json TEXT: TEXT as the content of a JSON string, at most 200 characters, control characters as blanks.
json() {
  json_rest=$1 json_text= json_length=0
  while [ -n "$json_rest" ] && [ "$json_length" -lt 200 ]; do
    json_tail=${json_rest#?}
    json_char=${json_rest%"$json_tail"}
    json_rest=$json_tail
    json_length=$((json_length + 1))
    case $json_char in
      '"' | '\') json_text="$json_text\\$json_char" ;;
      [[:cntrl:]]) json_text="$json_text " ;;
      *) json_text="$json_text$json_char" ;;
    esac
  done
  printf '%s' "$json_text"
}

# ask URL: sets code (curl's exit code), status (of HTTP; 0 without an answer) and answer (the body, or curl's words).
ask() {
  answer=$(curl --silent --show-error --max-time 10 --write-out "$newline%{http_code}" "$1" 2>&1)
  code=$?
  if [ "$code" -eq 0 ]; then
    status=${answer##*"$newline"}
    answer=${answer%"$newline"*}
    answer=${answer%"$newline"}
    return
  fi
  status=0
  case $answer in
    *'curl: ('*)
      answer="curl: (${answer#*curl: \(}"
      answer=${answer%%"$newline"*}
      ;;
  esac
}

# words: what the last ask met, in the server's or curl's own words.
words() {
  if [ "$code" -eq 0 ]; then
    printf 'HTTP %s: %s' "$status" "$answer"
  else
    printf '%s' "$answer"
  fi
}

sleep "${PROBE_INTERVAL:-0}"

samples=0 answered=0 failed=0 addresses= failures=
while [ "$samples" -lt "$PROBE_SAMPLES" ] && [ "$failed" -lt 3 ]; do
  samples=$((samples + 1))
  ask "$PROBE_TARGET"
  good=no
  if [ "$code" -eq 0 ] && [ "$status" = 200 ]; then
    case $answer in
      '' | *[!0-9a-fA-F.:]*) ;;
      *) good=yes ;;
    esac
  fi
  if [ "$good" = yes ]; then
    answered=$((answered + 1))
    case $addresses in
      *"\"$answer\""*) ;;
      *) addresses="$addresses${addresses:+,}\"$answer\"" ;;
    esac
  else
    failed=$((failed + 1))
    failures="$failures${failures:+,}\"$(json "$(words)")\""
  fi
done

blocked=null
if [ -n "${PROBE_MUST_BE_BLOCKED:-}" ]; then
  ask "$PROBE_MUST_BE_BLOCKED"
  blocked="{\"target\":\"$(json "$PROBE_MUST_BE_BLOCKED")\",\"code\":$code,\"status\":$status,\"answer\":\"$(json "$(words)")\"}"
fi

printf '{"samples":%s,"answered":%s,"addresses":[%s],"failures":[%s],"blocked":%s}\n' \
  "$samples" "$answered" "$addresses" "$failures" "$blocked" >/dev/termination-log
exit 0
