#!/bin/sh
# What makes nodes those of zone watched. Put names in place of words in capitals, and choose: with a pool, its next node has them too.
# app.kubernetes.io/managed-by: ringfence
set -eu

# A managed node group, which gives them to its nodes, old and new.
aws eks update-nodegroup-config --cluster-name CLUSTER --nodegroup-name NODEGROUP --labels '{"addOrUpdateLabels":{"node-role":"gpu-training"}}' --taints '{"addOrUpdateTaints":[{"key":"workload-type","value":"training","effect":"NO_SCHEDULE"}]}'

# Nodes one by one, for a pool that nobody manages. A node that is made anew loses them.
kubectl label node NODE node-role=gpu-training
kubectl taint node NODE workload-type=training:NoSchedule
