import type { SourceText } from '../../kernel/source-text.ts';
import { DumpLines, type DumpReader, type Harvest } from './dump-reader.ts';
import { readers } from './registry.gen.ts';

/** What one text holds of what the tools print, however many dumps stand one below the other. `tools` are those that were recognised. */
export function readDump(source: SourceText): Harvest & { readonly tools: ReadonlySet<string> } {
  const harvest: Harvest = { facts: [], diagnostics: [] };
  const tools = new Set<string>();
  const lines = new DumpLines(source.file, source.text.split('\n'));
  for (let line = lines.line; line !== undefined; line = lines.line) {
    const reader = readerOf(line);
    if (reader === undefined) {
      lines.next();
      continue;
    }
    tools.add(reader.tool);
    const before = lines.at;
    reader.read(lines, harvest);
    if (lines.at === before) lines.next();
  }
  return { ...harvest, tools };
}

function readerOf(line: string): DumpReader | undefined {
  return readers.find((reader) => reader.starts(line));
}
