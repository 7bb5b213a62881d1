/**
 * Patterns of IAM, in which `*` stands for any letters and `?` for one, compared as sets of texts: what one policy lets through, and
 * another holds back, is the question of whether two patterns meet, and not of whether they are spelt alike.
 */

/** States that are looked at before a pattern counts as not covered, which is the careful answer. */
const MOST_STATES = 20_000;

/** True where some text fits both patterns. */
export function meet(one: string, other: string): boolean {
  const width = other.length + 1;
  const known = new Map<number, boolean>();
  const from = (i: number, j: number): boolean => {
    const key = i * width + j;
    const found = known.get(key) ?? fits(i, j);
    known.set(key, found);
    return found;
  };
  const fits = (i: number, j: number): boolean => {
    const [a, b] = [one[i], other[j]];
    if (a === "*") return from(i + 1, j) || (b !== undefined && from(i, j + 1));
    if (b === "*") return from(i, j + 1) || (a !== undefined && from(i + 1, j));
    if (a === undefined || b === undefined) return a === b;
    return (a === b || a === "?" || b === "?") && from(i + 1, j + 1);
  };
  return from(0, 0);
}

/** Stands for all letters that none of the patterns names. */
const ANY_OTHER = "\0";

/** True where every text that fits the pattern fits one of the others. */
export function covered(pattern: string, others: readonly string[]): boolean {
  const letters = [...new Set([...others.join(""), ...pattern])].filter((letter) => letter !== "*" && letter !== "?");
  const start = closed(
    others,
    others.map((_, index): Place => [index, 0]),
  );
  const open: [number, readonly Place[]][] = [[0, start]];
  const seen = new Set<string>();
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const [at, places] = next;
    const key = `${at} ${places.join(" ")}`;
    if (seen.has(key)) continue;
    seen.add(key);
    if (seen.size > MOST_STATES) return false;
    const token = pattern[at];
    if (token === undefined) {
      if (!places.some(([other, place]) => place === others[other]?.length)) return false;
      continue;
    }
    if (token === "*") open.push([at + 1, places]);
    const wild = token === "*" || token === "?";
    for (const letter of wild ? [...letters, ANY_OTHER] : [token])
      open.push([token === "*" ? at : at + 1, step(others, places, letter)]);
  }
  return true;
}

/** How far the text so far fits one of the others: its number, and the place in it. */
type Place = readonly [other: number, place: number];

function step(others: readonly string[], places: readonly Place[], letter: string): readonly Place[] {
  const on = places.flatMap(([other, place]): Place[] => {
    const token = others[other]?.[place];
    if (token === "*") return [[other, place]];
    return token === letter || token === "?" ? [[other, place + 1]] : [];
  });
  return closed(others, on);
}

/** With the places behind each `*`, which may stand for nothing. */
function closed(others: readonly string[], places: readonly Place[]): readonly Place[] {
  const all = new Map<string, Place>();
  const add = (place: Place): void => {
    const [other, at] = place;
    all.set(`${other} ${at}`, place);
    if (others[other]?.[at] === "*") add([other, at + 1]);
  };
  for (const place of places) add(place);
  return [...all].sort(([one], [another]) => (one < another ? -1 : 1)).map(([, place]) => place);
}
