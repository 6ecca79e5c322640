import type { FabricAuditReport, FabricQuestion } from '../../model/fabric-audit-report.ts';
import type { Finding } from '../../model/finding.ts';
import { defaultUnknown } from './answer.ts';
import type { Situation } from './situation.ts';

/** The questions to ask of a fabric from time to time: which findings answer them, and what the answer needs. */
export function questionsOf(
  situation: Situation,
  findings: readonly Finding[],
  hasCluster: boolean,
  { apart, apartBecause }: Pick<FabricAuditReport, 'apart' | 'apartBecause'>,
): readonly FabricQuestion[] {
  const { hosts, live, configured, managed, intent, log, hasSettings, seen, evidence } = situation;
  const tables = live ?? configured ?? managed;
  const missing = (holds: boolean, what: string): string | null => (holds ? null : `${what} is not among the inputs`);
  const ports = missing(hosts.length > 0, 'a dump of the ports (ibnetdiscover)');
  const keys = ports ?? missing(tables !== null, 'a dump of the tables (smpquery pkeys, saquery PKTR) or partitions.conf');
  const infrastructure = intent.parties.some((p) => p.kind === 'infrastructure') ? null : 'no zone declares its infrastructure';
  const both = live === null ? missing(false, 'a dump of the tables') : missing(configured !== null || managed !== null, 'partitions.conf');
  const counters = evidence.facts.some((f) => f.kind === 'counter');
  const ask = (question: string, unknown: string | null, because: string, ...slugs: readonly string[]): FabricQuestion => {
    const bad = findings.filter((f) => slugs.includes(f.check) && f.severity !== 'info');
    if (bad.length > 0)
      return {
        question,
        answer: 'not in order',
        because: `${bad.length} finding${bad.length === 1 ? '' : 's'}: ${[...new Set(bad.map((f) => f.check))].join(', ')}`,
      };
    return unknown === null ? { question, answer: 'in order', because } : { question, answer: 'not known', because: unknown };
  };
  return [
    ask('Is every port known?', ports, `${hosts.length} host ports, each somebody’s`, 'fabric-unknown-port', 'fabric-host-by-description'),
    ask(
      'Are only the manager and infrastructure full members of the default partition?',
      keys ?? defaultUnknown(situation)[0] ?? null,
      'no host is',
      'fabric-flat',
      'fabric-full-default-member',
    ),
    apart === 'holds' || apart === 'fails'
      ? ask(
          'Is no port of one zone able to talk to another’s?',
          keys,
          'each pair was compared',
          'fabric-flat',
          'fabric-zones-share-key',
          'fabric-full-default-member',
          'fabric-pods-meet',
        )
      : {
          question: 'Is no port of one zone able to talk to another’s?',
          answer: 'not known',
          because: keys ?? apartBecause,
        },
    ask('Can ports of one zone talk to each other and to their hubs?', keys, 'each has the key', 'fabric-flat', 'fabric-member-missing'),
    ask(
      'Is the key of each zone where programs look for it?',
      keys,
      'at index 0, or the zone says that programs are told',
      'fabric-flat',
      'fabric-key-not-at-index-0',
      'fabric-job-key',
    ),
    ask(
      'Are tables and configuration as the zones want them, and alike?',
      both,
      'they are',
      'fabric-drift',
      'fabric-dumps-disagree',
      'fabric-unexpected-member',
      'fabric-not-a-port',
      'fabric-table-overflow',
      'fabric-partitions-misread',
    ),
    ask(
      'Is the fabric protected by its own keys?',
      missing(hasSettings, 'opensm.conf'),
      'switches enforce, and no key has its default',
      'fabric-enforcement-off',
      'fabric-management-key-default',
      'fabric-both-memberships',
    ),
    ask('Has OpenSM refused its configuration?', missing(log.length > 0, 'a log of OpenSM'), 'the log says nothing of it', 'fabric-configuration-refused'),
    ask(
      'Does the cluster hand out what the fabric keeps apart?',
      hasCluster ? null : 'no manifest of the cluster is among the inputs',
      'no manifest does',
      'fabric-foreign-attachment',
      'fabric-umad-exposed',
    ),
    ask(
      'Did anybody try to cross?',
      counters || log.length > 0 ? null : 'neither counters (perfquery) nor a log of OpenSM are among the inputs',
      'nothing tells of it',
      'fabric-violations',
    ),
    ask(
      'Is there no other subnet manager?',
      missing(seen.managers.length > 0, 'a list of managers (sminfo)') ?? infrastructure,
      'those that answer are declared',
      'fabric-second-manager',
      'fabric-manager-on-host',
    ),
  ];
}
