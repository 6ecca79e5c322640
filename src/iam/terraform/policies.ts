import { kept } from '../../kernel/memo.ts';
import { type Reader, shown } from '../../kernel/reader.ts';
import type { Doubt } from '../doubtful.ts';
import type { Embedded, FoundPolicy } from '../found-policy.ts';
import type { PolicyKind } from '../policy.ts';
import { type Instance, isTerraformOutput, type TerraformOutput, terraformOutput, textOf } from './output.ts';
import { fieldOf, isLater, isSet, referredTo } from './values.ts';

/** What a policy is attached to: `on` for people and for decisions; `why` it cannot be told. */
interface Place {
  readonly on: string | null;
  readonly why: string | null;
}

/** Policies in the output of `terraform show -json`; null: it is none. What is known after apply only is told as being in doubt. */
export function terraformPolicies(at: Reader, embedded: Embedded): readonly FoundPolicy[] | null {
  return isTerraformOutput(at) ? new Policies(terraformOutput(at), embedded).all() : null;
}

const later = (address: string, what: string): string => `${address}: ${what} is known after apply only`;

/** Source: documentation of the AWS provider, for each resource. */
class Policies {
  readonly #output: TerraformOutput;
  readonly #embedded: Embedded;
  readonly #texts = new Map<Instance, Reader>();
  readonly #managed = new Map<string, Instance>();
  readonly #roles = new Map<string, string>();

  constructor(output: TerraformOutput, embedded: Embedded) {
    this.#output = output;
    this.#embedded = embedded;
    for (const one of [...output.data, ...this.#of('aws_iam_policy')]) {
      const arn = one.type === 'aws_iam_policy' ? textOf(one.values.field('arn')) : null;
      if (arn !== null) this.#managed.set(arn, one);
    }
    for (const role of this.#of('aws_iam_role')) {
      const [name, arn] = [textOf(role.values.field('name')), textOf(role.values.field('arn'))];
      if (name !== null && arn !== null) this.#roles.set(name, arn);
    }
  }

  all(): readonly FoundPolicy[] {
    return this.#output.instances.flatMap((one) => this.#policiesOf(one));
  }

  #of(...types: readonly string[]): readonly Instance[] {
    return this.#output.instances.filter((one) => types.includes(one.type));
  }

