// Rewrites what is generated and committed: rtl-out/ (preset small) and docs/parameters.md. Run it by npm run sample.
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { presetParams, renderDesign, writeDesign } from '../dist/generator/index.js';
import { parametersDocument } from '../dist/generator/params/document.js';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
writeDesign(renderDesign(presetParams('small')), join(root, 'rtl-out'), { force: true });
writeFileSync(join(root, 'docs', 'parameters.md'), parametersDocument());
