import { readdirSync, readFileSync } from 'node:fs';
import ts from 'typescript';
import { at } from './root.mjs';

const why = {
  process: 'the process belongs to src/live and src/cli: take what you need (arguments, environment, folder) as a parameter',
  console: 'nothing prints but the shells: return data, let a report render it',
  fetch: 'the network belongs to src/live',
  setTimeout: 'timers belong to src/live',
  setInterval: 'timers belong to src/live',
  setImmediate: 'timers belong to src/live',
  performance: 'clocks belong to src/live: a pure function gives the same answer at any time',
  Date: 'the clock belongs to src/live: take today as a parameter (text such as 2027-01-31 compares as it sorts)',
};
const members = {
  'Math.random': 'chance belongs to the tests (seeded, by fast-check): a pure function gives the same answer each time',
  'crypto.randomUUID': 'chance has no place in a pure function: derive the name from its content',
  'crypto.getRandomValues': 'chance has no place in a pure function',
};
/** `Date` is fine where it only turns text into a moment. */
const dateParsing = new Set(['parse', 'UTC', 'prototype']);

/** Folders of src that may do I/O. */
const impure = /^src\/(live|cli)\//;

/**
 * Globals that reach outside the program, used in pure layers: one sentence each, `file:line:column: …`.
 * The imports are dependency-cruiser's business (layers.mjs); this is for what needs no import.
 */
export function impurities(paths = sources()) {
  return paths.flatMap((path) => inFile(path, readFileSync(at(path), 'utf8')));
}

function sources() {
  return readdirSync(at('src'), { recursive: true })
    .map((name) => `src/${String(name).replaceAll('\\', '/')}`)
    .filter((path) => path.endsWith('.ts') && !path.endsWith('.test.ts') && !impure.test(path))
    .sort();
}

/** The same for one file's text. */
export function inFile(path, text) {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const own = new Set();
  const uses = [];
  const visit = (node) => {
    if (ts.isIdentifier(node)) {
      if (isBinding(node)) own.add(node.text);
      else if (isReference(node)) uses.push(node);
    }
    if (!ts.isTypeNode(node)) ts.forEachChild(node, visit);
  };
  visit(file);
  return uses.flatMap((node) => {
    if (own.has(node.text)) return [];
    const parent = node.parent;
    const member = ts.isPropertyAccessExpression(parent) && parent.expression === node ? parent.name.text : undefined;
    const reason = Object.hasOwn(members, `${node.text}.${member}`)
      ? members[`${node.text}.${member}`]
      : Object.hasOwn(why, node.text)
        ? why[node.text]
        : undefined;
    if (reason === undefined) return [];
    if (node.text === 'Date' && (dateParsing.has(member) || (ts.isNewExpression(parent) && (parent.arguments?.length ?? 0) > 0))) return [];
    const { line, character } = file.getLineAndCharacterOfPosition(node.getStart());
    return [`${path}:${line + 1}:${character + 1}: ${node.text}${member === undefined ? '' : `.${member}`}: ${reason}.`];
  });
}

function isBinding(node) {
  const parent = node.parent;
  return (
    ((ts.isVariableDeclaration(parent) ||
      ts.isParameter(parent) ||
      ts.isBindingElement(parent) ||
      ts.isFunctionDeclaration(parent) ||
      ts.isClassDeclaration(parent)) &&
      parent.name === node) ||
    ts.isImportSpecifier(parent) ||
    ts.isImportClause(parent) ||
    ts.isNamespaceImport(parent)
  );
}

/** Not a name being given, a key, or what comes after a dot. */
function isReference(node) {
  const parent = node.parent;
  if (ts.isPropertyAccessExpression(parent)) return parent.expression === node;
  return !('name' in parent && parent.name === node) && !(ts.isBindingElement(parent) && parent.propertyName === node) && !ts.isExportSpecifier(parent);
}
