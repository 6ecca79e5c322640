#!/bin/sh
# What makes nodes those of zone protein. Put names in place of words in capitals, and choose: with a pool, its next node has them too.
# app.kubernetes.io/managed-by: ringfence
set -eu

# A managed node group, which gives them to its nodes, old and new.
aws eks update-nodegroup-config --cluster-name CLUSTER --nodegroup-name NODEGROUP --labels '{"addOrUpdateLabels":{"pool":"p5"}}' --taints '{"addOrUpdateTaints":[{"key":"pool","value":"p5","effect":"NO_EXECUTE"}]}'

# Nodes one by one, for a pool that nobody manages. A node that is made anew loses them.
kubectl label node NODE pool=p5
kubectl taint node NODE pool=p5:NoExecute
