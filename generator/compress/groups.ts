/** Layers that share a W_S, and forms that a recipe names for them. */
import type { Encoder } from '../model/encoder.js';
import { refuse } from '../util/errors.js';
import { matrixCount, placesOf, type Form } from './factorize-encoder.js';

/** Layers of one shared matrix. */
export interface Group {
  readonly number: number;
  /** Names of its layers' roles, as in `attentionIn, attentionOut`. */
  readonly name: string;
  readonly inner: number;
  /** Outputs of all layers together. */
  readonly outer: number;
  readonly paths: ReadonlySet<string>;
}

export function groupsOf(encoder: Encoder): Group[] {
  const places = placesOf(encoder);
  return Array.from({ length: matrixCount(places) }, (_, number): Group => {
    const parts = places.filter((place) => place.matrix === number).map(({ part }) => part);
    return {
      number,
      name: [...new Set(parts.map(({ role }) => role))].join(', '),
      inner: parts[0]!.inner,
      outer: parts.reduce((sum, { outer }) => sum + outer, 0),
      paths: new Set(parts.map(({ path }) => path)),
    };
  });
}

/** The form of one group, as `compress --budget --json` prints it and a recipe takes it. */
export type NamedForm = { readonly roles: string } & ({ readonly dense: true } | { readonly rank: number; readonly k: number });

export function namedForm(roles: string, form: Form): NamedForm {
  return { roles, ...(form === 'dense' ? { dense: true } : form) };
}

export function formOf(form: NamedForm): Form {
  return 'dense' in form ? 'dense' : { rank: form.rank, k: form.k };
}

/** Forms by the number of the shared matrix. Errors: UserError when a group has none or two, or none is factorized. */
export function formsOf(encoder: Encoder, named: readonly NamedForm[], banks: number): Form[] {
  const groups = groupsOf(encoder);
  const left = [...named];
  const problems: string[] = [];
  const forms = groups.map(({ name, inner }): Form => {
    // Two groups have the same roles where the first block is narrower; their forms stand in the order of the groups.
    const at = left.findIndex(({ roles }) => roles === name);
    if (at < 0) {
      problems.push(`factor.forms: none for the layers ${name} of ${inner} inputs; give each group of layers its form`);
      return 'dense';
    }
    const [found] = left.splice(at, 1);
    const form = formOf(found!);
    if (form !== 'dense') problems.push(...formProblems(name, form, banks));
    return form;
  });
  const names = groups.map(({ name }) => `"${name}"`).join(', ');
  problems.push(...left.map(({ roles }) => `factor.forms = "${roles}": is no group of this model, or stands there twice; it has ${names}`));
  if (problems.length === 0 && forms.every((form) => form === 'dense'))
    problems.push(
      'factor.forms: all are dense, so there is nothing to train; compress with --no-factorize, or give one of them rank and k',
    );
  refuse(problems);
  return forms;
}

function formProblems(name: string, { rank, k }: Exclude<Form, 'dense'>, banks: number): string[] {
  const of = `factor.forms "${name}"`;
  return [
    ...(rank % banks === 0 ? [] : [`${of}: rank = ${rank}: must be a multiple of ${banks} banks`]),
    ...(k <= rank ? [] : [`${of}: k = ${k}: must be at most rank = ${rank}`]),
  ];
}
