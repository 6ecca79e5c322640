import type { SignatureFamily } from './signature.ts';

/**
 * NVSHMEM. Its bootstrap by unique id is built on the sockets of NCCL and prints their lines, which the signatures of NCCL recognise.
 * Source: NVIDIA/nvshmem src/modules/bootstrap/uid, src/host/init.
 */
export const family: SignatureFamily = {
  title: 'NVSHMEM',
  passages: ['nvshmem/'],
  signatures: [
    {
      id: 'nvshmem/no-interface',
      subject: 'interface',
      anchor: 'interface found',
      pattern: /bootstrap_uid\.cpp:[a-z_]{1,40}:\d{1,5}: No (?:socket|usable listening) interface found/,
      outcome: 'unclear',
      proof: 'hint',
      means: 'no interface of the pod fits NVSHMEM_BOOTSTRAP_UID_SOCK_IFNAME: this is a setting, not a policy',
      source: 'NVIDIA/nvshmem v3.4.5-0 src/modules/bootstrap/uid/bootstrap_uid.cpp, bootstrap_net_init; common/bootstrap_util.h',
    },
    {
      id: 'nvshmem/init',
      subject: 'peers',
      anchor: 'nvshmem initialization failed, exiting',
      pattern: /nvshmem initialization failed, exiting/,
      outcome: 'unclear',
      proof: 'echo',
      means: 'NVSHMEM could not start; the line before it says at what',
      source: 'NVIDIA/nvshmem v3.4.5-0 src/host/init/init.cu',
    },
  ],
};
