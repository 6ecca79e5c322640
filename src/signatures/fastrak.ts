import type { SignatureFamily } from './signature.ts';

/** Secondary interfaces, each in a VPC of its own, which NetworkPolicy does not meet. Source: GoogleCloudPlatform/container-engine-accelerators gpudirect-tcpxo. */
const firewalls = 'Look at the firewall rules of the VPCs behind eth1 and on: they must let the nodes reach each other, and at the sidecar (RxDM) of the peer.';

/**
 * GPUDirect-TCPXO of GKE, whose plug-in for NCCL is named FasTrak. The plug-in of GPUDirect-TCPX, which comes before it, is in no open source: its own lines
 * are not recognised. Source: google/nccl-plugin-gpudirect-tcpxo.
 */
export const family: SignatureFamily = {
  title: 'GPUDirect-TCPXO',
  signatures: [
    {
      id: 'fastrak/daemon',
      subject: 'interface',
      anchor: 'RxDM not ready on ',
      pattern: /Timeout: RxDM not ready on [^\s]{1,253} after \d{1,9} seconds/,
      outcome: 'unclear',
      proof: 'hint',
      means: 'the sidecar of GPUDirect-TCPXO in the same pod (tcpxo-daemon, RxDM) never became ready: this is a setting, not a policy',
      mend: 'Look at the log of the container tcpxo-daemon: at the GPUs and interfaces that it finds, and at its version beside that of the plug-in.',
      source: 'google/nccl-plugin-gpudirect-tcpxo tcpdirect_plugin/fastrak_offload/init.cc, WaitForRxDM',
    },
    {
      id: 'fastrak/version',
      subject: 'program',
      anchor: 'VERSION MISMATCH: Received Connect request',
      pattern: /VERSION MISMATCH: Received Connect request with ncclSocketHandle version \d/,
      outcome: 'unclear',
      proof: 'connect',
      means: 'pods of one job have different versions of the plug-in of GPUDirect-TCPXO',
      mend: 'Bring the installer of the plug-in to one version on all nodes of the job.',
      source: 'google/nccl-plugin-gpudirect-tcpxo tcpdirect_plugin/fastrak_offload/fastrak_plugin.cc, connect',
    },
    {
      id: 'fastrak/connect',
      subject: 'rdma',
      anchor: 'DXS flow ID ',
      pattern: /DXS flow ID \d{1,4} (?:connect|accept) timeout/,
      outcome: 'dropped',
      proof: 'hint',
      means: 'a flow of GPUDirect-TCPXO got no answer from a peer over its secondary interfaces, which NetworkPolicy never meets',
      mend: firewalls,
      source: 'google/nccl-plugin-gpudirect-tcpxo tcpdirect_plugin/fastrak_offload/nccl_shim.cc, Connect, Accept',
    },
    {
      id: 'fastrak/flow-failed',
      subject: 'rdma',
      anchor: 'flow ID ',
      pattern: /DXS(?:::SocketReady for flow ID \d{1,4} failed| flow ID \d{1,4} failed to establish)/,
      outcome: 'unclear',
      proof: 'hint',
      means: 'a flow of GPUDirect-TCPXO to a peer could not be set up over its secondary interfaces, which NetworkPolicy never meets',
      mend: firewalls,
      source: 'google/nccl-plugin-gpudirect-tcpxo tcpdirect_plugin/fastrak_offload/nccl_shim.cc, Connect, Accept',
    },
    {
      id: 'fastrak/initialization',
      subject: 'waiting',
      anchor: 'Plug-in core initialization failed',
      pattern: /Plug-in core initialization failed \(/,
      outcome: 'unclear',
      proof: 'echo',
      means: 'the plug-in of GPUDirect-TCPXO could not start; the line before it says at what',
      source: 'google/nccl-plugin-gpudirect-tcpxo tcpdirect_plugin/fastrak_offload/fastrak_plugin.cc, Init',
    },
  ],
};
