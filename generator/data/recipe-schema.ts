/** What may be changed of a recipe of training: by `train --config`, and by the description of a task. */
import { z } from 'zod';
import { modelConfigSchema } from '../model/config.js';

const positive = z.number().positive();
const share = z.number().min(0).max(1);

const schedule = z
  .strictObject({
    steps: z.int().min(1),
    batch: z.int().min(1),
    rate: positive,
    warmup: z.int().min(0),
    clip: positive,
    decay: z.number().min(0),
    beta1: z.number().min(0).lt(1),
    beta2: z.number().min(0).lt(1),
    dropout: z.number().min(0).lt(1),
  })
  .partial();

/** The form of the layers that share a W_S, as `compress --budget --json` prints it (generator/compress/groups.ts). */
const namedForm = z.union([
  z.strictObject({ roles: z.string(), dense: z.literal(true) }),
  z.strictObject({ roles: z.string(), rank: z.int().min(1), k: z.int().min(1) }),
]);

export const trainConfigSchema = z
  .strictObject({
    model: modelConfigSchema
      .pick({ width: true, layers: true, heads: true, hidden: true, norm: true, activation: true, causal: true })
      .partial(),
    factor: z
      .strictObject({
        rank: z.int().min(1),
        k: z.int().min(1),
        banks: z.int().min(1),
        iterations: z.int().min(0),
        forms: z.array(namedForm),
      })
      .partial(),
    dense: schedule,
    factorized: schedule,
    coded: schedule,
    quantised: schedule,
    teacherShare: z.strictObject({ alpha: share, temperature: positive }).partial(),
    pursuit: z.enum(['weights', 'activations']),
    calibrationInputs: z.int().min(1),
    percentile: z.number().gt(0.5).max(1),
  })
  .partial();

export type TrainConfig = z.infer<typeof trainConfigSchema>;
