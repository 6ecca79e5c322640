import type { SignatureFamily } from './signature.ts';

/** Source: AWS, Get started with EFA and NCCL: an EFA-enabled security group. */
const admitItself =
  'Let the security group of the nodes admit all traffic from itself, and to itself: EFA needs both, and a rule for outbound traffic to addresses is not enough.';

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
      id: 'fabric/efa-security-group',
      subject: 'rdma',
      anchor: 'that the security group on either this instance',
      pattern: /This error indicates that the security group on either this instance or the peer instance/,
      outcome: 'dropped',
      proof: 'hint',
      means: 'EFA says that a security group drops its packets: it must admit itself, in both directions; no policy of pods meets this traffic',
      mend: admitItself,
      source: 'aws/aws-ofi-nccl src/platform-aws.cpp, log_cq_error',
    },
    {
      id: 'fabric/efa-unreachable',
      subject: 'rdma',
      anchor: 'Unreachable remote',
      pattern: /Unreachable remote \(never received a response\)/,
      outcome: 'dropped',
      proof: 'hint',
      means: 'an EFA peer never answered: the security group must admit itself, in both directions; no policy of pods meets this traffic',
      mend: admitItself,
      source: 'ofiwg/libfabric prov/efa/src/efa_errno.h, LOCAL_ERROR_UNREACH_REMOTE',
    },
    {
      id: 'fabric/efa-unresponsive-old',
      subject: 'rdma',
      anchor: 'Unresponsive receiver',
      pattern: /Unresponsive receiver \(connection never established or unknown\)/,
      outcome: 'dropped',
      proof: 'hint',
      means: 'an EFA peer never answered: the security group must admit itself, in both directions; no policy of pods meets this traffic',
      mend: admitItself,
      source: 'ofiwg/libfabric prov/efa/src/efa_errno.h, LOCAL_ERROR_UNRESP_REMOTE, as it was before LOCAL_ERROR_UNREACH_REMOTE',
    },
    {
      id: 'fabric/efa-peer-gone',
      subject: 'waiting',
      anchor: 'Unresponsive re',
      pattern: /Unresponsive (?:remote \(was previously responsive\)|receiver \(connection previously established\))/,
      outcome: 'cut',
      proof: 'echo',
      means: 'an EFA peer that had answered before does so no more: its process is gone, or its host; look at its log first',
      source: 'ofiwg/libfabric prov/efa/src/efa_errno.h, LOCAL_ERROR_UNRESP_REMOTE, ESTABLISHED_RECV_UNRESP; efa_strerror.c, efa_show_help',
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
    {
      id: 'fabric/request',
      subject: 'rdma',
      anchor: 'completed with error',
      pattern: /NET\/OFI (?:Request|Remote write)\b[^\n]{0,80}? completed with error(?:\. RC|: err): \d/,
      outcome: 'unclear',
      proof: 'hint',
      means: 'a transfer over libfabric failed; what the line says of the error tells why, and no policy of pods meets this traffic',
      mend: 'Look at the error in the line, and at the process of the peer: one that ended leaves such lines too.',
      source: 'aws/aws-ofi-nccl v1.7.4-aws, v1.9.2-aws src/nccl_ofi_rdma.c, src/nccl_ofi_sendrecv.c; include/nccl_ofi_platform.h, log_cq_error',
    },
  ],
};
