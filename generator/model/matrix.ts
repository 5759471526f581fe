/** The little dense algebra that compression needs, row-major and in doubles. */
export interface Matrix {
  readonly rows: number;
  readonly columns: number;
  readonly data: Float64Array;
}

export function matrix(rows: number, columns: number, data: ArrayLike<number> = new Float64Array(rows * columns)): Matrix {
  return { rows, columns, data: data instanceof Float64Array ? data : Float64Array.from(data) };
}

/** A^T B: [a.columns, b.columns]. */
export function transposedProduct(a: Matrix, b: Matrix): Matrix {
  const out = new Float64Array(a.columns * b.columns);
  for (let f = 0; f < a.rows; f++) {
    const row = b.data.subarray(f * b.columns, (f + 1) * b.columns);
    for (let i = 0; i < a.columns; i++) {
      const scale = a.data[f * a.columns + i]!;
      if (scale === 0) continue;
      const at = i * b.columns;
      for (let j = 0; j < b.columns; j++) out[at + j] = out[at + j]! + scale * row[j]!;
    }
  }
  return { rows: a.columns, columns: b.columns, data: out };
}

/** Matrices of the same number of rows, one after the other. */
export function sideBySide(parts: readonly Matrix[]): Matrix {
  const rows = parts[0]?.rows ?? 0;
  const columns = parts.reduce((sum, part) => sum + part.columns, 0);
  const data = new Float64Array(rows * columns);
  let at = 0;
  for (const part of parts) {
    for (let f = 0; f < rows; f++) {
      data.set(part.data.subarray(f * part.columns, (f + 1) * part.columns), f * columns + at);
    }
    at += part.columns;
  }
  return { rows, columns, data };
}

/**
 * Turns A (symmetric, n x n) in place into its lower Cholesky factor.
 *
 * Exact    a pivot below 1e-12 of the largest is lifted to it, so that a singular matrix gives a finite answer
 */
export function choleskyInPlace(a: Float64Array, n: number): void {
  let largest = 0;
  for (let i = 0; i < n; i++) largest = Math.max(largest, a[i * n + i]!);
  const floor = Math.max(largest * 1e-12, 1e-300);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = a[i * n + j]!;
      for (let p = 0; p < j; p++) sum -= a[i * n + p]! * a[j * n + p]!;
      a[i * n + j] = i === j ? Math.sqrt(Math.max(sum, floor)) : sum / a[j * n + j]!;
    }
  }
}

/** Solves in place: b becomes the x of L L^T x = b, L from choleskyInPlace. */
export function choleskySolve(l: Float64Array, n: number, b: Float64Array): void {
  for (let i = 0; i < n; i++) {
    let sum = b[i]!;
    for (let p = 0; p < i; p++) sum -= l[i * n + p]! * b[p]!;
    b[i] = sum / l[i * n + i]!;
  }
  for (let i = n - 1; i >= 0; i--) {
    let sum = b[i]!;
    for (let p = i + 1; p < n; p++) sum -= l[p * n + i]! * b[p]!;
    b[i] = sum / l[i * n + i]!;
  }
}
