/** New digits from old: a small rotation, scaling and shift of the picture behind the patches. */
import type { Random } from '../util/random.js';
import type { Example } from '../data/dataset.js';

export interface Warp {
  /** Largest rotation in radians. */
  readonly turn: number;
  /** Largest relative change of size. */
  readonly zoom: number;
  /** Largest shear. */
  readonly shear: number;
  /** Largest shift in pixels. */
  readonly shift: number;
}

export const defaultWarp: Warp = { turn: 0.21, zoom: 0.12, shear: 0.12, shift: 2 };

/** Bilinear resampling; outside the picture is 0. Patches are square, in rows, pixels in rows inside them. */
export function warpPatches({ turn, zoom, shear, shift }: Warp = defaultWarp): (example: Example, random: Random) => Example {
  return (example, random) => {
    const features = example.features!;
    const patches = Math.round(Math.sqrt(example.length));
    const patchSide = Math.round(Math.sqrt(features.length / example.length));
    const side = patches * patchSide;
    const around = (size: number): number => size * (2 * random() - 1);
    const angle = around(turn);
    const [scaleX, scaleY] = [1 + around(zoom), 1 + around(zoom)];
    const slant = around(shear);
    const [dx, dy] = [around(shift), around(shift)];
    const cos = Math.cos(angle);
    const sin = Math.sin(angle);
    const middle = (side - 1) / 2;
    const place = (x: number, y: number): number =>
      (Math.floor(y / patchSide) * patches + Math.floor(x / patchSide)) * patchSide ** 2 + (y % patchSide) * patchSide + (x % patchSide);
    const at = (x: number, y: number): number => (x < 0 || y < 0 || x >= side || y >= side ? 0 : features[place(x, y)]!);
    const out = new Float32Array(features.length);
    for (let y = 0; y < side; y++) {
      for (let x = 0; x < side; x++) {
        const u = (x - middle - dx) * scaleX;
        const v = (y - middle - dy) * scaleY;
        const fromX = cos * u - sin * v + slant * v + middle;
        const fromY = sin * u + cos * v + middle;
        const left = Math.floor(fromX);
        const top = Math.floor(fromY);
        const a = fromX - left;
        const b = fromY - top;
        out[place(x, y)] =
          (1 - b) * ((1 - a) * at(left, top) + a * at(left + 1, top)) + b * ((1 - a) * at(left, top + 1) + a * at(left + 1, top + 1));
      }
    }
    return { ...example, features: out };
  };
}
