/** What an imported model leaves to the host, from the import itself or from the checkpoint that it wrote. */
import { basename, join } from 'node:path';
import { z } from 'zod';
import { readBytes } from '../input/bytes.js';
import { checked } from '../input/json.js';
import type { ModelConfig } from '../model/config.js';
import { endTensors } from '../model/graph.js';
import { hostStepSchema, type HostDense, type HostSide, type HostStep } from '../model/host-steps.js';
import { writeSafetensors } from '../model/safetensors.js';
import { withTensorFile } from '../model/tensor-files.js';
import { floatTensor, valuesOf } from '../model/tensor-values.js';
import { UserError } from '../util/errors.js';
import { makeFolder, replaceFile } from '../util/write-file.js';
import type { Imported } from './imported.js';

export const hostTensorsName = 'host.safetensors';

const recordSchema = z.object({ steps: z.array(hostStepSchema), classes: z.int().min(0), tokens: z.int().min(1).optional() });
type HostRecord = z.infer<typeof recordSchema>;

/** Paths of the layers that steps name. */
function pathsOf(steps: readonly HostStep[]): string[] {
  return steps.flatMap((step) => (step.kind === 'dense' ? [step.path] : []));
}

function layersOf(steps: readonly HostStep[], layerOf: (path: string) => HostDense): HostSide['layers'] {
  return Object.fromEntries(pathsOf(steps).map((path) => [path, layerOf(path)]));
}

/** The host's part of a source that was just read. */
export function hostSideOf({ report, steps, tokens, hostTensors }: Imported, config: ModelConfig): HostSide {
  const layers = layersOf(steps, (path) => ({
    weights: hostTensors.get(`${path}.weight`)!.values,
    bias: hostTensors.get(`${path}.bias`)!.values,
  }));
  const last = steps.at(-1);
  const isVector = last?.kind === 'normalise' || last?.kind === 'tanh';
  const ownHead = Object.values(report.mapped).includes(endTensors.head);
  const classes = last?.kind === 'dense' ? layers[last.path]!.bias.length : ownHead && !isVector ? config.classes : 0;
  return { steps, layers, classes, ...(tokens !== undefined && { tokens }) };
}

/** What config.json says of it. */
export function hostRecord({ steps, classes, tokens }: HostSide): HostRecord {
  return { steps: [...steps], classes, ...(tokens !== undefined && { tokens }) };
}

/** Writes the layers beside a checkpoint, and copies of `files`, those of a tokenizer; returns what belongs into its config.json as `meta.import`. */
export function saveHostSide(folder: string, host: HostSide, files: readonly string[]): HostRecord & { readonly files: readonly string[] } {
  const tensors = Object.entries(host.layers).flatMap(([path, { weights, bias }]) => [
    [`${path}.weight`, floatTensor('exact', [bias.length, weights.length / bias.length], weights)] as const,
    [`${path}.bias`, floatTensor('exact', [bias.length], bias)] as const,
  ]);
  const contents = new Map<string, Uint8Array>(files.map((path) => [basename(path), readBytes({ path, advice: 'copy it again' })]));
  if (tensors.length > 0) contents.set(hostTensorsName, writeSafetensors(new Map(tensors), { format: 'pt' }));
  makeFolder(folder);
  for (const [name, content] of contents) replaceFile(join(folder, name), content);
  return { ...hostRecord(host), files: [...contents.keys()] };
}

/**
 * The host's part of a checkpoint that `import` wrote, or that imitates one; undefined for all others.
 *
 * Errors   UserError when config.json and host.safetensors do not say what the steps need
 */
export function readHostSide(folder: string, meta: Readonly<Record<string, unknown>>, config: ModelConfig): HostSide | undefined {
  if (meta.import === undefined) return undefined;
  const { steps, classes, tokens } = checked(recordSchema, meta.import, join(folder, 'config.json'), (at) => `meta.import.${at}`);
  const paths = pathsOf(steps);
  const path = join(folder, hostTensorsName);
  const layers =
    paths.length === 0
      ? {}
      : withTensorFile(path, (tensors) =>
          layersOf(steps, (name) => {
            const [weight, bias] = ['weight', 'bias'].map((kind) => tensors.get(`${name}.${kind}`));
            const fits = weight?.shape.length === 2 && weight.shape[0] === bias?.shape[0] && weight.shape[1] === config.classes;
            if (!fits)
              throw new UserError([
                `${path}: ${name}: must be a layer of ${config.classes} inputs, weight and bias; import the model again`,
              ]);
            return { weights: valuesOf(weight!), bias: valuesOf(bias!) };
          }),
        );
  return { steps, layers, classes, ...(tokens !== undefined && { tokens }) };
}
