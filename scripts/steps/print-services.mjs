import { built, generatedNote } from './printing.mjs';

const list = (words) => (words.length === 0 ? '–' : words.map((word) => `\`${word}\``).join(', '));

/** The page of egress profiles: which hosts, whose, whether they take writes, and how to do without. */
export async function serviceFiles() {
  const { knownServices } = await built('services/known.js');
  const text = [
    '# Egress profiles',
    '',
    generatedNote('src/services'),
    '',
    'What a zone may name under `services`. A host that takes writes is a way out for whoever has keys to it, and one that serves many tenants is a way out to all of them: the best profile is the one',
    'that opens nothing. Object stores and credentials are no services: they are `data` and `identity` of [the zone](zone.md).',
    '',
    ...knownServices.flatMap(({ id, title, hosts, ownHosts, env, mirrors, advice, asOf }) => [
      `## \`${id}\``,
      '',
      `${title[0].toUpperCase()}${title.slice(1)}; looked at ${asOf}. ${advice}`,
      '',
      '| | |',
      '| --- | --- |',
      `| opens | ${hosts.length > 0 ? hosts.map(({ name, port }) => `\`${name}:${port}\``).join(', ') : ownHosts === null ? 'nothing' : `the hosts that the zone names, TCP ${ownHosts.port}`} |`,
      ...(hosts.length === 0 && ownHosts === null
        ? []
        : [
            `| names a tenant | ${(ownHosts ?? hosts[0]).namesTenant ? 'yes' : 'no: every customer of it is admitted'} |`,
            `| takes writes | ${(ownHosts ?? hosts[0]).takesWrites ? 'yes' : 'no'} |`,
          ]),
      `| variables that the pods must set | ${list(Object.entries(env).map(([name, value]) => `${name}=${value}`))} |`,
      `| variables that name a mirror | ${list(mirrors)} |`,
      '',
    ]),
  ].join('\n');
  return [{ path: 'docs/services.md', text }];
}
