/** What points share, kept while they are measured one after the other: models in the order of their columns, images, windows. */
import { outlineOf, type Outline } from '../../analytic/plan.js';
import { batchShapeOf } from '../../batch/batch-shape.js';
import { formWindows, type Window } from '../../batch/form-windows.js';
import type { Policy } from '../../contract/codes.js';
import { refuse } from '../../util/errors.js';
import { derive } from '../../params/derived.js';
import type { Params } from '../../params/fields.js';
import { fitProblems, lengthProblems } from '../../program/fits.js';
import { orderFor, readImage, writeImage, type Image } from '../../program/image.js';
import type { PackedModel } from '../../program/operation.js';
import { sumTraffic } from '../../contract/traffic-classes.js';
import { coldShapes, coldTraffic, windowTraffic } from '../../program/traffic.js';
import type { SweptModel } from './subject.js';

interface Ordered {
  readonly model: PackedModel;
  readonly outline: Outline;
}

/** Bytes over the port. */
export interface PortBytes {
  readonly cold: number;
  /** Bytes of every window, whatever is in it. */
  readonly pass: number;
  /** Rows in and out and descriptors of all inputs. */
  readonly rows: number;
}

/** A value for each key, made once. */
export class Memo<T> {
  private readonly made = new Map<string, T>();
  constructor(private readonly most = 4096) {}

  get(key: string, make: () => T): T {
    const known = this.made.get(key);
    if (known !== undefined) return known;
    if (this.made.size >= this.most) this.made.clear();
    const value = make();
    this.made.set(key, value);
    return value;
  }
}

export class SubjectOnHardware {
  private readonly orders = new Memo<Ordered>();
  private readonly bytes = new Memo<PortBytes>();
  private readonly fits = new Memo<readonly string[]>();
  private readonly windows = new Memo<readonly Window[]>();
  private readonly images = new Memo<Image>(4);

  constructor(readonly subject: SweptModel) {}

  ordered(columns: number): Ordered {
    return this.orders.get(String(columns), () => {
      const model = orderFor(this.subject.model, columns);
      return { model, outline: outlineOf(model.operations) };
    });
  }

  portBytes({ array: { columns }, port: { busBytes, rowCrc } }: Params): PortBytes {
    return this.bytes.get(`${columns},${busBytes},${rowCrc}`, () => {
      const { model } = this.ordered(columns);
      const hardware = { columns, busBytes, rowCrc };
      const pass = sumTraffic(windowTraffic(model.operations, [], hardware));
      return {
        pass,
        cold: sumTraffic(coldTraffic(coldShapes(model), hardware)),
        rows: sumTraffic(windowTraffic(model.operations, this.subject.lengths, hardware)) - pass,
      };
    });
  }

  /** Errors: UserError with all that does not fit. */
  requireFit(params: Params): void {
    const {
      array: { columns },
      numerics,
      port: { busBytes },
      envelope,
    } = params;
    // The window widens accumulators as the envelope does.
    const { accBits } = derive(params);
    const problems = this.fits.get(`${columns},${numerics.activationBits},${busBytes},${accBits},${Object.values(envelope).join()}`, () => {
      const { cold, pass } = this.portBytes(params);
      return fitProblems({ model: this.ordered(columns).model, columns, busBytes, cold: { length: cold }, pass: { length: pass } }, params);
    });
    refuse([...problems, ...lengthProblems(this.subject.lengths, params)]);
  }

  /** Parts of every window, in order. */
  windowsOf(params: Params, policy: Policy): readonly Window[] {
    const shape = batchShapeOf(params);
    return this.windows.get(`${Object.values(shape).join()},${policy}`, () => {
      return formWindows(this.subject.lengths, shape, policy);
    });
  }

  image({ array: { columns }, port: { busBytes } }: Params): Image {
    return this.images.get(`${columns},${busBytes}`, () => readImage(writeImage(this.subject.model, { columns, busBytes })));
  }
}
