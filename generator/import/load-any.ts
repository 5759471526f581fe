import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readJson } from '../input/json.js';
import { loadCheckpoint, type Checkpoint } from '../model/checkpoint.js';
import { hostSideOf, readHostSide } from './host-side.js';
import type { Imported } from './imported.js';
import { importFolder } from './read-folder.js';
import { importTfjs, isTfjs } from './read-tfjs.js';
import { encoderOfImport } from './save.js';
import { folderAdvice, isSourceConfig } from './source-config.js';

/** A checkpoint of ours, a folder in Hugging Face's layout, or a graph model of TensorFlow.js. */
export function loadAnyCheckpoint(folder: string): Checkpoint {
  if (isTfjs(folder)) return ofImport(importTfjs(folder));
  const path = join(folder, 'config.json');
  const foreign =
    existsSync(join(folder, 'modules.json')) || (existsSync(path) && isSourceConfig(readJson({ path, advice: folderAdvice })));
  if (foreign) return ofImport(importFolder(folder));
  const found = loadCheckpoint(folder);
  const host = readHostSide(folder, found.meta, found.encoder.config);
  return host === undefined ? found : { ...found, encoder: { ...found.encoder, host } };
}

function ofImport(imported: Imported): Checkpoint {
  const encoder = encoderOfImport(imported);
  return { encoder: { ...encoder, host: hostSideOf(imported, encoder.config) }, ranges: undefined, meta: {} };
}
