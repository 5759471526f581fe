/** What `compress --budget` and `--loss` print of their search. */
import { namedForm, type NamedForm } from '../../compress/groups.js';
import { formatTable, grouped } from '../../util/table.js';
import { formName } from './forms.js';
import type { FormCurve, FormPoint } from './search-forms.js';

function named(groups: readonly string[], { forms }: FormPoint): NamedForm[] {
  return forms.map((form, g) => namedForm(groups[g]!, form));
}

export function formsJson({ groups, points, chosen }: FormCurve) {
  const one = (point: FormPoint) => ({ ...point, forms: named(groups, point) });
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
    ...(chosen.forms.every((form) => form === 'dense')
      ? []
      : [`To train the chosen forms, give train --config a file with ${JSON.stringify({ factor: { forms: named(groups, chosen) } })}`]),
  ].join('\n');
}
