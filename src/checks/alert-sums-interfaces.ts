import type { Check } from './check.ts';
import { aboutRule, ruleExample, rulesIn, ruleTitle } from './prometheus-rules.ts';

export const check: Check = {
  slug: 'alert-sums-interfaces',
  title: 'Bytes are summed over every interface',
  severity: 'medium',
  plane: 'detection',
  why: 'cAdvisor has a series for each interface of a pod’s network namespace: a bond and its slaves count twice, `lxc` and `cali` devices as well, and a pod on the network of its node has all of the node’s. RDMA passes these counters by, while all-reduce over TCP is in them and drowns what leaves the cluster.',
  fix: 'Count what leaves by its destination: flows, a gateway, or accounting of connections. As a bound and no measure: one interface by name (`interface="eth0"`), without pods that use the host’s network.',
  sources: ['google/cadvisor lib/container/libcontainer/handler.go (GetStats reads /proc/PID/net/dev)', 'docs/alerts.md'],
  example: {
    bad: ruleExample('sum(rate(container_network_transmit_bytes_total{namespace="ai-training"}[10m])) > 1e9', null),
    good: ruleExample('sum by (pod) (rate(container_network_transmit_bytes_total{namespace="ai-training",interface="eth0"}[10m])) > 1e9', null),
  },
  *run({ snapshot }) {
    for (const { rule, query } of rulesIn(snapshot)) {
      const summed = query.selectors.filter(
        (s) =>
          s.metric?.startsWith('container_network_') === true &&
          s.within.some((call) => call === 'sum' || call === 'avg') &&
          !s.matchers.some((m) => m.label === 'interface') &&
          !query.groupings.some((g) => g.labels.includes('interface') && g.selectors.includes(s)),
      );
      if (summed.length === 0) continue;
      yield {
        severity: 'medium',
        confidence: 'likely',
        message: `${ruleTitle(rule)} sums ${summed[0]?.metric} over every interface: bonds, slaves and the devices of nodes count more than once, and traffic between workers counts as what leaves.`,
        ...aboutRule(rule),
        fix: 'Budget bytes by class of destination (ringfence_external_bytes_total against its budget), or name one interface and leave out pods on the network of their node.',
      };
    }
  },
};
