/**
 * The read side of the memory port, burst by burst: answers come in the order of requests, so many bursts may be in flight,
 * and the stream reader asks for a burst only when its buffer has room. templates/axi_read.v.hbs, stream_reader.v.hbs
 */
import { timing } from './timing.js';

/** How the memory behind the port behaves. */
export interface Memory {
  /** Cycles from the end of a request to its answer at the earliest. */
  readonly latencyCycles: number;
  /** Cycles of one read beat; 1 is the full width of the port. */
  readonly cyclesPerBeat: number;
}

export interface ReadPortShape {
  readonly burstBeats: number;
  readonly outstandingReads: number;
  readonly prefetchBeats: number;
  /** Beats that the decoder holds besides the buffer. */
  readonly decoderBeats: number;
  /** Beats of a descriptor, and cycles that its check takes more with extra stages. */
  readonly descriptorBeats: number;
  readonly descriptorCheck: number;
  /** Bursts that the stream asks for before rows may ask. */
  readonly streamLead: number;
}

/** Rows of one segment in one tile, the first so many beats behind a burst boundary. */
export interface RowGroup {
  readonly rows: number;
  readonly offset: number;
  /** Beats behind its last row, asked for with it: that of the CRC behind the last row of a request. */
  readonly behind: number;
  /** Whether they are the last of their tile, which is spread then. */
  readonly spread: boolean;
}

/** Cycles that two rounds of bursts may differ by and still be alike. */
const steady = 1e-6;

function leastCommonMultiple(a: number, b: number): number {
  let [large, small] = [a, b];
  while (small > 0) [large, small] = [small, large % small];
  return (a / large) * b;
}

/** Times are cycles since the window began. One object serves many windows: nothing is allocated after its making. */
export class ReadPort {
  private readonly burst: number;
  private readonly buffered: number;
  private readonly held: number;
  private readonly descriptorBeats: number;
  private readonly descriptorCheck: number;
  private readonly streamLead: number;
  private readonly outstanding: number;
  /** Bursts after which what happens may repeat: whole turns of the buffer and of the bursts in flight. */
  private readonly round: number;
  /** Rings of one length, whole rounds, by the number of a burst: its last beat of all bursts; first beat, and drop, of the stream's. */
  private readonly ring: number;
  private readonly ends: Float64Array;
  private readonly firsts: Float64Array;
  private readonly drops: Float64Array;
  private latency = 1;
  private pace = 1;
  private count = 0;
  private lastIssue = 0;
  private lastBeat = 0;
  // The stream, in beats from the burst that it begins in.
  private offset = 0;
  private streamEnd = 0;
  private asked = 0;
  private position = 0;
  private dropped = 0;
  // Descriptors that the batcher fetches meanwhile, one at a time: those before the next window is formed, then those behind it.
  private descriptors = 0;
  private descriptorAt = 0;
  private filledAt: number | undefined;
  private forming = false;
  private later = 0;
  // Rows of the next window, one at a time, in groups that are spread together.
  private groups: readonly RowGroup[] = [];
  private group = 0;
  private row = 0;
  private rowBeats = 0;
  private rowSpread = 0;
  private rowReady = 0;
  private rowFormed = 0;
  private rowAt = Infinity;

  constructor({ burstBeats, outstandingReads, prefetchBeats, decoderBeats, descriptorBeats, descriptorCheck, streamLead }: ReadPortShape) {
    this.burst = burstBeats;
    this.descriptorBeats = descriptorBeats;
    this.descriptorCheck = descriptorCheck;
    this.streamLead = streamLead;
    this.held = decoderBeats;
    this.buffered = Math.floor(prefetchBeats / burstBeats);
    this.outstanding = outstandingReads;
    this.round = leastCommonMultiple(outstandingReads, Math.max(1, this.buffered));
    this.ring = this.round * Math.ceil(Math.max(outstandingReads, this.buffered + Math.ceil(decoderBeats / burstBeats) + 2) / this.round);
    this.ends = new Float64Array(this.ring);
    this.firsts = new Float64Array(this.ring);
    this.drops = new Float64Array(this.ring);
  }

