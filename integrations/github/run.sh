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

options=()
for path in "${policies[@]}"; do options+=(--policies "$path"); done
for path in "${zones[@]}"; do options+=(-f "$path"); done
[ -n "${RINGFENCE_PROFILE:-}" ] && options+=(--profile "$RINGFENCE_PROFILE")
known=()
[ -n "${RINGFENCE_BASELINE:-}" ] && known=(--baseline "$RINGFENCE_BASELINE")

verb="${RINGFENCE_VERB:-scan}"
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
    profile=()
    [ -n "${RINGFENCE_PROFILE:-}" ] && profile=(--profile "$RINGFENCE_PROFILE")
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
