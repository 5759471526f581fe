/** What a launcher needs to know of the work that it hands out: its name, and with what it comes. */
export interface WorkItem {
  readonly number: number;
  /** Name by content, which names its result. */
  readonly key: string;
  /** Name of what it needs, and shares with others. */
  readonly subject: string;
}

/** Items that one task works on, one after the other. */
export interface WorkJob<I extends WorkItem = WorkItem> {
  readonly items: readonly I[];
}

/** What items share, as plain data. */
export interface SharedData {
  readonly id: string;
}
