import type { Text } from '../text.js';
import { scale, words } from '../words.js';
import type { ProjectOperation } from './fields.js';

export const projectText: Text<ProjectOperation> = {
  describe: ({ source, inner, outer, matrix, requant }) => ({
    shape: `${source}[${inner}] -> P[${outer}]`,
    detail: words(`matrix ${matrix}`, scale(requant)),
  }),
  label: ({ op, source }) => `${op} from ${source}`,
};
