# Asks PROBE_TARGET for the address it sees, PROBE_SAMPLES times over fresh connections, and once asks for
# PROBE_MUST_BE_BLOCKED, if set. Leaves a JSON report in the termination message, where the program reads it, and always
# exits 0: a failing init container would hide its own words behind the timeout of the rollout.
#
# With PROBE_INTERVAL it samples every so many seconds, for as long as the answer is what was last reported, and so the
# container is started again only when egress has changed. What was reported last is in PROBE_MEMORY, a file.
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
  answer=$(curl --silent --show-error --globoff --max-time 10 --write-out "$newline%{http_code}" "$1" 2>&1)
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

# has LIST ADDRESS: whether the address is one of the list, whose parts are separated by blanks.
has() {
  case " $1 " in
    *" $2 "*) return 0 ;;
  esac
  return 1
}

# sample: sets addresses (the distinct answers, a list), blocked (JSON) and outcome (what it came to, in short), and
# samples, answered and failures for the report.
sample() {
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
      has "$addresses" "$answer" || addresses="$addresses${addresses:+ }$answer"
    else
      failed=$((failed + 1))
      failures="$failures${failures:+,}\"$(json "$(words)")\""
    fi
  done
  blocked=null outcome=
  if [ -n "${PROBE_MUST_BE_BLOCKED:-}" ]; then
    ask "$PROBE_MUST_BE_BLOCKED"
    outcome="$code $status"
    blocked="{\"target\":\"$(json "$PROBE_MUST_BE_BLOCKED")\",\"code\":$code,\"status\":$status,\"answer\":\"$(json "$(words)")\"}"
  fi
}

# changed: whether the last sample is not what was reported (old_addresses, old_outcome). Where egress has several
# addresses a sample may miss some of them, so a new one is added to those reported as long as these are seen too, and
# one is gone that was not seen in 20 requests for each.
changed() {
  [ "$outcome" = "$old_outcome" ] || return 0
  common=no new=
  for address in $addresses; do
    if has "$old_addresses" "$address"; then common=yes; else new="$new $address"; fi
    has "$seen" "$address" || seen="$seen${seen:+ }$address"
  done
  seen_in=$((seen_in + answered))
  if [ "$common" = no ]; then
    if [ "$addresses" = "$old_addresses" ]; then return 1; fi # both are empty
    return 0
  fi
  if [ -n "$new" ]; then
    addresses=$old_addresses$new
    return 0
  fi
  count=0 missing=no
  for address in $old_addresses; do
    count=$((count + 1))
    has "$seen" "$address" || missing=yes
  done
  [ "$seen_in" -ge $((20 * count)) ] || return 1
  addresses=$seen
  seen= seen_in=0
  [ "$missing" = yes ]
}

# report: leaves the last sample in the termination message, and then in the memory.
report() {
  list=
  for address in $addresses; do
    list="$list${list:+,}\"$address\""
  done
  printf '{"samples":%s,"answered":%s,"addresses":[%s],"failures":[%s],"blocked":%s}\n' \
    "$samples" "$answered" "$list" "$failures" "$blocked" >/dev/termination-log
  [ -z "${PROBE_MEMORY:-}" ] || printf '%s\n%s\n' "$outcome" "$addresses" >"$PROBE_MEMORY"
}

old_outcome=none old_addresses= seen= seen_in=0
if [ -n "${PROBE_INTERVAL:-}" ] && [ -r "$PROBE_MEMORY" ]; then
  {
    read -r old_outcome
    read -r old_addresses
  } <"$PROBE_MEMORY"
  # A container that is killed hides what was reported before. The next one, which finds nothing, reports anew.
  : >"$PROBE_MEMORY"
fi
while :; do
  sleep "${PROBE_INTERVAL:-0}"
  sample
  if [ -z "${PROBE_INTERVAL:-}" ] || changed; then break; fi
done
report
exit 0
