import { makeParams } from '../../generator/params/params.js';
import { arrayModes, sequencerEvents, type SequencerEvent } from '../../generator/contract/codes.js';
import { encodeInstruction, fieldBits, type Instruction } from '../../generator/contract/isa.js';
import { widths } from '../../generator/contract/widths.js';
import { opcodes } from '../../generator/operations/opcodes.js';
import { ram } from '../../generator/rtl/ram_1r1w.js';
import { codeBits } from '../../generator/rtl/verilog-codes.js';
import { sequencer } from '../../generator/rtl/sequencer.js';
import { describeUnit, makeRandom, pack, paces, render, type Bench, type Random } from '../support/unit-bench.js';

interface Shape {
  readonly columns: number;
  readonly passes: number;
  /** The program ends in an instruction that does not exist. */
  readonly bad: boolean;
  /** Values of a register file of one direction may be late. */
  readonly turned: boolean;
  readonly extraStages: 0 | 1;
}

type Fields = Partial<Instruction> & { readonly op: number };

interface Window {
  readonly lastPass: number;
  readonly groups: number;
  readonly sliceKeys: number;
  readonly abortAfter: number;
}

type Mode = (typeof arrayModes)[number];
const codeWords = 512;
const unknownOpcode = Math.max(...Object.values(opcodes)) + 1;

/** Every kind of instruction, tiles full and ragged, one step and many. */
function randomProgram(random: Random, columns: number, bad: boolean): Fields[] {
  const outer = (): number => [1, columns, columns + 1, 2 * columns, 1 + random.below(3 * columns)][random.below(5)]!;
  const any = (op: number): Fields => ({
    op,
    inner: 1 + random.below(6),
    outer: outer(),
    base: random.below(40),
    codeBase: random.below(codeWords - 200),
    uniform: 0,
    dst: random.below(7),
    src: random.below(2),
  });
  const order = [
    opcodes.LOAD,
    opcodes.DENSE,
    opcodes.NORM,
    opcodes.PROJECT,
    opcodes.EXPAND,
    opcodes.EXPAND,
    opcodes.ATTEND,
    opcodes.ATTEND,
    opcodes.PROJECT,
    opcodes.NORM,
    opcodes.PROJECT,
    opcodes.DENSE,
    opcodes.PROJECT,
    opcodes.STORE,
  ];
  const program = order.map(any);
  program[7] = { ...program[7]!, uniform: 1 };
  // Reads what has just been written, at once.
  const shared = random.below(2);
  program[11] = { ...program[11]!, dst: shared, base: random.below(16) };
  program[12] = { ...program[12]!, src: shared };
  return [...program, { op: bad ? unknownOpcode + random.below(2 ** fieldBits('op') - unknownOpcode) : opcodes.END }];
}

interface Tile {
  readonly feature: number;
  readonly outputs: number;
  readonly group?: number;
  readonly key?: number;
}

/** What the sequencer shows for one window, as vectors of testbench/sequencer_tb.v. */
class WindowEvents {
  readonly events: string[] = [];

  constructor(
    private readonly window: Window,
    private readonly shape: Shape,
    /** Set of sums that the next tile goes to. */
    public set: number,
  ) {}

  add(program: readonly Fields[]): void {
    for (const instruction of program) this.addInstruction(instruction);
    this.push('end');
  }

  private addInstruction({ op, inner = 0, outer = 0, base = 0, codeBase = 0, uniform = 0 }: Fields): void {
    if (op === opcodes.LOAD || op === opcodes.STORE) this.push('rowsStart');
    else if (op === opcodes.NORM) {
      this.push('normStart');
      this.push('section');
    } else if (op === opcodes.PROJECT) this.walk('project', this.tilesOf(outer), inner, { base: 0, code: codeBase });
    else if (op === opcodes.EXPAND || op === opcodes.DENSE) {
      this.push('section');
      this.walk(op === opcodes.EXPAND ? 'expand' : 'dense', this.tilesOf(outer), inner, { base });
    } else if (op === opcodes.ATTEND) this.attend(inner, base, uniform === 1);
    else this.push(op === opcodes.END ? 'done' : 'bad');
  }

