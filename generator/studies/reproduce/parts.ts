/** The simulations of a reproduction one by one, so that jobs of a cluster can run them: what each leaves in `out` is found again. */
import { createHash } from 'node:crypto';
import { packageVersion } from '../../util/package.js';
import { measureBandwidth } from './bandwidth.js';
import { measureFullWindows } from './full-windows.js';
import { hardwareOf, measureVariant, variants, type MeasureSettings, type VariantName } from './measure.js';
import { bandwidthSubject, plansOf, type ReproduceRequest } from './reproduce.js';

/** A request as data, which a job can read. */
export type PlainRequest = Omit<ReproduceRequest, 'command' | 'say'>;

export type Part =
  /** Subject by its place among tasks and workloads; `full` is its many inputs. */
  | { readonly kind: 'variant'; readonly subject: number; readonly name: string; readonly variant: VariantName }
  | { readonly kind: 'full'; readonly subject: number; readonly name: string }
  | { readonly kind: 'port'; readonly busBytes: number };

export function partsOf({ tasks, workloads, fullInputs, fullWindows, grid }: PlainRequest): Part[] {
  const names = [...tasks, ...workloads];
  const full = (subject: number): boolean => (subject < tasks.length ? fullInputs : fullWindows) > 0;
  return [
    ...names.flatMap((name, subject): Part[] => [
      ...variants.map(({ name: variant }): Part => ({ kind: 'variant', subject, name, variant })),
      ...(full(subject) ? [{ kind: 'full', subject, name } as const] : []),
    ]),
    ...(grid?.busBytes ?? []).map((busBytes): Part => ({ kind: 'port', busBytes })),
  ];
}

export function partName(part: Part): string {
  if (part.kind === 'port') return `port of ${8 * part.busBytes} bits`;
  return `${part.name}, ${part.kind === 'full' ? 'many inputs' : part.variant}`;
}

/** The content of a reproduction: what its jobs are asked to find. */
export function requestHash({ out, ...request }: PlainRequest): string {
  return createHash('sha256')
    .update(JSON.stringify([packageVersion(), out, request]))
    .digest('hex')
    .slice(0, 32);
}

/** Errors: those of simulating. */
export async function measurePart(request: PlainRequest, part: Part): Promise<void> {
  const settings: MeasureSettings = { ...request, say: () => undefined };
  if (part.kind === 'port') {
    const { subjectOn, params } = bandwidthSubject(request);
    const grid = { ...request.grid!, busBytes: [part.busBytes] };
    await measureBandwidth(subjectOn, grid, { ...settings, params });
    return;
  }
  const plan = plansOf(request)[part.subject]!;
  const own: MeasureSettings = { ...settings, params: plan.params, ...(plan.beats !== undefined && { beats: plan.beats }) };
  if (part.kind === 'full') await measureFullWindows(plan.full!, own);
  else {
    const variant = variants.find(({ name }) => name === part.variant)!;
    await measureVariant(plan.subject, variant, { ...own, params: hardwareOf(own.params, variant) });
  }
}
