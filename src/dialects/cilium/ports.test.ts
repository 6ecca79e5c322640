import { describe, expect, it } from 'vitest';
import { dns, egress, faults, namespaced, pods, rulesOf, to } from '../../../cases/support/cilium-objects.ts';
import { pathText } from '../../kernel/reader.ts';
import { mutualAuthentication } from '../../model/mutual-authentication.ts';

describe('ports and more', () => {
  const ports = (...items: unknown[]) => rulesOf(namespaced(to(...items))).map((rule) => rule.ports);
  it.each([
    ['port "0"', { port: '0', protocol: 'TCP' }, { protocol: 'TCP', port: null, endPort: null }],
    ['port "0", any', { port: '0' }, { protocol: 'ANY', port: null, endPort: null }],
    ['protocol left empty', { port: '53', protocol: '' }, { protocol: 'ANY', port: 53, endPort: null }],
    ['a range', { port: '1', endPort: 9, protocol: 'UDP' }, { protocol: 'UDP', port: 1, endPort: 9 }],
    ['endPort 0', { port: '1', endPort: 0, protocol: 'UDP' }, { protocol: 'UDP', port: 1, endPort: null }],
    ['a name', { port: 'HTTP', protocol: 'TCP' }, { protocol: 'TCP', port: 'http', endPort: null }],
    ['a name like a number', { port: '0x10', protocol: 'TCP' }, { protocol: 'TCP', port: '0x10', endPort: null }],
  ])('%s', (_name, item, expected) => {
    expect(ports({ ports: [item] })).toEqual([[expected]]);
  });

  it('makes one rule of all ports that ask for the same', () => {
    const plain = { ports: [{ port: '1', protocol: 'TCP' }] };
    const rules = rulesOf(namespaced(to(plain, { ports: [{ port: '53' }], rules: { dns } }, plain, { ports: [{ port: '443' }], serverNames: ['a.com'] })));
    expect(rules.map((rule) => [rule.ports?.length, pathText(rule.origin.path)])).toEqual([
      [2, 'spec.egress[0].toPorts[0]'],
      [1, 'spec.egress[0].toPorts[1]'],
      [1, 'spec.egress[0].toPorts[3]'],
    ]);
    expect(rules.map((rule) => rule.application)).toEqual([
      null,
      { dns: [{ kind: 'exact', name: 'a.com' }], serverNames: null, otherL7: false },
      { dns: null, serverNames: ['a.com'], otherL7: false },
    ]);
  });

  it.each([
    ['http', { rules: { http: [{ method: 'GET' }] } }],
    ['terminatingTLS', { terminatingTLS: { secret: { name: 's' } } }],
    ['listener', { listener: { name: 'l' } }],
  ])('notes %s', (_name, more) => {
    const [rule] = rulesOf(namespaced(to({ ports: [{ port: '80', protocol: 'TCP' }], ...more })));
    expect(rule?.application?.otherL7).toBe(true);
  });

  it('takes authentication for a further condition, of what other rules allow too', () => {
    const asked = (mode: string, more: Record<string, unknown> = {}) =>
      rulesOf(namespaced(egress({ ...more, authentication: { mode } }))).map((rule) => [rule.action, rule.condition]);
    const both = [
      ['allow', mutualAuthentication],
      ['deny', mutualAuthentication],
    ];
    expect(asked('required', { toEndpoints: [{}] })).toEqual(both);
    expect(asked('test-always-fail', { icmps: [{ fields: [{ type: 8 }] }] })).toEqual(both);
    expect(asked('disabled', { toPorts: [{ ports: [{ port: '1' }] }] })).toEqual([['allow', undefined]]);
  });

  it('keeps what a filter says, whatever the order of its alternatives', () => {
    const text = (...http: unknown[]) => rulesOf(namespaced(to({ ports: [{ port: '80', protocol: 'TCP' }], rules: { http } })))[0]?.application?.otherText;
    expect(text({ method: 'GET' })).toContain('GET');
    expect(text({ method: 'GET' }, { path: '/' })).toBe(text({ path: '/' }, { method: 'GET' }));
    expect(text({ method: 'GET' })).not.toBe(text({ method: 'PUT' }));
  });

  const types = (...fields: unknown[]) =>
    rulesOf(namespaced(egress({ icmps: [{ fields }] }))).map((rule) => [rule.ports?.map((p) => p.port), rule.condition?.slice(0, 26)]);

  it('reads ICMP types by number and name, each once', () => {
    expect(types({ type: 8 }, { type: 'EchoRequest' }, { family: 'IPv6', type: 'EchoRequest' }, { type: '0' })).toEqual([[[8, 128, 0], undefined]]);
    expect(types()).toEqual([[[], undefined]]);
  });

  it('takes a number that the other family has too for a perhaps, unless it is listed for both', () => {
    expect(types({ type: 'DestinationUnreachable' }, { type: 8 })).toEqual([
      [[8], undefined],
      [[3], 'whether the packet is IPv4'],
    ]);
    expect(types({ type: 3 }, { family: 'IPv6', type: 3 })).toEqual([[[3], undefined]]);
    expect(types({ family: 'IPv6', type: 'TimeExceeded' })).toEqual([[[3], 'whether the packet is IPv6']]);
    expect(types({ type: 128 })).toEqual([[[128], 'whether the packet is IPv4']]);
    expect(faults(namespaced(egress({ icmps: [{ fields: [{ type: 128 }, { type: 8 }] }] })))).toEqual([
      'warning other-family spec.egress[0].icmps[0].fields[0]',
    ]);
  });

  it('does not take one rare protocol for all of them', () => {
    const [tcp, other] = rulesOf(
      namespaced({
        ...pods,
        egressDeny: [
          {
            toEntities: ['all'],
            toPorts: [
              {
                ports: [
                  { port: '1', protocol: 'TCP' },
                  { port: '0', protocol: 'IGMP' },
                ],
              },
            ],
          },
        ],
      }),
    );
    expect(tcp?.ports).toHaveLength(1);
    expect(other?.peers?.[0]?.kind).toBe('unknown');
  });

  it('reads allow and deny sections, of which deny wins', () => {
    const rules = rulesOf(namespaced({ ...egress({ toEndpoints: [{}] }), egressDeny: [{ toEntities: ['world'] }] }));
    expect(rules.map((rule) => rule.action)).toEqual(['allow', 'deny']);
  });
});
