/** Lists of what has equal names, in the order in which they first come. */
export function groupBy<T>(list: readonly T[], nameOf: (one: T, i: number) => string): T[][] {
  const groups = new Map<string, T[]>();
  list.forEach((one, i) => {
    const name = nameOf(one, i);
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [one]);
    else group.push(one);
  });
  return [...groups.values()];
}
