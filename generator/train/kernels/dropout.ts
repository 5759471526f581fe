// Dropout whose mask is a function of the seed, so that the way back makes the same one again.

/** Drops in place: every value is kept with the chance `keep` and divided by it, or becomes 0. xorshift in four lanes. */
export function dropout(x: usize, seed: i32, keep: f32, count: i32): void {
  let state = i32x4(seed ^ 0x2545f491, seed * 0x19660d + 0x3c6ef35f, ~seed ^ 0x5bd1e995, seed + 0x7f4a7c15);
  const scale = f32x4.splat(1 / keep);
  // Compared as signed numbers: keep of all of them lie below.
  const limit = i32x4.splat(<i32>(<f64>-2147483648 + <f64>keep * 4294967295));
  for (let i: i32 = 0; i < 8; i++) state = next(state);
  for (const end = x + (<usize>count << 2); x < end; x += 16) {
    state = next(state);
    v128.store(x, v128.and(f32x4.mul(v128.load(x), scale), i32x4.lt_s(state, limit)));
  }
}

// @ts-ignore: @inline is AssemblyScript; TypeScript knows decorators of classes only
@inline
function next(state: v128): v128 {
  state = v128.xor(state, i32x4.shl(state, 13));
  state = v128.xor(state, i32x4.shr_u(state, 17));
  return v128.xor(state, i32x4.shl(state, 5));
}
