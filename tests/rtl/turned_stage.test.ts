import { widths } from '../../generator/contract/widths.js';
import { makeParams } from '../../generator/params/params.js';
import { ram } from '../../generator/rtl/ram_1r1w.js';
import { turnedStage } from '../../generator/rtl/turned_stage.js';
import { turner } from '../../generator/rtl/turner.js';
import { describeUnit, join, makeRandom, pack, render, type Bench, type Random } from '../support/unit-bench.js';

interface Shape {
  readonly lanes: number;
  readonly busBytes: number;
  readonly rowBytes: number;
}

/** What a cycle drives, and what it must show; the rest of a vector is zero. */
interface Cycle {
  readonly fill?: { readonly token: number; readonly feature: number; readonly data: bigint; readonly turn: boolean };
  readonly outer?: number;
  readonly valid?: boolean;
  readonly spread?: { readonly last: boolean };
  readonly spreadData?: bigint | undefined;
  readonly gatherStart?: boolean;
  readonly gather?: bigint;
  readonly gathered?: boolean;
  readonly send?: { readonly token: number; readonly feature: number };
  readonly sendData?: bigint | undefined;
}

/** Cycles of passes, with pauses in all that is driven. */
class Passes {
  readonly cycles: Cycle[] = [];

  constructor(
    private readonly shape: Shape,
    private readonly random: Random,
  ) {}

  /** Rows of `outer` features come in beats and leave as words. */
  load(outer: number): void {
    const { lanes, busBytes } = this.shape;
    const rows = Array.from({ length: lanes }, () => this.bytes(Math.ceil(outer / busBytes) * busBytes));
    rows.forEach((row, token) => {
      for (let feature = 0; feature < outer; feature += busBytes) {
        this.pause({ outer });
        const turn = token === lanes - 1 && feature + busBytes >= outer;
        this.cycles.push({ outer, fill: { token, feature, data: join(row.slice(feature, feature + busBytes), 8), turn } });
      }
    });
    // Read, taken, turned: then the words are there whenever they are wanted.
    for (let n = 0; n < lanes + 2; n += 1) this.cycles.push({ outer, valid: false });
    let shown: bigint | undefined;
    for (let feature = 0; feature < outer; feature += 1) {
      this.pause({ outer, valid: true, spreadData: shown });
      this.cycles.push({ outer, valid: true, spread: { last: feature === outer - 1 }, spreadData: shown });
      shown = wordAt(rows, feature);
    }
    this.cycles.push({ outer, spreadData: shown });
  }

  /** Words come and leave as beats of rows. */
  store(outer: number): void {
    const { lanes, busBytes } = this.shape;
    const banks = Math.max(lanes, busBytes);
    const rows = Array.from({ length: lanes }, () => this.bytes(Math.ceil(outer / banks) * banks));
    this.cycles.push({ gatherStart: true, gathered: true });
    for (let feature = 0; feature < rows[0]!.length; feature += 1) {
      this.pause({});
      this.cycles.push({ gather: wordAt(rows, feature), gathered: false });
    }
    for (let n = 0; n < lanes + 1; n += 1) this.cycles.push({ gathered: false });
    this.cycles.push({ gathered: true });
    let shown: bigint | undefined;
    rows.forEach((row, token) => {
      for (let feature = 0; feature < outer; feature += busBytes) {
        this.pause({ sendData: shown });
        this.cycles.push({ send: { token, feature }, sendData: shown });
        shown = join(row.slice(feature, feature + busBytes), 8);
      }
    });
    this.cycles.push({ sendData: shown });
  }

  private bytes(count: number): bigint[] {
    return Array.from({ length: count }, () => this.random.bits(8));
  }

  private pause(cycle: Cycle): void {
    while (this.random.below(3) === 0) this.cycles.push(cycle);
  }
}

function wordAt(rows: readonly (readonly bigint[])[], feature: number): bigint {
  const bytes = rows.map((row) => row[feature]!);
  return join(bytes, 8);
}

function vectorOf(cycle: Cycle, { lanes, busBytes }: Shape): string {
  const { fill, outer = 0, valid = false, spread, spreadData, gatherStart = false, gather, gathered, send, sendData } = cycle;
  const { FEATURE, POSITION } = widths;
  return pack([
    [1, valid],
    [1, spreadData !== undefined],
    [8 * lanes, spreadData ?? 0n],
    [1, gathered !== undefined],
    [1, gathered ?? false],
    [1, sendData !== undefined],
    [8 * busBytes, sendData ?? 0n],
    [1, fill !== undefined],
    [POSITION.bits, fill?.token ?? 0],
    [FEATURE.bits, fill?.feature ?? 0],
    [8 * busBytes, fill?.data ?? 0n],
    [1, fill?.turn ?? false],
    [FEATURE.bits, outer],
    [1, spread !== undefined],
    [1, spread?.last ?? false],
    [1, gatherStart],
    [1, gather !== undefined],
    [8 * lanes, gather ?? 0n],
    [1, send !== undefined],
    [POSITION.bits, send?.token ?? 0],
    [FEATURE.bits, send?.feature ?? 0],
  ]);
}

/** Passes of LOAD and of STORE in turn, of rows of all lengths. */
function turnedStageBench(shape: Shape, seed: number): Bench {
  const { lanes, busBytes, rowBytes } = shape;
  const random = makeRandom(seed);
  const passes = new Passes(shape, random);
  for (let n = 0; n < 12; n += 1) {
    const outer = n < 2 ? rowBytes : 1 + random.below(rowBytes);
    if (n % 2 === 0) passes.load(outer);
    else passes.store(outer);
  }
  const vectors = passes.cycles.map((cycle) => vectorOf(cycle, shape));
  const files = render(makeParams({ registerFile: { directions: 1 } }), turnedStage, turner, ram);
  return { unit: 'turned_stage', files, macros: { LANES: lanes, BUS_BYTES: busBytes, ROW_BYTES: rowBytes }, vectors };
}

describeUnit({
  unit: 'turned_stage',
  shapes: [
    { lanes: 4, busBytes: 8, rowBytes: 30 },
    { lanes: 16, busBytes: 4, rowBytes: 40 },
    { lanes: 8, busBytes: 8, rowBytes: 24 },
    { lanes: 1, busBytes: 4, rowBytes: 11 },
  ],
  makeBench: turnedStageBench,
  mutants: [
    {
      what: 'writes beats over the whole word',
      find: "fill_i ? ONE << fill_feature_i[BANK_BITS-1 -: PART_BITS] : {BEATS{1'b1}}",
      put: "{BEATS{1'b1}}",
    },
    { what: 'sends the first beat of a word alone', find: 'word[part_q*BUS_BITS +: BUS_BITS]', put: 'word[BUS_BITS-1:0]' },
    { what: 'turns a row too few', find: "walk_token_q + 1'b1 == TILE_LANES", put: "walk_token_q + 12'd2 == TILE_LANES" },
    { what: 'turns the first block alone', find: 'walk_feature_q + WORD_BANKS >= outer_i', put: "1'b1" },
    { what: 'reads over a word that the turner did not take', find: '(!valid_q || load_ready)', put: "1'b1" },
    { what: 'keeps the rest of the last tile of a row', find: '.out_last_i(spread_last_i)', put: ".out_last_i(1'b0)" },
    { what: 'calls words gathered that are still turned', find: '!gather_i && store_empty', put: '!gather_i' },
    { what: 'never begins again with the first row', find: 'if (gather_start_i) begin', put: "if (1'b0) begin" },
    { what: 'writes turned rows on one another', find: ": turned_token_q + 1'b1;", put: ': turned_token_q;' },
  ],
});
