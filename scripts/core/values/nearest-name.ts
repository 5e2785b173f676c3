/** The name that a typist probably meant. */

/** The nearest of `names`, when it is near enough to be worth asking "did you mean"; case does not count. */
export function nearestName(wrong: string, names: Iterable<string>): string | undefined {
  const limit = Math.max(1, Math.min(3, Math.floor(wrong.length / 2)));
  let nearest: string | undefined;
  let smallest = limit + 1;
  for (const name of names) {
    const distance = editDistance(wrong.toLowerCase().slice(0, 64), name.toLowerCase().slice(0, 64));
    if (distance < smallest) [nearest, smallest] = [name, distance];
  }
  return nearest;
}

/** Levenshtein distance. */
function editDistance(a: string, b: string): number {
  let row = [...Array(b.length + 1).keys()];
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1)
      next.push(
        Math.min(
          (row[j] ?? 0) + 1,
          (next[j - 1] ?? 0) + 1,
          (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1),
        ),
      );
    row = next;
  }
  return row[b.length] ?? a.length;
}