  private attend(inner: number, base: number, uniform: boolean): void {
    const { columns } = this.shape;
    const { groups, sliceKeys } = this.window;
    const keyTiles = Math.ceil(sliceKeys / columns);
    const keys = keyTiles * columns;
    this.push('softmaxClear');
    if (!uniform) {
      const tiles = Array.from({ length: groups * keyTiles }, (_, i) => ({
        feature: i * columns,
        outputs: columns,
        group: Math.floor(i / keyTiles),
        key: (i % keyTiles) * columns,
      }));
      this.walk('scores', tiles, inner, { base: 0 });
    }
    this.push('softmaxStart');
    const at = (step: number) => ({ group: Math.floor(step / keys), key: step % keys });
    this.walk('values', this.tilesOf(inner), groups * keys, { base, at });
  }

  private tilesOf(outputs: number): Tile[] {
    const { columns } = this.shape;
    return Array.from({ length: Math.ceil(outputs / columns) }, (_, i) => ({
      feature: i * columns,
      outputs: Math.min(columns, outputs - i * columns),
    }));
  }

  /** Tiles of outputs by steps by passes; `at` gives group and key of a step where a tile does not. */
  private walk(
    mode: Mode,
    tiles: readonly Tile[],
    steps: number,
    options: { base: number; code?: number; at?: (step: number) => { group: number; key: number } },
  ): void {
    const { lastPass } = this.window;
    let code = options.code ?? 0;
    for (const tile of tiles) {
      if (mode === 'expand' || mode === 'dense') this.push('bias');
      for (let step = 0; step < steps; step += 1) {
        const { group, key } = options.at?.(step) ?? { group: tile.group ?? 0, key: tile.key ?? 0 };
        for (let pass = 0; pass <= lastPass; pass += 1) {
          const last = step === steps - 1 && pass === lastPass;
          const place = { mode, pass, step, group, key, code };
          this.issue(place, tile, { last, lastTile: tile === tiles.at(-1), drained: last ? tile.feature + options.base : 0 });
        }
        code += 1;
      }
      this.set = 1 - this.set;
    }
  }

  private issue(
    { mode, pass, step, group, key, code }: { readonly mode: Mode } & Record<'pass' | 'step' | 'group' | 'key' | 'code', number>,
    tile: Tile,
    { last, lastTile, drained }: { last: boolean; lastTile: boolean; drained: number },
  ): void {
    const { columns, passes } = this.shape;
    const endsPass = pass === this.window.lastPass;
    const streamed = mode === 'expand' || mode === 'dense';
    this.events.push(
      pack([
        [codeBits('EVENT'), sequencerEvents.indexOf('issue')],
        [1, step === 0],
        [widths.MODE.bits, arrayModes.indexOf(mode)],
        [bitsOf(passes), pass],
        [widths.FEATURE.bits, step],
        [widths.FEATURE.bits, tile.feature],
        [widths.SLICE_ID.bits, group],
        [widths.POSITION.bits, key],
        [bitsOf(codeWords), mode === 'project' ? code : 0],
        [1, this.set],
        [1, streamed && endsPass],
        // Pieces of useful attention: what they say has been multiplied by then.
        [1, mode === 'scores' && lastTile && endsPass],
        [1, mode === 'values' && last],
        [1, last],
        [bitsOf(columns) + 1, last ? tile.outputs : 0],
        [widths.FEATURE.bits, drained],
      ]),
    );
  }

  /** An event that is no step. */
  private push(event: SequencerEvent): void {
    const { columns, passes } = this.shape;
    const { FEATURE, MODE, POSITION, SLICE_ID } = widths;
    const stepBits =
      1 + MODE.bits + bitsOf(passes) + 3 * FEATURE.bits + SLICE_ID.bits + POSITION.bits + bitsOf(codeWords) + 5 + bitsOf(columns) + 1;
    this.events.push(
      pack([
        [codeBits('EVENT'), sequencerEvents.indexOf(event)],
        [stepBits, 0],
      ]),
    );
  }
}

