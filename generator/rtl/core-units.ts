import type { Params } from '../params/fields.js';
import { activations } from './activations.js';
import { codeStore } from './code_store.js';
import { columnFile } from './column_file.js';
import { core } from './core.js';
import { drain } from './drain.js';
import { epilogue } from './epilogue.js';
import { fifo } from './fifo.js';
import { fitShift } from './fit_shift.js';
import { keyMask } from './key_mask.js';
import { keyValue } from './key_value.js';
import { meter } from './meter.js';
import { multiplier } from './multiplier.js';
import { norm } from './norm.js';
import { peArray } from './pe_array.js';
import { ram, ramMacro, usesMacro } from './ram_1r1w.js';
import { recipRom } from './recip_rom.js';
import { rankBanks } from './rank_banks.js';
import type { Unit } from './render.js';
import { results } from './results.js';
import { rotator } from './rotator.js';
import { rows } from './rows.js';
import { rsqrtRom } from './rsqrt_rom.js';
import { scores } from './scores.js';
import { sequencer } from './sequencer.js';
import { softmax } from './softmax.js';
import { trf } from './trf.js';
import { turnedStage } from './turned_stage.js';
import { turner } from './turner.js';
import { valueWalk } from './value_walk.js';

/** The core, rows, and every unit that they are made of; the core first. */
export function coreUnits(params: Params): Unit[] {
  const registerFile = params.registerFile.directions === 2 ? [trf] : [columnFile, turner, valueWalk, turnedStage];
  const units = [
    core,
    sequencer,
    meter,
    activations,
    rankBanks,
    codeStore,
    keyValue,
    peArray,
    results,
    drain,
    epilogue,
    scores,
    keyMask,
    softmax,
    recipRom,
    norm,
    rsqrtRom,
    rows,
    ...registerFile,
    rotator,
    multiplier,
    fitShift,
    fifo,
    ram,
  ];
  return (usesMacro(params) ? [...units, ramMacro] : units).map((unit) => unit(params));
}
