import type { TransportSet } from '../space/transport-set.ts';
import { only } from './rule-ports.ts';

/** The EKS Pod Identity agent, on the node's own interface `pod-id-link0`. Source: Amazon EKS User Guide, EKS Pod Identity. */
export const podIdentityAgent = '169.254.170.23';

/** Azure's platform endpoint (WireServer); it answers on TCP 80 and 32526. Source: Azure documentation, What is IP address 168.63.129.16. */
export const wireServer = '168.63.129.16';

/** The resolver of NodeLocal DNSCache. Source: kubernetes.io, Using NodeLocal DNSCache in Kubernetes Clusters. */
export const nodeLocalDns = '169.254.20.10';

export const http: TransportSet = only('TCP', 80);
export const https: TransportSet = only('TCP', 443);
export const quic: TransportSet = only('UDP', 443);
export const dnsUdp: TransportSet = only('UDP', 53);
export const dnsTcp: TransportSet = only('TCP', 53);