  #policiesOf(one: Instance): readonly FoundPolicy[] {
    switch (one.type) {
      case 'aws_iam_role':
        return this.#role(one);
      case 'aws_iam_role_policy':
        return [this.#policy(one, 'policy', 'identity', { role: this.#roleIn(one, 'role') })];
      case 'aws_iam_role_policy_attachment':
        return [this.#attached(one, this.#roleIn(one, 'role'))];
      case 'aws_iam_policy_attachment':
        return this.#attachedToMany(one);
      case 'aws_s3_bucket_policy':
        return [this.#policy(one, 'policy', 'resource', { resource: this.#bucketIn(one), service: 's3' })];
      case 'aws_s3_access_point':
        // Without a policy in the configuration there is none, or another resource has it.
        return isSet(one, 'policy') && fieldOf(one, 'policy').kind !== 'none'
          ? [this.#policy(one, 'policy', 'resource', { resource: this.#arnOf(one), service: 's3' })]
          : [];
      case 'aws_s3control_access_point_policy':
        return [this.#policy(one, 'policy', 'resource', { resource: this.#arnIn(one, 'access_point_arn', ['aws_s3_access_point'], 'arn'), service: 's3' })];
      case 'aws_kms_key':
      case 'aws_kms_external_key':
      case 'aws_kms_replica_key':
        return this.#isElsewhere(one, 'aws_kms_key_policy', 'key_id', ['key_id', 'arn'])
          ? []
          : [this.#policy(one, 'policy', 'resource', { resource: this.#arnOf(one), service: 'kms' })];
      case 'aws_kms_key_policy':
        return [this.#policy(one, 'policy', 'resource', { resource: this.#arnIn(one, 'key_id', keyTypes, 'key_id'), service: 'kms' })];
      case 'aws_vpc_endpoint':
        return this.#isElsewhere(one, 'aws_vpc_endpoint_policy', 'vpc_endpoint_id', ['id'])
          ? []
          : [this.#policy(one, 'policy', 'endpoint', { resource: this.#serviceOf(one) })];
      case 'aws_vpc_endpoint_policy':
        return [this.#policy(one, 'policy', 'endpoint', { resource: this.#endpointIn(one) })];
      case 'aws_organizations_policy':
        return this.#control(one);
      default:
        return [];
    }
  }

  /** A policy in a field: as a text, or in doubt. `text` is the instance that has it, where that is another one. */
  #policy(
    one: Instance,
    field: string,
    kind: PolicyKind,
    place: { readonly role?: Place; readonly resource?: Place; readonly service?: string },
    more: { readonly text?: Instance; readonly untold?: string; readonly at?: Reader; readonly name?: string } = {},
  ): FoundPolicy {
    const source = more.text ?? one;
    const value = more.untold !== undefined ? null : more.at !== undefined ? textAt(more.at) : fieldOf(source, field);
    const name = more.name ?? (more.text === undefined ? one.address : more.text.address);
    const where = place.role ?? place.resource ?? { on: null, why: null };
    const untold =
      more.untold ??
      (value?.kind === 'text'
        ? null
        : value?.kind === 'none'
          ? `${source.address}: its ${field} is not in this ${this.#output.kind}`
          : later(source.address, `its ${field}`));
    const doubt: Doubt | null = untold !== null ? { of: 'text', why: untold } : where.why !== null ? { of: 'place', why: where.why } : null;
    const from = more.text === undefined ? '' : `, through ${one.address}`;
    return {
      kind,
      name,
      resource: place.resource?.on ?? null,
      role: place.role?.on ?? null,
      taken: `${kind} policy${from}, in a ${this.#output.kind} of Terraform${doubt === null ? '' : `; in doubt: ${doubt.why}`}`,
      at:
        value?.kind === 'text'
          ? more.at === undefined
            ? kept(this.#texts, source, () => this.#embedded(value.at, value.text))
            : this.#embedded(value.at, value.text)
          : one.values,
      ...(doubt === null ? {} : { doubt }),
      ...(place.service === undefined ? {} : { service: place.service }),
    };
  }

  #role(one: Instance): readonly FoundPolicy[] {
    const name = textOf(one.values.field('name'));
    const arn = textOf(one.values.field('arn')) ?? name;
    const role: Place = { on: arn, why: arn === null ? later(one.address, 'its name') : null };
    const set = (field: string): boolean => isSet(one, field) && isLater(one, field);
    const inline = one.values.field('inline_policy').each();
    const items = inline.flatMap((item): readonly FoundPolicy[] => {
      const own = textOf(item.field('name'));
      if (textAt(item.field('policy')).kind === 'none' || this.#isTold('aws_iam_role_policy', name, 'name', own)) return [];
      return [this.#policy(one, 'policy', 'identity', { role }, { at: item.field('policy'), name: `${one.address}, inline policy ${own ?? ''}` })];
    });
    const arns = one.values
      .field('managed_policy_arns')
      .each()
      .flatMap((item) => textOf(item) ?? []);
    return [
      { ...this.#policy(one, 'assume_role_policy', 'trust', { role, resource: role }), name: `trust of ${one.address}` },
      ...items,
      ...(set('inline_policy') ? [this.#policy(one, '', 'identity', { role }, { untold: later(one.address, 'inline_policy') })] : []),
      ...arns.flatMap((item) =>
        this.#isTold('aws_iam_role_policy_attachment', name, 'policy_arn', item) ? [] : [this.#managedBy(one, item, 'identity', role)],
      ),
      ...(set('managed_policy_arns') ? [this.#policy(one, '', 'identity', { role }, { untold: later(one.address, 'managed_policy_arns') })] : []),
      ...this.#boundary(one, role),
    ];
  }

  #boundary(one: Instance, role: Place): readonly FoundPolicy[] {
    const value = fieldOf(one, 'permissions_boundary');
    if (value.kind === 'none') return [];
    if (value.kind === 'text') return [this.#managedBy(one, value.text, 'boundary', role)];
    const text = referredTo(this.#output, one, 'permissions_boundary', ['aws_iam_policy']);
    return [this.#policy(one, 'policy', 'boundary', { role }, text === null ? { untold: later(one.address, 'permissions_boundary') } : { text })];
  }

  /** Whether another resource of the output has, or does away with, what a role lists of its own accord. */
  #isTold(type: string, role: string | null, field: string, value: string | null): boolean {
    const all = [...this.#of(type).map((one) => one.values), ...this.#output.gone.flatMap((g) => (g.type === type ? [g.values] : []))];
    return role !== null && value !== null && all.some((v) => v.field('role').value === role && v.field(field).value === value);
  }

  #attached(one: Instance, role: Place): FoundPolicy {
    const value = fieldOf(one, 'policy_arn');
    if (value.kind === 'text') return this.#managedBy(one, value.text, 'identity', role);
    const text = referredTo(this.#output, one, 'policy_arn', ['aws_iam_policy']);
    return this.#policy(one, 'policy', 'identity', { role }, text === null ? { untold: later(one.address, 'which policy it attaches') } : { text });
  }

  #attachedToMany(one: Instance): readonly FoundPolicy[] {
    const names = one.values
      .field('roles')
      .each()
      .flatMap((item) => textOf(item) ?? []);
    const more: readonly Place[] = isLater(one, 'roles') ? [{ on: null, why: later(one.address, 'whose policy it is') }] : [];
    return [...names.map((name): Place => ({ on: this.#roles.get(name) ?? name, why: null })), ...more].map((role) => this.#attached(one, role));
  }

  /** A managed policy by its ARN: its text is that of a resource or data source. */
  #managedBy(one: Instance, arn: string, kind: PolicyKind, role: Place): FoundPolicy {
    const text = this.#managed.get(arn);
    return this.#policy(
      one,
      'policy',
      kind,
      { role },
      text === undefined ? { untold: `${one.address}: the text of ${shown(arn)} is not in this ${this.#output.kind}` } : { text },
    );
  }

  #control(one: Instance): readonly FoundPolicy[] {
    const type = textOf(one.values.field('type')) ?? 'SERVICE_CONTROL_POLICY';
    if (type !== 'SERVICE_CONTROL_POLICY' && type !== 'RESOURCE_CONTROL_POLICY') return [];
    const id = textOf(one.values.field('id'));
    const targets = this.#of('aws_organizations_policy_attachment').flatMap((a) => {
      const policy = fieldOf(a, 'policy_id');
      const mine = policy.kind === 'text' ? policy.text === id : referredTo(this.#output, a, 'policy_id', ['aws_organizations_policy']) === one;
      return mine ? [textOf(a.values.field('target_id'))] : [];
    });
    // Source: AWS Organizations API reference, Root: ids of roots begin with r-. What hangs there is about every account but the management account.
    const root = targets.find((t) => t?.startsWith('r-'));
    const why = root === undefined ? `${one.address}: whether it is attached above the account is not in this ${this.#output.kind}` : null;
    const kind = type === 'SERVICE_CONTROL_POLICY' ? 'scp' : 'rcp';
    const own = this.#policy(one, 'content', kind, { resource: { on: null, why } });
    return kind === 'rcp' ? [own] : [own, this.#beside(one)];
  }

  /** What AWS attaches beside, by itself, and somebody may have detached. Source: AWS Organizations user guide, SCPs: FullAWSAccess. */
  #beside(one: Instance): FoundPolicy {
    const why = `${one.address}: whether FullAWSAccess is attached beside it is not in this ${this.#output.kind}`;
    const everything = { Version: '2012-10-17', Statement: { Effect: 'Allow', Action: '*', Resource: '*' } };
    return {
      kind: 'scp',
      name: `FullAWSAccess beside ${one.address}`,
      resource: null,
      role: null,
      taken: `scp policy that AWS attaches; in doubt: ${why}`,
      at: this.#embedded(one.values, JSON.stringify(everything)),
      doubt: { of: 'place', why },
    };
  }

  #roleIn(one: Instance, field: string): Place {
    const value = fieldOf(one, field);
    const target = value.kind === 'text' ? null : referredTo(this.#output, one, field, ['aws_iam_role']);
    const name = value.kind === 'text' ? value.text : target === null ? null : textOf(target.values.field('name'));
    if (name !== null) return { on: this.#roles.get(name) ?? name, why: null };
    return { on: null, why: target === null ? later(one.address, 'whose policy it is') : later(target.address, 'its name') };
  }

  #arnOf(one: Instance): Place {
    const arn = textOf(one.values.field('arn'));
    return { on: arn, why: arn === null ? later(one.address, 'its arn') : null };
  }

  /** A resource that a field names, by its ARN or by another field of it. */
  #arnIn(one: Instance, field: string, types: readonly string[], by: string): Place {
    const value = fieldOf(one, field);
    if (value.kind === 'text' && value.text.startsWith('arn:')) return { on: value.text, why: null };
    const target =
      value.kind === 'text' ? (this.#of(...types).find((t) => t.values.field(by).value === value.text) ?? null) : referredTo(this.#output, one, field, types);
    return target === null
      ? {
          on: null,
          why:
            value.kind === 'text' ? `${one.address}: of which account and region ${field} is, is not in this ${this.#output.kind}` : later(one.address, field),
        }
      : this.#arnOf(target);
  }

  #bucketIn(one: Instance): Place {
    const value = fieldOf(one, 'bucket');
    const target =
      value.kind === 'text'
        ? (this.#of('aws_s3_bucket').find((b) => b.values.field('bucket').value === value.text) ?? null)
        : referredTo(this.#output, one, 'bucket', ['aws_s3_bucket']);
    const arn = target === null ? null : textOf(target.values.field('arn'));
    const name = value.kind === 'text' ? value.text : target === null ? null : textOf(target.values.field('bucket'));
    if (arn !== null) return { on: arn, why: null };
    if (name === null) return { on: null, why: later(one.address, 'its bucket') };
    // A bucket that is not made yet has the partition that its policy speaks of.
    const partition = /arn:(aws(?:-[a-z]{1,20}){0,2}):s3:::/.exec(textOf(one.values.field('policy')) ?? '')?.[1] ?? 'aws';
    return { on: `arn:${partition}:s3:::${name}`, why: null };
  }

  #serviceOf(one: Instance): Place {
    const service = textOf(one.values.field('service_name'));
    return { on: service, why: service === null ? later(one.address, 'its service_name') : null };
  }

  #endpointIn(one: Instance): Place {
    const value = fieldOf(one, 'vpc_endpoint_id');
    const target =
      value.kind === 'text'
        ? this.#of('aws_vpc_endpoint').find((e) => e.values.field('id').value === value.text)
        : referredTo(this.#output, one, 'vpc_endpoint_id', ['aws_vpc_endpoint']);
    return target === null || target === undefined
      ? { on: null, why: `${one.address}: of which service its endpoint is, is not known` }
      : this.#serviceOf(target);
  }

  /** Whether a resource of its own has the policy of this one. */
  #isElsewhere(one: Instance, type: string, field: string, by: readonly string[]): boolean {
    const own = by.flatMap((name) => textOf(one.values.field(name)) ?? []);
    return this.#of(type).some((other) => {
      const value = fieldOf(other, field);
      return value.kind === 'text' ? own.includes(value.text) : referredTo(this.#output, other, field, [one.type]) === one;
    });
  }
}

const keyTypes = ['aws_kms_key', 'aws_kms_external_key', 'aws_kms_replica_key'];

function textAt(at: Reader): { readonly kind: 'text'; readonly text: string; readonly at: Reader } | { readonly kind: 'none' } {
  const text = textOf(at);
  return text === null ? { kind: 'none' } : { kind: 'text', text, at };
}
