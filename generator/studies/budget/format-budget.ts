/** What `compress --budget` and `--loss` print of their search. */
import { formatTable, grouped } from '../../util/table.js';
import { formName } from './forms.js';
import type { FormCurve, FormPoint } from './search-forms.js';

export function formsJson({ groups, points, chosen }: FormCurve) {
  const one = ({ forms, ...figures }: FormPoint) => ({
    ...figures,
    forms: forms.map((form, g) => ({ roles: groups[g]!, ...(form === 'dense' ? { dense: true } : form) })),
  });
  return { points: points.map(one), chosen: one(chosen) };
}

export function formsText({ groups, points, chosen }: FormCurve): string {
  return [
    formatTable(
      ['', 'bytes', 'streamed a window', 'cycles', 'loss', ...groups],
      points.map((point) => [
        point === chosen ? 'chosen' : '',
        grouped(point.bytes),
        grouped(point.streamed),
        grouped(point.cycles),
        point.loss.toFixed(4),
        ...point.forms.map(formName),
      ]),
    ),
    '',
    "Loss: 1 - mean cosine of the outputs to those of the dense float model, before activations are rounded. Bytes: of the blocks' weights.",
  ].join('\n');
}
