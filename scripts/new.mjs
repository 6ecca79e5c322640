// npm run new check <slug> | job <slug> | framework <slug>: a new file that compiles, passes its own example and is registered; then fill it in.
import { existsSync, writeFileSync } from 'node:fs';
import { compile } from './steps/compile.mjs';
import { at } from './steps/root.mjs';
import { templates } from './steps/templates.mjs';

const slugForm = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;

function refuse(message) {
  process.stderr.write(`${message}\n`);
  return 2;
}

async function main([sort, slug, ...rest]) {
  const sorts = Object.keys(templates);
  const usage = `Usage: npm run new <${sorts.join('|')}> <slug>, for example: npm run new check wide-open-door`;
  if (sort === undefined || slug === undefined || rest.length > 0) return refuse(usage);
  if (!Object.hasOwn(templates, sort)) return refuse(`There is no template for '${sort}'; there are ${sorts.join(', ')}.\n${usage}`);
  if (!slugForm.test(slug) || slug.length > 60)
    return refuse(`'${slug}' is not a slug: lower-case words joined by single hyphens, starting with a letter, at most 60 characters, like wide-open-door.`);
  const { path, text, next } = templates[sort](slug);
  if (existsSync(at(path))) return refuse(`${path} exists already: choose another name, or edit that file.`);
  writeFileSync(at(path), text);
  process.stdout.write(`wrote ${path}\n`);
  if ((await compile()) !== 0) return 1;
  process.stdout.write(`registered it\n\nNext:\n${next.map((line, i) => `  ${i + 1}. ${line}`).join('\n')}\n`);
  return 0;
}

process.exitCode = await main(process.argv.slice(2));
