// How long the prover takes for one question about a large role, in a process of its own: node scripts/bench/iam.mjs SHAPE prints figures as JSON.
import { pathToFileURL } from 'node:url';
import { built } from '../steps/printing.mjs';

const account = '111122223333';
const policyCount = 10;
const statementsEach = 20;
const rounds = 25;

const verbs = ['s3:GetObject', 's3:PutObject', 's3:ListBucket', 's3:Get*', 's3:List*', 's3:AbortMultipartUpload', 'kms:Decrypt', 's3:*Tagging'];

/** Every fifth statement denies what lies under a prefix; the others allow two actions on a bucket of their own, in the own account, a third of them from some addresses. */
function statement(n) {
  const bucket = `arn:aws:s3:::bucket-${n}`;
  if (n % 5 === 4)
    return {
      Effect: 'Deny',
      Action: 's3:*',
      Resource: `${bucket}/secret/*`,
      Condition: { StringNotEquals: { 'aws:SourceVpce': `vpce-${n % 7}` }, Bool: { 'aws:SecureTransport': 'false' } },
    };
  const from = n % 3 === 0 ? { IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } } : {};
  return {
    Effect: 'Allow',
    Action: [verbs[n % verbs.length], verbs[(n + 3) % verbs.length]],
    Resource: [bucket, `${bucket}/runs/*`],
    Condition: { StringEquals: { 'aws:ResourceAccount': account }, ...from },
  };
}

/** Draws the same numbers each time. Constants: Numerical Recipes, a quick linear congruential generator. */
function drawing(seed) {
  let state = seed;
  const below = (n) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * n);
  };
  return { below, of: (list) => list[below(list.length)], chance: (percent) => below(100) < percent };
}

const roughVerbs = [
  's3:GetObject',
  's3:PutObject',
  's3:Get*',
  's3:*Object*',
  's3:*',
  's3:List*',
  's3express:*',
  's3tables:Get*',
  '*',
  's3:*Tagging',
  's3:Delete*',
];

/** Statements drawn from all that makes questions hard: wildcards anywhere, variables, NotAction, Deny with NotResource, half a dozen sorts of conditions. */
function roughStatement(n, { below, of, chance }) {
  const deny = n % 5 === 4;
  const resource = () =>
    of([
      `arn:aws:s3:::team-${below(50)}-*`,
      `arn:aws:s3:::*-${below(50)}/runs/*`,
      `arn:aws:s3:::data-${below(50)}/*/part-?????/*`,
      'arn:aws:s3:::team-${aws:PrincipalTag/team}/*',
      `arn:aws:s3*:*:*:*bucket/x${below(30)}*`,
      '*',
    ]);
  const many = (make, most) => Array.from({ length: 1 + below(most) }, make);
  const sorts = [
    [40, 'IpAddress', { 'aws:SourceIp': `10.${below(4)}.0.0/16` }],
    [30, 'StringNotLike', { 'aws:PrincipalTag/team': `t${below(9)}*` }],
    [30, 'StringLike', { 's3:prefix': [`runs/${below(9)}/*`, 'home/*'] }],
    [30, 'ForAnyValue:StringLike', { 'aws:PrincipalOrgPaths': `o-${below(3)}/*` }],
    [20, 'NumericLessThan', { 's3:max-keys': String(below(1000)) }],
    [20, 'DateLessThan', { 'aws:CurrentTime': `202${below(9)}-01-01T00:00:00Z` }],
    [deny ? 100 : 20, 'StringNotEqualsIfExists', { 'aws:SourceVpce': `vpce-${below(7)}` }],
    [deny ? 0 : 100, 'StringEquals', { 'aws:ResourceAccount': account }],
  ];
  return {
    Effect: deny ? 'Deny' : 'Allow',
    [deny && chance(20) ? 'NotAction' : 'Action']: many(() => of(roughVerbs), 3),
    ...(deny && chance(50) ? { NotResource: ['arn:aws:s3:::keep/*', ...many(resource, 8).filter((r) => r !== '*')] } : { Resource: many(resource, 4) }),
    Condition: Object.fromEntries(sorts.flatMap(([percent, operator, of]) => (chance(percent) ? [[operator, of]] : []))),
  };
}

