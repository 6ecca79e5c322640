#!/bin/sh
# What makes nodes those of zone simulation. Put names in place of words in capitals, and choose: with a pool, its next node has them too.
# app.kubernetes.io/managed-by: ringfence
set -eu

# The pool, which gives them to its nodes, old and new. Each flag replaces what was set before: add what must stay.
az aks nodepool update --resource-group RESOURCE_GROUP --cluster-name CLUSTER --name POOL --node-taints sku=gpu:NoSchedule

# Nodes one by one, for a pool that nobody manages. A node that is made anew loses them.
kubectl taint node NODE sku=gpu:NoSchedule
