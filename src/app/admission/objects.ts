import type { AdmissionEngine, TrainingZone } from '../../spec/zone.ts';
import { partKinds } from './job-owner.ts';
import type { AdmissionRule } from './rule.ts';
import { admissionRules, jobLabelsOf } from './rules.ts';

type Plain = Readonly<Record<string, unknown>>;

/** Kinds that a policy is about, as resources of the API. */
interface Resources {
  readonly group: string;
  readonly kinds: readonly string[];
  readonly resources: readonly string[];
}

/** Which objects a policy is about: those of some namespaces, or of all but some. */
export interface AdmissionPolicy {
  readonly name: string;
  readonly side: 'training' | 'elsewhere' | 'jobs' | 'networks';
  readonly resources: readonly Resources[];
  readonly about: readonly string[];
  readonly namespaces: { readonly operator: 'In' | 'NotIn'; readonly names: readonly string[] };
  readonly rules: readonly AdmissionRule[];
}

/** `pods/status` too: its writers may change labels and annotations. `pods/resize` changes neither. Source: kubernetes/kubernetes pkg/registry/core/pod/strategy.go. */
const pods: Resources = { group: '', kinds: ['Pod'], resources: ['pods', 'pods/ephemeralcontainers', 'pods/status'] };
const attachments: Resources = { group: 'k8s.cni.cncf.io', kinds: ['NetworkAttachmentDefinition'], resources: ['network-attachment-definitions'] };

/** The policies of a zone that have rules, whatever engine is to enforce them. */
export function admissionPolicies(zone: TrainingZone): readonly AdmissionPolicy[] {
  const { training, elsewhere, jobs, networks, except } = admissionRules(zone);
  const { name } = zone.spec.namespace;
  const policy = (side: AdmissionPolicy['side'], rest: Omit<AdmissionPolicy, 'name' | 'side'>): AdmissionPolicy => ({
    name: `ringfence-${zone.metadata.name}-${side}`,
    side,
    ...rest,
  });
  const own = { operator: 'In' as const, names: [name] };
  const parts = partKinds(jobLabelsOf(zone)).map((k) => ({ ...k, resources: k.kinds.map((kind) => `${kind.toLowerCase()}s`) }));
  return [
    policy('training', { resources: [pods], about: [`What pods of namespace ${name} may ask for.`], namespaces: own, rules: training }),
    policy('elsewhere', {
      resources: [pods],
      about: [`What pods of every namespace but ${except.join(', ')} may not ask for.`],
      namespaces: { operator: 'NotIn', names: except },
      rules: elsewhere,
    }),
    policy('jobs', { resources: parts, about: [`Whose labels the pods of a controller in namespace ${name} may carry.`], namespaces: own, rules: jobs }),
    policy('networks', {
      resources: [attachments],
      about: [`What networks of every namespace but ${name} may not hand out.`],
      namespaces: { operator: 'NotIn', names: [name] },
      rules: networks,
    }),
  ].filter((p) => p.rules.length > 0);
}

/** The label that the control plane gives to every namespace, and nobody can change. Source: kubernetes.io, Well-Known Labels. */
const nameLabel = 'kubernetes.io/metadata.name';

/** The objects of one policy for an engine, without their labels. */
export function admissionObjects(policy: AdmissionPolicy, engine: AdmissionEngine): readonly Plain[] {
  switch (engine) {
    case 'kubernetes':
      return [validatingPolicy(policy), binding(policy)];
    case 'kyverno':
      return [kyvernoPolicy(policy)];
    case 'gatekeeper':
      return gatekeeperObjects(policy);
  }
}

/** Defaults are written out, so that the object in the cluster is the one in the file. Source: kubernetes/api admissionregistration/v1 ValidatingAdmissionPolicySpec. */
function matching({ namespaces, resources }: AdmissionPolicy): Plain {
  return {
    matchPolicy: 'Equivalent',
    namespaceSelector: { matchExpressions: [{ key: nameLabel, operator: namespaces.operator, values: namespaces.names }] },
    objectSelector: {},
    resourceRules: resources.map((r) => ({ apiGroups: [r.group], apiVersions: ['v1'], operations: ['CREATE', 'UPDATE'], resources: r.resources, scope: '*' })),
  };
}

function validations({ rules }: AdmissionPolicy): readonly Plain[] {
  return rules.map(({ expression, message }) => ({ expression, message }));
}

/** Source: kubernetes/api admissionregistration/v1 (Kubernetes 1.30 and later). */
function validatingPolicy(policy: AdmissionPolicy): Plain {
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicy',
    metadata: { name: policy.name },
    spec: { failurePolicy: 'Fail', matchConstraints: matching(policy), validations: validations(policy) },
  };
}

function binding({ name }: AdmissionPolicy): Plain {
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicyBinding',
    metadata: { name },
    spec: { policyName: name, validationActions: ['Deny'] },
  };
}

/** Source: kyverno.io documentation, ValidatingPolicy (policies.kyverno.io/v1, Kyverno 1.17 and later; ClusterPolicy is on its way out). Rules read the request, which a scan has not. */
function kyvernoPolicy(policy: AdmissionPolicy): Plain {
  return {
    apiVersion: 'policies.kyverno.io/v1',
    kind: 'ValidatingPolicy',
    metadata: { name: policy.name },
    spec: {
      validationActions: ['Deny'],
      failurePolicy: 'Fail',
      evaluation: { background: { enabled: false } },
      autogen: { podControllers: { controllers: [] } },
      matchConstraints: matching(policy),
      validations: validations(policy),
    },
  };
}

/** Source: open-policy-agent/gatekeeper website/docs/validating-admission-policy.md (K8sNativeValidation, on by default from 3.17), constrainttemplates.md. */
function gatekeeperObjects(policy: AdmissionPolicy): readonly Plain[] {
  const kind = policy.name.replaceAll(/(?:^|[^a-z0-9]+)([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
  const { operator, names } = policy.namespaces;
  return [
    {
      apiVersion: 'templates.gatekeeper.sh/v1',
      kind: 'ConstraintTemplate',
      metadata: { name: kind.toLowerCase() },
      spec: {
        crd: { spec: { names: { kind } } },
        targets: [
          {
            target: 'admission.k8s.gatekeeper.sh',
            code: [{ engine: 'K8sNativeValidation', source: { failurePolicy: 'Fail', validations: validations(policy) } }],
          },
        ],
      },
    },
    {
      apiVersion: 'constraints.gatekeeper.sh/v1beta1',
      kind,
      metadata: { name: policy.name },
      spec: {
        enforcementAction: 'deny',
        match: {
          kinds: policy.resources.map((r) => ({ apiGroups: [r.group], kinds: r.kinds })),
          ...(operator === 'In' ? { namespaces: names } : { excludedNamespaces: names }),
        },
      },
    },
  ];
}
