import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readJson } from '../input/json.js';
import { loadCheckpoint, type Checkpoint } from '../model/checkpoint.js';
import { importFolder } from './read-folder.js';
import { importTfjs, isTfjs } from './read-tfjs.js';
import { encoderOfImport } from './save.js';
import { folderAdvice, isSourceConfig } from './source-config.js';

/** A checkpoint of ours, a folder in Hugging Face's layout, or a graph model of TensorFlow.js. */
export function loadAnyCheckpoint(folder: string): Checkpoint {
  if (isTfjs(folder)) return { encoder: encoderOfImport(importTfjs(folder)), ranges: undefined, meta: {} };
  const path = join(folder, 'config.json');
  const foreign =
    existsSync(join(folder, 'modules.json')) || (existsSync(path) && isSourceConfig(readJson({ path, advice: folderAdvice })));
  if (!foreign) return loadCheckpoint(folder);
  return { encoder: encoderOfImport(importFolder(folder)), ranges: undefined, meta: {} };
}