/** The last word on a rough role: nothing but one bucket. */
const shut = { Effect: 'Deny', Action: '*', NotResource: ['arn:aws:s3:::keep', 'arn:aws:s3:::keep/*'] };

/** The policies of the role that a question is about. */
export function rolePolicies(name) {
  const draw = drawing(20_261_127);
  const { rough = false } = questions[name];
  const all = Array.from({ length: policyCount * statementsEach }, (_, n) => (rough ? roughStatement(n, draw) : statement(n)));
  if (rough) all.splice(-1, 1, shut);
  return Array.from({ length: policyCount }, (_, p) => ({ Version: '2012-10-17', Statement: all.slice(p * statementsEach, (p + 1) * statementsEach) }));
}

export const questions = {
  'iam-foreign-write': { what: 'writing an object in another account', actions: 's3:PutObject', own: false, except: 0 },
  'iam-write-elsewhere': { what: 'writing an object outside 200 prefixes', actions: 's3:PutObject', own: true, except: 200 },
  'iam-any-elsewhere': { what: 'anything in object storage outside four buckets', actions: null, own: true, except: 4 },
  'iam-foreign': { what: 'anything in object storage of another account', actions: null, own: false, except: 0 },
  'iam-rough-foreign': { what: 'the same, of a role with random statements', actions: null, own: false, except: 0, rough: true },
  'iam-rough-elsewhere': { what: 'anything outside the one bucket that such a role is left', actions: null, own: true, except: 0, keep: true, rough: true },
  'iam-rough-write': { what: 'writing an object outside that bucket', actions: 's3:PutObject', own: true, except: 0, keep: true, rough: true },
};

async function measure(name) {
  const { actions: only, own, except, keep = false } = questions[name];
  const modules = ['kernel/reader.js', 'iam/read-policy.js', 'iam/policy-set.js', 'iam/prover/prove.js', 'iam/catalogue.js', 'iam/pattern.js'];
  const [{ Reader }, { readPolicy }, { noPolicies }, { Prover }, { knownActions, storageServices }, { readPattern }] = await Promise.all(modules.map(built));
  const identity = rolePolicies(name).map((value, i) =>
    readPolicy(new Reader(value, { document: { file: `${i}.json`, index: 0 }, path: [] }, []), { name: `policy-${i}`, kind: 'identity', resource: null }),
  );
  const like = (source) => readPattern(source, { wildcards: 'anywhere', variables: false, ignoreCase: false });
  const region = {
    callers: [{ kind: 'one', caller: { type: 'AWS', arn: `arn:aws:iam::${account}:role/trainer`, session: null } }],
    actions: knownActions(storageServices, 'aws').flatMap(({ range }) => (only === null || range.name === only ? [range] : [])),
    resources: {
      some: null,
      none: keep
        ? shut.NotResource.map(like)
        : Array.from({ length: except }, (_, n) => [like(`arn:aws:s3:::bucket-${n}`), like(`arn:aws:s3:::bucket-${n}/runs/*`)]).flat(),
    },
    owner: own ? { is: account } : { not: account },
    keys: new Map(),
    otherKeys: 'free',
    partition: 'aws',
  };
  const timed = (ask) => {
    const start = performance.now();
    const { kind } = ask();
    return { kind, time: performance.now() - start };
  };
  const set = { ...noPolicies, account, identity, unseenHandsOn: true };
  const all = Array.from({ length: rounds }, () => timed(() => new Prover(set).some(region)));
  const times = all.map((r) => r.time);
  const [first] = times;
  times.sort((a, b) => a - b);
  return {
    name,
    statements: policyCount * statementsEach,
    actions: region.actions.length,
    answer: all[0].kind,
    first,
    median: times[Math.floor(rounds / 2)],
  };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) console.log(JSON.stringify(await measure(process.argv[2])));
