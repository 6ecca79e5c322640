#!/bin/sh
# What makes nodes those of zone speech. Put names in place of words in capitals, and choose: with a pool, its next node has them too.
# app.kubernetes.io/managed-by: ringfence
set -eu

# The pool, which gives them to its nodes, old and new. Each flag replaces what was set before: add what must stay.

# Whoever made the nodes wrote all of it.
