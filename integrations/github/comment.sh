#!/usr/bin/env bash
# Writes the report as one comment of the pull request, and keeps it up to date: found again by its first line.
set -euo pipefail

# One comment for each name: a run of scan and one of preflight do not write over each other.
name=$(printf '%s' "${RINGFENCE_NAME:-scan}" | tr -cd 'A-Za-z0-9_.' | cut -c 1-60)
mark="<!-- ringfence: $name -->"
body="${RUNNER_TEMP:-/tmp}/ringfence/comment.md"
# GitHub takes at most 65,536 characters: whole lines, and a word where some are left out.
{
  echo "$mark"
  awk 'BEGIN { left = 60000 } { left -= length($0) + 1; if (left < 0) { print "\n… cut: the summary of the run has the rest."; exit } print }' "$RINGFENCE_REPORT"
} >"$body"
comments="repos/$GITHUB_REPOSITORY/issues/$RINGFENCE_PULL/comments"
# Only a comment that this very account wrote: anybody can write the mark. Tokens of a workflow write as github-actions[bot].
own="${RINGFENCE_ACCOUNT:-github-actions[bot]}"
if ! known=$(gh api --paginate "$comments" --jq ".[] | select((.body | startswith(\"$mark\")) and .user.login == \"$own\") | .id" | head -n 1); then
  echo "::warning title=Ringfence::Comments of the pull request cannot be read with this token, so none is written. The summary of the run has the report."
  exit 0
fi
if [ -n "$known" ]; then
  gh api --silent --method PATCH "repos/$GITHUB_REPOSITORY/issues/comments/$known" -F "body=@$body"
else
  # The token of a pull request from a fork may not write: the report is in the summary then.
  gh api --silent --method POST "$comments" -F "body=@$body" ||
    echo "::warning title=Ringfence::The comment could not be written with this token. The summary of the run has the report."
fi
