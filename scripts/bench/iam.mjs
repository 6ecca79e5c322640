// How long the prover takes for one question about a large role, in a process of its own: node scripts/bench/iam.mjs SHAPE prints figures as JSON.
import { pathToFileURL } from 'node:url';
import { built } from '../steps/printing.mjs';

const account = '111122223333';
const policyCount = 10;
const statementsEach = 20;
const rounds = 9;

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

/** The policies of the role that every question is about. */
export function rolePolicies() {
  return Array.from({ length: policyCount }, (_, p) => ({
    Version: '2012-10-17',
    Statement: Array.from({ length: statementsEach }, (_, i) => statement(p * statementsEach + i)),
  }));
}

export const questions = {
  'iam-foreign-write': { what: 'writing an object in another account', actions: 's3:PutObject', own: false, except: 0 },
  'iam-write-elsewhere': { what: 'writing an object outside 200 prefixes', actions: 's3:PutObject', own: true, except: 200 },
  'iam-any-elsewhere': { what: 'anything in object storage outside four buckets', actions: null, own: true, except: 4 },
  'iam-foreign': { what: 'anything in object storage of another account', actions: null, own: false, except: 0 },
};

async function measure(name) {
  const { actions: only, own, except } = questions[name];
  const modules = ['kernel/reader.js', 'iam/read-policy.js', 'iam/policy-set.js', 'iam/prover/prove.js', 'iam/catalogue.js', 'iam/pattern.js'];
  const [{ Reader }, { readPolicy }, { noPolicies }, { Prover }, { knownActions, storageServices }, { readPattern }] = await Promise.all(modules.map(built));
  const identity = rolePolicies().map((value, i) =>
    readPolicy(new Reader(value, { document: { file: `${i}.json`, index: 0 }, path: [] }, []), { name: `policy-${i}`, kind: 'identity', resource: null }),
  );
  const like = (source) => readPattern(source, { wildcards: 'anywhere', variables: false, ignoreCase: false });
  const region = {
    callers: [{ kind: 'one', caller: { type: 'AWS', arn: `arn:aws:iam::${account}:role/trainer`, session: null } }],
    actions: knownActions(storageServices, 'aws').flatMap(({ range }) => (only === null || range.name === only ? [range] : [])),
    resources: {
      some: null,
      none: Array.from({ length: except }, (_, n) => [like(`arn:aws:s3:::bucket-${n}`), like(`arn:aws:s3:::bucket-${n}/runs/*`)]).flat(),
    },
    owner: own ? { is: account } : { not: account },
    keys: new Map(),
    otherKeys: 'free',
    partition: 'aws',
  };
  const times = [];
  let answer = '';
  for (let round = 0; round < rounds; round++) {
    const start = performance.now();
    answer = new Prover({ ...noPolicies, account, identity, unseenHandsOn: true }).some(region).kind;
    times.push(performance.now() - start);
  }
  times.sort((a, b) => a - b);
  return {
    name,
    statements: policyCount * statementsEach,
    actions: region.actions.length,
    answer,
    slowest: times.at(-1),
    median: times[Math.floor(rounds / 2)],
  };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) console.log(JSON.stringify(await measure(process.argv[2])));
