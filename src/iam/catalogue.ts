import { actionData } from './actions.gen.ts';
import type { Pattern } from './pattern.ts';
import { exactPattern } from './pattern.ts';
import type { ActionRange } from './prover/region.ts';
import { templatePattern } from './prover/setting.ts';

/** What an action does, in the words of the Service Authorization Reference. */
export type AccessLevel = 'list' | 'read' | 'write' | 'tagging' | 'permissions';

/** An action of AWS: what it does, and what it is done to. */
export interface KnownAction {
  readonly service: string;
  readonly level: AccessLevel;
  readonly range: ActionRange;
}

export type KnownService = keyof typeof actionData.services;

/** Object storage under all its names. An Allow or Deny of `s3:*` is about the first alone. */
export const storageServices: readonly KnownService[] = ['s3', 's3express', 's3tables', 's3vectors', 's3files', 's3-outposts', 's3-object-lambda'];

const levels: Readonly<Record<string, AccessLevel>> = { L: 'list', R: 'read', W: 'write', T: 'tagging', P: 'permissions' };
const anyKey = new Set<string>();

/** The actions of some services in a partition (`aws`, `aws-cn`, `aws-us-gov`), in the order of the table. */
export function knownActions(services: readonly KnownService[], partition: string): readonly KnownAction[] {
  return services.flatMap((service) => {
    const { resources, keys, actions } = actionData.services[service] as ServiceData;
    const forms = new Map(Object.entries(resources).map(([name, form]) => [name, templatePattern(form.replace('<partition>', partition))] as const));
    const sets = keys.map((text) => (text === '' ? anyKey : new Set(text.split(' '))));
    return actions.map((line): KnownAction => {
      const [name = '', level = '', types = '*', set = '0'] = line.split(' ');
      // The plainest form first: a request that is shown names an object rather than an access point where either would do.
      const patterns: readonly Pattern[] =
        types === '*'
          ? [exactPattern('*')]
          : types
              .split(',')
              .flatMap((type) => forms.get(type) ?? [])
              .sort((a, b) => a.source.length - b.source.length);
      return { service, level: levels[level] ?? 'write', range: { name: `${service}:${name}`, resources: patterns, keys: sets[Number(set)] ?? anyKey } };
    });
  });
}

interface ServiceData {
  readonly resources: Readonly<Record<string, string>>;
  readonly keys: readonly string[];
  readonly actions: readonly string[];
}
