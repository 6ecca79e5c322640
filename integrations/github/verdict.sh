#!/usr/bin/env bash
# Ends the run as Ringfence ended: findings fail it unless they are not to; bad input and what could not finish always do.
case "${RINGFENCE_CODE:-3}" in
  0) exit 0 ;;
  1) [ "${RINGFENCE_FAIL:-true}" = true ] && exit 1 || exit 0 ;;
  *) exit "${RINGFENCE_CODE:-3}" ;;
esac
