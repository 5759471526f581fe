// Rewrites what is generated and committed: rtl-out/ (preset small), docs/parameters.md, and tables of other pages. Run it by npm run sample.
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { presetParams, renderDesign, writeDesign } from '../dist/generator/index.js';
import { fieldTables, withTable } from '../dist/generator/contract/field-docs.js';
import { parametersDocument } from '../dist/generator/params/document.js';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
writeDesign(renderDesign(presetParams('small')), join(root, 'rtl-out'), { force: true });
writeFileSync(join(root, 'docs', 'parameters.md'), parametersDocument());
for (const { page, name, text } of fieldTables) {
  const file = join(root, 'docs', page);
  writeFileSync(file, withTable(readFileSync(file, 'utf8'), name, text()));
}
