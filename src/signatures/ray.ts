import type { SignatureFamily } from './signature.ts';

/** Ray. Source: ray-project/ray src/ray/gcs, python/ray/_private; ray-project/kuberay ray-operator/controllers/ray/common/pod.go. */
export const family: SignatureFamily = {
  title: 'Ray',
  signatures: [
    {
      id: 'ray/gcs-connect',
      subject: 'store',
      anchor: 'Failed to connect to GCS',
      pattern: /Failed to connect to GCS(?: at address (?<host>[^\s:]{1,255}):(?<port>\d{1,5}))?/,
      outcome: 'unclear',
      proof: 'connect',
      means: 'a node could not reach the head on its GCS port',
      source: 'ray-project/ray python/ray/_private/utils.py; src/ray/gcs/gcs_client',
    },
    {
      id: 'ray/gcs-unavailable',
      subject: 'store',
      anchor: 'GCS has been unavailable for more than ',
      pattern: /GCS has been unavailable for more than \d{1,9} seconds/,
      outcome: 'unclear',
      proof: 'hint',
      means: 'the head has not answered for too long: it is gone, or cut off',
      source: 'ray-project/ray src/ray/rpc/gcs_server',
    },
    {
      id: 'ray/waiting-for-gcs',
      subject: 'store',
      anchor: 'Still waiting for GCS to be ready',
      pattern: /Still waiting for GCS to be ready/,
      outcome: 'unclear',
      proof: 'hint',
      means: 'a worker waits in its init container for the head: port 6379 or DNS is shut, or the head is not up',
      source: 'ray-project/kuberay ray-operator/controllers/ray/common/pod.go',
    },
    {
      id: 'ray/heartbeats',
      subject: 'peers',
      anchor: 'missed too many heartbeats',
      pattern: /has been marked dead because the detector has missed too many heartbeats/,
      outcome: 'unclear',
      proof: 'hint',
      means: 'the head could not reach a worker any more: head to worker is shut, or the worker ran out of memory',
      source: 'ray-project/ray src/ray/gcs/gcs_server/gcs_node_manager.cc',
    },
    {
      id: 'ray/health-check',
      subject: 'peers',
      anchor: 'GCS failed to check the health of this node',
      pattern: /GCS failed to check the health of this node/,
      outcome: 'unclear',
      proof: 'hint',
      means: 'the head could not reach this worker: head to worker is shut',
      source: 'ray-project/ray src/ray/gcs/gcs_server/gcs_health_check_manager.cc',
    },
  ],
};
