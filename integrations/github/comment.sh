#!/usr/bin/env bash
# Writes the report as one comment of the pull request, and keeps it up to date: found again by its first line.
set -euo pipefail

mark='<!-- ringfence -->'
body="${RUNNER_TEMP:-/tmp}/ringfence/comment.md"
# GitHub takes at most 65,536 characters.
{ echo "$mark"; head -c 60000 "$RINGFENCE_REPORT"; } >"$body"
comments="repos/$GITHUB_REPOSITORY/issues/$RINGFENCE_PULL/comments"
known=$(gh api --paginate "$comments" --jq ".[] | select(.body | startswith(\"$mark\")) | .id" | head -n 1)
if [ -n "$known" ]; then
  gh api --silent --method PATCH "repos/$GITHUB_REPOSITORY/issues/comments/$known" -F "body=@$body"
else
  gh api --silent --method POST "$comments" -F "body=@$body"
fi
