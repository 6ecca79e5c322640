#!/bin/sh
# What makes nodes those of zone rails. Put names in place of words in capitals, and choose: with a pool, its next node has them too.
# app.kubernetes.io/managed-by: ringfence
set -eu

# Nodes one by one, for a pool that nobody manages. A node that is made anew loses them.
kubectl label node NODE node-role=gpu-training
kubectl taint node NODE workload-type=training:NoSchedule
