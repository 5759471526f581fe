function dot(a: ArrayLike<number>, b: ArrayLike<number>, at: number, count: number): number {
  let sum = 0;
  for (let i = at; i < at + count; i++) sum += a[i]! * b[i]!;
  return sum;
}

/** Cosine of the values at .. at + count of both; 0 where one of them has no direction, unless both have none. */
export function cosine(a: ArrayLike<number>, b: ArrayLike<number>, at = 0, count = a.length): number {
  const [aa, bb] = [dot(a, a, at, count), dot(b, b, at, count)];
  const sizes = Math.sqrt(aa * bb);
  if (sizes > 0) return Math.min(1, dot(a, b, at, count) / sizes);
  return aa === bb ? 1 : 0;
}

/** Sum of the cosines of rows of `width` values. */
export function rowCosines(a: ArrayLike<number>, b: ArrayLike<number>, width: number): number {
  let sum = 0;
  for (let at = 0; at < a.length; at += width) sum += cosine(a, b, at, width);
  return sum;
}
