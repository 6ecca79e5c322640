import type { Reader } from '../../kernel/reader.ts';

/** An instance of a resource, in a state or as a plan leaves it. */
export interface Instance {
  /** As Terraform shows it: `module.x.aws_iam_role.train[0]`. */
  readonly address: string;
  readonly type: string;
  readonly name: string;
  /** The key of `count` or `for_each`, as references write it: `[0]`, `["a"]`; empty: neither. */
  readonly key: string;
  readonly module: Module;
  readonly values: Reader;
  /** What is known after apply only. `nothing`: all is known, as in a state; `unsaid`: a plan that does not tell. */
  readonly unknown: Reader | 'nothing' | 'unsaid';
  /** Expressions of its configuration; null in a state. */
  readonly expressions: Reader | null;
}

/** An instance of a module; the root module has no parent. */
export interface Module {
  readonly address: string;
  /** Name of the call in the parent. */
  readonly call: string;
  readonly parent: Module | null;
  readonly config: Reader;
  readonly resources: ReadonlyMap<string, Reader>;
}

/** What `terraform show -json` prints of a state or a plan. Source: Terraform documentation, "JSON Output Format"; hashicorp/terraform internal/command/jsonplan. */
export interface TerraformOutput {
  readonly kind: 'plan' | 'state';
  readonly instances: readonly Instance[];
  readonly modules: ReadonlyMap<string, Module>;
  /** Data sources that were read, also before the plan. */
  readonly data: readonly Instance[];
  /** What changes do away with: the values that go. */
  readonly gone: readonly { readonly type: string; readonly values: Reader }[];
}

/** Whether a document is such output. */
export function isTerraformOutput(at: Reader): boolean {
  return at.has('format_version') && (at.has('planned_values') || at.has('values') || at.has('terraform_version'));
}

export function terraformOutput(at: Reader): TerraformOutput {
  checkVersion(at);
  const plan = at.has('planned_values') || at.has('resource_changes');
  const changes = new Map<string, Reader>();
  const gone: { readonly type: string; readonly values: Reader }[] = [];
  const left: Reader[] = [];
  for (const change of plan ? at.field('resource_changes').each() : []) {
    const address = textOf(change.field('address'));
    if (address === null) continue;
    const actions = change.field('change').field('actions').each();
    const has = (word: string): boolean => actions.some((a) => a.value === word);
    if (!change.has('deposed')) changes.set(address, change.field('change'));
    if (has('delete')) gone.push({ type: textOf(change.field('type')) ?? '', values: change.field('change').field('before') });
    // What Terraform forgets stays where it is.
    if (has('forget') && !has('create')) left.push(change);
  }
  const config = at.field('configuration').field('root_module');
  const modules = new Map<string, Module>();
  const found = walk(at.field(plan ? 'planned_values' : 'values').field('root_module'), config, modules);
  const inState = plan ? walk(at.field('prior_state').field('values').field('root_module'), config, new Map()) : [];
  const known = new Set(found.map((r) => r.at.field('address').value));
  const forgotten = left.filter((r) => !known.has(r.field('address').value));
  const root = modules.get('') ?? rootModule(config);
  const all = [
    ...found.map((r) => ({ ...r, values: r.at.field('values') })),
    ...forgotten.map((r) => ({ at: r, module: modules.get(textOf(r.field('module_address')) ?? '') ?? root, values: r.field('change').field('before') })),
  ].flatMap(({ at: one, module, values }) => instanceOf(one, module, values, plan ? changes : null));
  const before = inState.flatMap(({ at: one, module }) => instanceOf(one, module, one.field('values'), null));
  const isData = (r: Instance & { readonly mode: unknown }): boolean => r.mode === 'data';
  return { kind: plan ? 'plan' : 'state', instances: all.filter((r) => !isData(r)), modules, data: [...all, ...before].filter(isData), gone };
}

/** Source: Terraform documentation, "JSON Output Format": minor versions add, another major version is to be refused; a plan may be partial. */
function checkVersion(at: Reader): void {
  const version = at.field('format_version');
  if (typeof version.value !== 'string' || !/^[01]\.\d{1,4}$/.test(version.value))
    version.error('unknown-version', 'This is output of terraform show in a format that is not known here; expected a format_version of 0.x or 1.x.');
  if (at.field('errored').value === true) at.field('errored').error('incomplete-plan', 'This plan ended in an error, and does not hold all that would be.');
  if (at.field('complete').value === false)
    at.field('complete').error(
      'incomplete-plan',
      'This plan is of a part: of what it leaves out nothing is known.',
      'Plan without -target, and until nothing is deferred.',
    );
}

interface Placed {
  readonly at: Reader;
  readonly module: Module;
}

function rootModule(config: Reader): Module {
  return { address: '', call: '', parent: null, config, resources: resourcesOf(config) };
}

/** Modules nest; a stack of them is walked. */
function walk(root: Reader, config: Reader, modules: Map<string, Module>): readonly Placed[] {
  const found: Placed[] = [];
  const first = rootModule(config);
  modules.set('', first);
  const left: { readonly at: Reader; readonly module: Module }[] = [{ at: root, module: first }];
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    const { at, module } = next;
    for (const item of at.field('resources').each()) found.push({ at: item, module });
    for (const child of at.field('child_modules').each()) {
      const address = textOf(child.field('address')) ?? '';
      const rest = module.address === '' ? address : address.slice(module.address.length + 1);
      const call = /^module\.([\w-]{1,200})/.exec(rest)?.[1] ?? '';
      const inner = module.config.field('module_calls').field(call).field('module');
      const one: Module = { address, call, parent: module, config: inner, resources: resourcesOf(inner) };
      modules.set(address, one);
      left.push({ at: child, module: one });
    }
  }
  return found;
}

function resourcesOf(config: Reader): ReadonlyMap<string, Reader> {
  return new Map(
    config
      .field('resources')
      .each()
      .flatMap((r) => (r.field('mode').value === 'data' ? [] : [[`${String(r.field('type').value)}.${String(r.field('name').value)}`, r] as const])),
  );
}

function instanceOf(
  at: Reader,
  module: Module,
  values: Reader,
  changes: ReadonlyMap<string, Reader> | null,
): readonly (Instance & { readonly mode: unknown })[] {
  const [address, type, name] = [textOf(at.field('address')), textOf(at.field('type')), textOf(at.field('name'))];
  if (address === null || type === null) return [];
  const index = at.field('index').value;
  const expressions = module.resources.get(`${type}.${name}`)?.field('expressions') ?? null;
  return [
    {
      address,
      type,
      name: name ?? '',
      key: typeof index === 'number' || typeof index === 'string' ? `[${JSON.stringify(index)}]` : '',
      mode: at.field('mode').value,
      module,
      values,
      unknown: changes === null ? 'nothing' : (changes.get(address)?.field('after_unknown') ?? 'unsaid'),
      expressions: changes === null ? null : expressions,
    },
  ];
}

export function textOf(at: Reader): string | null {
  return typeof at.value === 'string' && at.value !== '' ? at.value : null;
}
