import type { SignatureFamily } from './signature.ts';

/**
 * IMEX in the daemon of a compute domain. What nvidia-imex itself prints is in no open source, and is not recognised.
 * Source: NVIDIA/k8s-dra-driver-gpu cmd/compute-domain-daemon/main.go.
 */
export const family: SignatureFamily = {
  title: 'IMEX',
  signatures: [
    {
      id: 'imex/not-ready',
      subject: 'waiting',
      anchor: 'IMEX daemon ',
      pattern: /IMEX daemon (?:not ready: |check failed: error running )/,
      outcome: 'unclear',
      proof: 'echo',
      means:
        'the IMEX daemon of this node is not ready, and pods that share memory over NVLink wait for it: look at its own log, in the namespace of the driver',
      source: 'NVIDIA/k8s-dra-driver-gpu v0.4.0-rc.1 cmd/compute-domain-daemon/main.go, check',
    },
  ],
};
