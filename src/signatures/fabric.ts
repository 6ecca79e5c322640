import type { SignatureFamily } from './signature.ts';

/** EFA through libfabric and the NCCL plug-in of AWS. Source: ofiwg/libfabric prov/efa; aws/aws-ofi-nccl. */
export const family: SignatureFamily = {
  title: 'EFA',
  signatures: [
    {
      id: 'fabric/efa-unresponsive',
      subject: 'rdma',
      anchor: 'Unresponsive receiver',
      pattern: /Unresponsive receiver \(reachable by EFA device but handshake failed\)/,
      outcome: 'dropped',
      proof: 'hint',
      means: 'an EFA peer did not answer: the security group must admit itself, in both directions; no policy of pods meets this traffic',
      source: 'ofiwg/libfabric prov/efa/src/efa_errno.h',
    },
    {
      id: 'fabric/efa-address',
      subject: 'rdma',
      anchor: 'Unable to insert remote address into address vector',
      pattern: /Unable to insert remote address into address vector/,
      outcome: 'unclear',
      proof: 'hint',
      means: 'an EFA peer could not be addressed: the security group must admit itself, in both directions',
      source: 'aws/aws-ofi-nccl src/nccl_ofi_net.c',
    },
  ],
};