const bitsOf = (n: number): number => Math.max(1, Math.ceil(Math.log2(n)));

function eventsOf(program: readonly Fields[], window: Window, shape: Shape, firstSet: number): { events: string[]; set: number } {
  const shown = new WindowEvents(window, shape, firstSet);
  shown.add(program);
  return { events: shown.events, set: shown.set };
}

function sequencerBench(shape: Shape, seed: number): Bench {
  const { columns, passes, bad, turned, extraStages } = shape;
  const random = makeRandom(seed);
  const program = randomProgram(random, columns, bad);
  const windows: Window[] = Array.from({ length: 4 }, (_, i) => ({
    lastPass: i === 0 ? passes - 1 : random.below(passes),
    groups: 1 + random.below(4),
    sliceKeys: 1 + random.below(2 * columns + 1),
    abortAfter: i % 2 === 1 ? 1 + random.below(60) : 0,
  }));
  let set = 0;
  const vectors = windows.flatMap((window) => {
    // No window is over after 60 cycles. An abort leaves the first set.
    const done = eventsOf(program, window, shape, window.abortAfter > 0 ? 0 : set);
    set = done.set;
    return done.events;
  });
  const hexOf = (bytes: Uint8Array): string =>
    Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0'))
      .reverse()
      .join('');
  return {
    unit: 'sequencer',
    files: render(makeParams({ registerFile: { directions: turned ? 1 : 2 }, timing: { extraStages } }), sequencer, ram),
    vectors,
    macros: {
      COLUMNS: columns,
      PASSES: passes,
      INSTRUCTIONS: 16,
      CODE_WORDS: codeWords,
      PROGRAM: program.length,
      WINDOWS: windows.length,
      ...(turned && { TURNED: 1 }),
    },
    inputs: {
      'program.hex': program.map((fields) => hexOf(encodeInstruction(fields))),
      'windows.hex': windows
        .flatMap(({ lastPass, groups, sliceKeys, abortAfter }) => [lastPass, groups, sliceKeys, abortAfter])
        .map((n) => n.toString(16)),
    },
    plusargs: { seed },
    variants: paces,
    cycles: 400_000,
  };
}