  /** A window begins: its stream has so many beats, the CRC included, and begins `offset` beats behind a whole burst. */
  begin(beats: number, offset: number, descriptors: number, { latencyCycles, cyclesPerBeat }: Memory): void {
    this.latency = Math.max(1, latencyCycles);
    this.pace = Math.max(1, cyclesPerBeat);
    this.count = 0;
    this.lastIssue = 0;
    this.lastBeat = -this.pace;
    this.descriptors = descriptors;
    this.descriptorAt = timing.descriptorStart;
    this.filledAt = undefined;
    this.forming = false;
    this.later = 0;
    this.groups = [];
    this.group = this.row = 0;
    this.rowAt = Infinity;
    this.streamEnd = offset + beats;
    this.asked = 0;
    this.position = offset;
    this.offset = offset;
    this.dropped = 0;
    while (this.dropBeat() < offset) this.drops[this.dropped++ % this.ring] = 0;
    // One request more than bursts may be in flight is taken, the first descriptor's before them.
    const taken = this.outstanding + 1 - (descriptors > 0 ? Math.ceil(this.descriptorBeats / this.burst) : 0);
    const lead = Math.min(this.streamLead, Math.max(1, taken), this.buffered, Math.ceil(this.streamEnd / this.burst));
    for (let i = 0; i < lead; i++) this.askStream();
  }

  /** The burst that was asked for last was issued in this cycle: the request behind its own is taken then at the earliest. */
  get issuedAt(): number {
    return this.lastIssue;
  }

  /** Rows ask for a burst at `ready` or as soon as the port can; the cycle of its first beat. */
  ask(ready: number, beats: number): number {
    // Nothing of the stream is used during a LOAD: it has asked for what its buffer holds, if the port let it.
    while (this.asked < this.buffered && this.asked * this.burst < this.streamEnd && this.nextIssue(timing.streamStart) < ready)
      this.askStream();
    return this.request(ready, beats);
  }

  /**
   * Loads rows of the next window from `ready` on, and `formed` cycles behind the last descriptor: the rows of each group, of
   * so many beats, one after the other, and `spread` cycles behind each tile. The queue has room then for `later` more descriptors.
   */
  loadAhead(ready: number, formed: number, groups: readonly RowGroup[], beats: number, spread: number, later: number): void {
    this.groups = groups;
    this.forming = true;
    this.later = later;
    this.rowBeats = beats;
    this.rowSpread = spread;
    this.rowReady = ready;
    this.rowFormed = formed;
    if (this.descriptors === 0) this.startRows();
  }

  private startRows(): void {
    const formedAt = this.descriptorAt - timing.descriptorNext + timing.descriptorGive + this.rowFormed;
    this.rowAt = Math.max(this.rowReady, formedAt);
    this.forming = false;
    this.descriptors = this.later;
    this.later = 0;
    this.descriptorAt = formedAt + timing.descriptorStart;
  }

  /** Ask for a burst, descriptors and rows first. */
  private request(ready: number, beats: number): number {
    while (this.askOther(Math.max(ready, this.lastIssue + 1)));
    return this.askNow(ready, beats);
  }

  /** Ask for a descriptor or a row that is ready by then, if there is one. */
  private askOther(by: number): boolean {
    const descriptorAt = this.descriptors > 0 ? this.descriptorAt : Infinity;
    const rowAt = this.group < this.groups.length ? this.rowAt : Infinity;
    if (Math.min(descriptorAt, rowAt) > by) return false;
    if (descriptorAt <= rowAt) this.askDescriptor();
    else this.askRow();
    return true;
  }

  /** Cycle in which the last of the next window's rows is in. */
  get rowsDone(): number {
    while ((this.forming && this.descriptors > 0) || this.group < this.groups.length) this.askOther(Infinity);
    return this.groups.length > 0 ? this.rowAt : 0;
  }

  /** Descriptors that have not been asked for by then. */
  unfetched(by: number): number {
    while (this.descriptors > 0 && this.askOther(by));
    return this.descriptors + this.later;
  }

  private askRow(): void {
    const { rows, offset, behind, spread } = this.groups[this.group]!;
    const begin = offset + this.row * this.rowBeats;
    const end = begin + this.rowBeats + (this.row + 1 < rows ? 0 : behind);
    for (let at = begin; at < end;) {
      const stop = Math.min(end, (Math.floor(at / this.burst) + 1) * this.burst);
      this.askNow(this.rowAt, stop - at);
      at = stop;
    }
    this.row++;
    this.rowAt = this.lastBeat + timing.aheadRow;
    if (this.row < rows) return;
    if (spread) this.rowAt += this.rowSpread;
    this.row = 0;
    this.group++;
  }

  /** Cycle in which the last of the descriptors before the next window has been fetched. */
  get descriptorsDone(): number {
    while (this.filledAt === undefined) this.askDescriptor();
    return this.filledAt;
  }

  private askDescriptor(): void {
    for (let left = this.descriptorBeats; left > 0; left -= this.burst) this.askNow(this.descriptorAt, Math.min(this.burst, left));
    this.descriptors--;
    this.descriptorAt = this.lastBeat + timing.descriptorNext + this.descriptorCheck;
    if (this.descriptors > 0) return;
    this.filledAt ??= this.lastBeat;
    if (this.forming) this.startRows();
  }

