#!/usr/bin/env bash
# Runs Ringfence on a checked-out repository: findings as SARIF and as Markdown, and on a pull request the traffic that it opens and closes.
# Reads its settings from RINGFENCE_*; writes code, report and sarif to $GITHUB_OUTPUT. Never fails by itself: verdict.sh does, after all else is written.
set -uo pipefail

out="${RUNNER_TEMP:-/tmp}/ringfence"
rm -rf "$out"
mkdir -p "$out"

# One line of an input is one argument, whatever is in it.
lines() {
  local line
  while IFS= read -r line; do
    line="${line#"${line%%[![:space:]]*}"}"
    line="${line%"${line##*[![:space:]]}"}"
    [ -n "$line" ] && printf '%s\0' "$line"
  done <<<"$1"
}
read_lines() { mapfile -d '' -t "$1" < <(lines "$2"); }

read_lines paths "${RINGFENCE_PATHS:-}"
read_lines policies "${RINGFENCE_POLICIES:-}"
read_lines zones "${RINGFENCE_ZONE:-}"
read -r -a command <<<"${RINGFENCE_COMMAND:-npx --yes ringfence@0.1}"

verb="${RINGFENCE_VERB:-scan}"
# What a verb has no use for is said, and left out: no verb takes all inputs.
useless() { echo "::warning title=Ringfence::The input $1 has no meaning for $verb, so it is left out."; }

options=()
if [ "$verb" = preflight ]; then
  for path in "${policies[@]}"; do options+=(--policies "$path"); done
elif [ "${#policies[@]}" -gt 0 ]; then useless policies; fi
if [ "$verb" != scan ]; then
  for path in "${zones[@]}"; do options+=(-f "$path"); done
elif [ "${#zones[@]}" -gt 0 ]; then useless zone; fi
[ -n "${RINGFENCE_PROFILE:-}" ] && options+=(--profile "$RINGFENCE_PROFILE")
known=()
if [ "$verb" != verify ]; then
  [ -n "${RINGFENCE_BASELINE:-}" ] && known=(--baseline "$RINGFENCE_BASELINE")
elif [ -n "${RINGFENCE_BASELINE:-}" ]; then useless baseline; fi

"${command[@]}" "$verb" "${options[@]}" "${known[@]}" --format sarif -o "$out/ringfence.sarif" -- "${paths[@]}"
code=$?
"${command[@]}" "$verb" "${options[@]}" "${known[@]}" --format markdown -o "$out/report.md" -- "${paths[@]}" 2>/dev/null

# What the pull request opens and closes: the same paths as they were, and as they are.
if [ "${RINGFENCE_DIFF:-true}" = true ] && [ -n "${RINGFENCE_BASE:-}" ]; then
  if git cat-file -e "$RINGFENCE_BASE^{commit}" 2>/dev/null || git fetch --quiet --depth=1 origin "$RINGFENCE_BASE"; then
    for side in before after; do
      revision=$([ "$side" = before ] && echo "$RINGFENCE_BASE" || echo HEAD)
      mkdir -p "$out/$side"
      # Blobs as they are: attributes of the tree that is under review (export-ignore, filters) could hide files from the comparison.
      for path in "${paths[@]}" "${policies[@]}"; do
        # A path that one side does not have is no fault: the pull request adds or removes it.
        git ls-tree -r -z --full-tree "$revision" -- "$path" 2>/dev/null | while IFS= read -r -d '' entry; do
          file="${entry#*$'\t'}"
          case "$entry" in 100*) ;; *) continue ;; esac
          mkdir -p "$out/$side/$(dirname -- "$file")"
          git cat-file blob "$revision:$file" >"$out/$side/$file"
        done
      done
    done
    # Under the CNI that the report was made for: the input's, or that of the zone. Names in a report are escaped, so none can pass for this line.
    judged=$(sed -nE 's/.*[Pp]rofile <code>([^<]*)(<!-- -->)?([^<]*)<\/code>.*/\1\3/p' "$out/report.md" 2>/dev/null | tail -n 1)
    [[ "$judged" =~ ^[a-z0-9.@-]+$ ]] || judged="${RINGFENCE_PROFILE:-}"
    profile=()
    [ -n "$judged" ] && profile=(--profile "$judged")
    (cd "$out" && "${command[@]}" diff "${profile[@]}" --format markdown before after >diff.md 2>/dev/null)
    [ -s "$out/diff.md" ] && { printf '\n'; cat "$out/diff.md"; } >>"$out/report.md"
  else
    echo "::warning title=Ringfence::The base of the pull request could not be fetched, so its difference is not shown."
  fi
fi

[ -s "$out/report.md" ] && [ -n "${GITHUB_STEP_SUMMARY:-}" ] && cat "$out/report.md" >>"$GITHUB_STEP_SUMMARY"
{
  echo "code=$code"
  [ -s "$out/report.md" ] && echo "report=$out/report.md"
  [ -s "$out/ringfence.sarif" ] && echo "sarif=$out/ringfence.sarif"
} >>"${GITHUB_OUTPUT:-/dev/stdout}"
exit 0