describeUnit({
  unit: 'sequencer',
  shapes: [
    { columns: 4, passes: 3, bad: false, turned: false, extraStages: 0 },
    { columns: 2, passes: 1, bad: false, turned: true, extraStages: 0 },
    { columns: 8, passes: 2, bad: true, turned: true, extraStages: 0 },
    { columns: 4, passes: 1, bad: false, turned: false, extraStages: 1 },
    { columns: 2, passes: 2, bad: false, turned: true, extraStages: 1 },
  ],
  makeBench: sequencerBench,
  mutants: [
    {
      what: 'starts a tile while the last one drains',
      find: '(first_tile_q ? !older_busy : drain_ready_i)',
      put: '(!first_tile_q || !older_busy)',
    },
    { what: 'lets results of two instructions meet', find: '(first_tile_q ? !older_busy : drain_ready_i)', put: 'drain_ready_i' },
    { what: 'begins the softmax before the last score', find: 'FLUSH: if (!older_busy)', put: 'FLUSH: if (!drain_busy_i)' },
    { what: 'expands ranks that are not there yet', find: 'OP_EXPAND: needs_older = older_rank_q', put: "OP_EXPAND: needs_older = 1'b0" },
    {
      what: 'reads features that are not there yet',
      find: '(older_near_q || softmax_busy_i) && (ins_src',
      put: 'softmax_busy_i && (ins_src',
    },
    {
      what: 'reads values whose drain has not begun',
      find: '(older_near_q || softmax_busy_i)',
      put: 'older_near_q',
      shows: { seed: 3000, shape: 0 },
    },
    { what: 'looks into the wrong memory', find: 'ins_src ? older_h : older_x', put: 'ins_src ? older_x : older_h' },
    {
      what: 'scores keys that are not there yet',
      find: 'ins_uniform || older_qk',
      put: "ins_uniform || 1'b0",
      shows: { seed: 2000, shape: 0 },
    },
    { what: 'runs ahead of the norm', find: 'step_q < norm_features_i', put: "1'b1", shows: { seed: 2000, shape: 0 } },
    { what: 'looks at the step before this one', find: 'stepped_q ? beyond_q : here_q', put: 'here_q' },
    { what: 'runs behind every norm', find: 'norm_busy_i && !follows_norm', put: "1'b0" },
    { what: 'takes probabilities that are not there yet', find: '!(softmax_start_o || softmax_walking_i)', put: "1'b1" },
    { what: 'takes whatever probability is made', find: ' && (softmax_number_i == step_q)', put: '' },
    { what: 'takes the probabilities of another pass', find: ' && (softmax_pass_i == pass_q)', put: '' },
    { what: 'reads in the cycle of the start', find: 'softmax_start_o || softmax_walking_i', put: 'softmax_walking_i' },
    { what: 'issues without its weights', find: '!streamed || item_valid_i', put: "1'b1" },
    { what: 'takes weights with every pass', find: 'step_done && streamed', put: 'issue && streamed' },
    { what: 'never takes a second bias', find: "      bias_taken_q <= 1'b0;\n      feature_q", put: '      feature_q' },
    { what: 'goes on in a sum that is not there yet', find: '|| first_step || !issued_q', put: "|| 1'b1" },
    { what: 'walks all passes whatever the window', find: 'pass_q == last_pass_i', put: 'pass_q == PASSES - 1' },
    { what: 'keeps one accumulator set', find: 'acc_set_q    <= !acc_set_q', put: 'acc_set_q    <= acc_set_q' },
    {
      what: 'numbers keys with holes between slices',
      find: "tile_q           <= {FEATURE_BITS{1'b0}};\n        key_tiles_left_q",
      put: 'key_tiles_left_q',
    },
    {
      what: 'adds the base to ranks',
      find: '((mode_q == MODE_PROJECT) || (mode_q == MODE_SCORES)) ? feature_q :',
      put: '(mode_q == MODE_SCORES) ? feature_q :',
    },
    { what: 'begins a head at the first feature', find: 'last_step ? ins_base :', put: "last_step ? {FEATURE_BITS{1'b0}} :" },
    { what: 'takes values from behind the keys', find: 'head_feature_q  <= ins_base;', put: '' },
    { what: 'says a piece in every tile of scores', find: 'step_done && last_tile && (mode_q', put: 'step_done && (mode_q' },
    { what: 'says a piece in every pass', find: 'step_done && last_tile && (mode_q', put: 'issue && last_tile && (mode_q' },
    { what: 'says a piece for tiles of all modes', find: 'tile_done && (mode_q == MODE_VALUES)', put: 'tile_done' },
    {
      what: 'ends its values with the first group',
      find: 'groups_left_q <= last_group ? groups_i',
      put: "groups_left_q <= last_group ? {GROUPS_BITS{1'b0}}",
    },
    { what: 'counts groups of values from where scores left them', find: 'groups_left_q   <= groups_i;', put: '' },
    { what: 'counts outputs of values from where scores left them', find: 'outputs_left_q  <= ins_inner;', put: '' },
    { what: 'drains past the last output', find: '(mode_q == MODE_SCORES) || (outputs_left_q >= TILE_COLUMNS)', put: "1'b1" },
    { what: 'scores although the mean is asked for', find: 'ins_uniform ? MODE_VALUES : MODE_SCORES', put: 'MODE_SCORES' },
    { what: 'takes an unknown instruction for END', find: "            bad_o   <= 1'b1;", put: "            done_o  <= 1'b1;" },
    { what: 'keeps its accumulator set through an abort', find: "      acc_set_q       <= 1'b0;", put: '' },
  ],
});
