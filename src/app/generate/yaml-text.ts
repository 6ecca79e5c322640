import { stringify } from 'yaml';

/**
 * One YAML document with a comment above it, a sentence a line. Keys stand in the order of the value; long lines are never folded. Text that YAML 1.1 takes
 * for something else (yes, on, 1:30) is quoted: kubectl reads 1.1. Source: sigs.k8s.io/yaml.
 */
export function yamlDocument(about: readonly string[], value: Readonly<Record<string, unknown>>): string {
  const comment = about.flatMap((sentence) => wrapped(sentence, 118)).map((line) => `# ${line}\n`);
  return comment.join('') + stringify(value, { lineWidth: 0, aliasDuplicateObjects: false, version: '1.1' });
}

/** Documents one after the other. */
export function yamlFile(documents: readonly string[]): string {
  return documents.join('---\n');
}

/** Breaks a sentence at blanks into lines of at most `width` characters, where words allow; control characters become blanks. */
export function wrapped(sentence: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of sentence.split(/[\s\p{Cc}]+/u).filter((part) => part !== '')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return line === '' ? lines : [...lines, line];
}
