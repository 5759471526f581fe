/** What was found in a graph of any format, as an imported model; what was not understood is named. */
import { checkAgainst, issueLines } from '../input/json.js';
import { activationNames } from '../model/activations.js';
import { modelProblems } from '../model/checkpoint-config.js';
import { modelConfigSchema } from '../model/config.js';
import { printable } from '../util/printable.js';
import { buildEncoder } from './build-encoder.js';
import type { FoundModel } from './found-model.js';
import type { HostStep } from '../model/host-steps.js';
import type { Imported, ImportOptions, ImportReport } from './imported.js';
import { NotUnderstood } from './onnx-encoder.js';

export interface GraphSource {
  readonly path: string;
  readonly architecture: string;
  /** Name of the task in the checkpoint. */
  readonly task: string;
  readonly hostFiles?: readonly string[];
}

export function importFound(
  { path, architecture, task, hostFiles = [] }: GraphSource,
  find: () => FoundModel & { readonly steps?: readonly HostStep[] },
  { onReport }: ImportOptions,
): Imported {
  const nothing = { encoder: undefined, steps: [], hostTensors: new Map(), hostFiles };
  let found: ReturnType<typeof find>;
  try {
    found = find();
  } catch (error) {
    if (!(error instanceof NotUnderstood)) throw error;
    const unsupported = [notUnderstood(path, error)];
    const report: ImportReport = { architecture, layers: undefined, width: undefined, mapped: {}, host: [], unsupported };
    onReport?.(report);
    return { ...nothing, report };
  }
  const { model, tensors, mapped, host, steps = [] } = found;
  const { issues = [] } = checkAgainst(modelConfigSchema, model);
  const unsupported = [...found.unsupported, ...(issues.length > 0 ? issueLines(issues) : modelProblems(model))].map(
    (problem) => `${path}: ${problem}`,
  );
  const report: ImportReport = {
    architecture,
    layers: model.layers,
    width: model.width,
    mapped: Object.fromEntries(mapped),
    host,
    unsupported,
  };
  onReport?.(report);
  if (unsupported.length > 0) return { ...nothing, report };
  return { ...nothing, report, steps, encoder: buildEncoder({ path, task, model, tensors, mapped }) };
}

function notUnderstood(path: string, { node, why }: NotUnderstood): string {
  const where = node === undefined ? 'the graph' : `node ${printable(node.name)} (${printable(node.op)})`;
  return `${path}: ${where}: ${why}; the encoder that is known has embeddings, attention, LayerNorm, and two layers with one of ${activationNames.join(', ')}`;
}
