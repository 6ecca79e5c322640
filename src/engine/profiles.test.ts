import { describe, expect, it } from 'vitest';
import { profileOf, profiles } from './profiles.ts';

describe('profiles', () => {
  it('are found by their id, and by a CNI alone for its newest version', () => {
    for (const profile of profiles) expect(profileOf(profile.id)).toMatchObject({ ok: true, value: { id: profile.id } });
    const newest = profiles.filter((p) => p.id.startsWith('cilium@')).at(-1);
    expect(profileOf('cilium')).toMatchObject({ ok: true, value: { id: newest?.id } });
  });

  it('cite a source for every assumption', () => {
    for (const { assumptions } of profiles) {
      expect(assumptions.length).toBeGreaterThan(5);
      for (const line of assumptions) expect(line).toMatch(/Source: \S/);
    }
  });

  it('say in words whatever is unknown or enforced', () => {
    const strict = profiles.find((p) => p.id === 'kubernetes');
    expect(strict?.id).toBe('kubernetes');
    expect(strict?.enforces).toEqual(['kubernetes']);
    const unknown = Object.entries(strict ?? {}).flatMap(([fact, answer]) => (answer === 'unknown' ? [fact] : []));
    expect(unknown).toEqual(['cidrMatchesPods', 'hostNetworkAsNode', 'otherProtocolsByRule', 'egressAfterTranslation', 'foreignPolicies']);
    expect(strict?.assumptions.filter((line) => line.includes('unknown')).length).toBe(unknown.length);
  });

  it.each([
    ['cilum', 'Did you mean cilium?'],
    ['cilium@9.99', expect.stringContaining('Did you mean cilium')],
    ['Kubernetes', 'Did you mean kubernetes?'],
    ['', 'Take kubernetes for the strict reading of the API alone.'],
    ['toString', 'Take kubernetes for the strict reading of the API alone.'],
  ])('%j is no profile', (text, hint) => {
    const result = profileOf(text);
    expect(result.ok).toBe(false);
    expect(result.diagnostics[0]).toMatchObject({ code: 'unknown-profile', hint, origin: null });
    for (const { id } of profiles) expect(result.diagnostics[0]?.message).toContain(id);
  });
});
