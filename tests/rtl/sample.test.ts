import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parametersDocument } from '../../generator/params/document.js';
import { presetParams } from '../../generator/params/presets.js';
import { renderDesign } from '../../generator/output/design-manifest.js';
import { packageRoot } from '../../generator/util/package.js';

const mend = 'npm run sample rewrites it';

describe('what is generated and committed', () => {
  it('holds in rtl-out exactly the files of the preset small', () => {
    const folder = join(packageRoot(), 'rtl-out');
    const { files } = renderDesign(presetParams('small'));
    expect(readdirSync(folder).sort(), mend).toEqual(files.map(({ name }) => name).sort());
    expect(
      files.filter(({ name, text }) => readFileSync(join(folder, name), 'utf8') !== text).map(({ name }) => name),
      mend,
    ).toEqual([]);
  });

  it('describes every parameter in docs/parameters.md', () => {
    expect(readFileSync(join(packageRoot(), 'docs', 'parameters.md'), 'utf8'), mend).toBe(parametersDocument());
  });
});
