/** Tables of docs/isa.md, docs/stream.md and docs/chip.md that are made from those of the contract; the text around them is a person's. */
import { bitRange } from './bits.js';
import { descriptorFields, statusFields } from './descriptor.js';
import { instructionFields, instructionBytes, reservedLow } from './isa.js';

function instructionTable(): string {
  const rows = instructionFields.map(({ name, bits, low, doc }) => `| ${name} | ${bits} | ${low} | ${doc} |`);
  const reserved = `| reserved | ${8 * instructionBytes - reservedLow} | ${reservedLow} | zero |`;
  return ['| field | bits | low bit | meaning |', '|---|---|---|---|', ...rows, reserved].join('\n');
}

function descriptorTable(): string {
  const rows = Object.values(descriptorFields).map(({ at, bytes, doc }) => `| ${at} | ${bytes} | ${doc} |`);
  return ['| offset | bytes | field |', '|---|---|---|', ...rows].join('\n');
}

function statusTable(): string {
  const rows = Object.values(statusFields).map((field) => `| ${bitRange(field)} | ${field.doc} |`);
  return ['| bits | field |', '|---|---|', ...rows].join('\n');
}

/** Tables and their pages; each stands between two lines with its name. */
export const fieldTables: readonly { readonly page: string; readonly name: string; readonly text: () => string }[] = [
  { page: 'isa.md', name: 'instruction fields', text: instructionTable },
  { page: 'stream.md', name: 'descriptor fields', text: descriptorTable },
  { page: 'chip.md', name: 'status fields', text: statusTable },
];

/** A page with one of its tables as it is now; a page without its two lines is a fault of ours. */
export function withTable(page: string, name: string, table: string): string {
  const [begin, end] = [`<!-- ${name}: made by npm run sample -->\n`, `<!-- end of ${name} -->`];
  const [from, to] = [page.indexOf(begin), page.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`table ${name}: the page has no lines ${begin.trim()} and ${end}`);
  return `${page.slice(0, from + begin.length)}${table}\n${page.slice(to)}`;
}