  private askNow(ready: number, beats: number): number {
    const issue = this.nextIssue(ready);
    const first = Math.max(issue + timing.readRound + this.latency, this.lastBeat + this.pace);
    this.lastIssue = issue;
    this.finish(first + (beats - 1) * this.pace);
    this.count++;
    return first;
  }

  private nextIssue(ready: number): number {
    const issue = Math.max(ready, this.lastIssue + 1);
    return this.count >= this.outstanding ? Math.max(issue, this.ends[(this.count - this.outstanding) % this.ring]! + 1) : issue;
  }

  /** The last beat of the burst that was asked for last is taken in this cycle: later than it could be. */
  delay(last: number): void {
    this.count--;
    this.finish(last);
    this.count++;
  }

  private finish(last: number): void {
    this.lastBeat = last;
    this.ends[this.count % this.ring] = last;
  }

  get cyclesPerBeat(): number {
    return this.pace;
  }

  /** Beat with which so much of burst `dropped` has left the buffer that the burst in its room may be asked for. */
  private dropBeat(): number {
    return this.dropped * this.burst + this.beatsOf(this.dropped + this.buffered) - 1 - this.held;
  }

  /** The last burst of the stream needs less room. */
  private beatsOf(number: number): number {
    return Math.max(1, Math.min(this.burst, this.streamEnd - number * this.burst));
  }

  /** A burst of the stream is asked for when the one that lay in its room has left the buffer. */
  private askStream(): void {
    const at = this.asked;
    const before = at - this.buffered;
    let ready: number = timing.streamStart;
    if (before >= 0) {
      const arrived = this.firsts[before % this.ring]! + (this.beatsOf(at) - 1) * this.pace;
      ready = Math.max(this.drops[before % this.ring]!, arrived + timing.streamBuffer) + timing.streamCredit;
    }
    const skipped = at === 0 ? this.offset : 0;
    const first = this.request(ready, Math.min(this.burst, this.streamEnd - at * this.burst) - skipped);
    this.firsts[at % this.ring] = first - skipped * this.pace;
    this.asked++;
  }

  /**
   * The decoder uses the next `beats` evenly over `cycles` from `start` on, an item each `itemCycles`, or as they come: how
   * much longer it takes. Only the ends of a burst can be late, since both sides go evenly in between.
   */
  take(beats: number, start: number, cycles: number, itemCycles: number): number {
    const each = Math.max(cycles / beats, 1);
    // A beat is dropped with its last item.
    const leave = Math.max(0, each - itemCycles) + 1;
    const end = this.position + beats;
    let late = each * beats - cycles;
    let wanted = start;
    // Lag of a round of bursts, and how early its last one came.
    let roundLag = 0;
    let roundBursts = 0;
    let lastLag = NaN;
    let lastLead = NaN;
    for (let at = this.position; at < end;) {
      const number = Math.floor(at / this.burst);
      while (this.asked <= number) this.askStream();
      const stop = Math.min(end, (number + 1) * this.burst);
      const arrival = this.firsts[number % this.ring]! + timing.streamDecode + (at - number * this.burst) * this.pace;
      const span = stop - at - 1;
      const lead = wanted - arrival;
      const lag = Math.max(0, -lead, span * this.pace - lead - span * each);
      late += lag;
      wanted += lag;
      for (let drop = this.dropBeat(); drop < stop; drop = this.dropBeat())
        this.drops[this.dropped++ % this.ring] = wanted + (drop - at) * each + leave;
      wanted += (stop - at) * each;
      roundLag += lag;
      roundBursts++;
      at = stop;
      if (roundBursts < this.round) continue;
      // Two rounds alike: so are all further ones of this section.
      const turns = Math.floor(((end - at) / (this.round * this.burst) - 1) / (this.ring / this.round));
      if (
        turns > 0 &&
        this.descriptors === 0 &&
        this.group === this.groups.length &&
        Math.abs(roundLag - lastLag) < steady &&
        Math.abs(lead - lastLead) < steady
      ) {
        const more = (turns * this.ring * roundLag) / this.round;
        const shift = turns * this.ring * this.burst * each + more;
        this.skip(turns, shift);
        late += more;
        wanted += shift;
        at += turns * this.ring * this.burst;
      }
      lastLag = roundLag;
      lastLead = lead;
      roundLag = roundBursts = 0;
    }
    this.position = end;
    return late;
  }

  /** Skips turns of the rings, after which everything is as it is now. */
  private skip(turns: number, cycles: number): void {
    for (let i = 0; i < this.ring; i++) {
      this.ends[i]! += cycles;
      this.firsts[i]! += cycles;
      this.drops[i]! += cycles;
    }
    this.lastIssue += cycles;
    this.lastBeat += cycles;
    this.asked += turns * this.ring;
    this.dropped += turns * this.ring;
    this.count += turns * this.ring;
  }
}
