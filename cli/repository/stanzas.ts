/** A paragraph of a Debian control file (deb822(5)): field names in lower case, folded lines joined by newlines. */
export type Stanza = ReadonlyMap<string, string>;

/**
 * Reads paragraphs separated by blank lines, as in Packages and Release files.
 * @throws Error with the line when one is neither a field nor the continuation of one.
 */
export function parseStanzas(text: string): Stanza[] {
  const stanzas: Map<string, string>[] = [];
  let current: Map<string, string> | undefined;
  let field = "";
  for (const [index, line] of text.split("\n").entries()) {
    if (line.trim() === "") {
      current = undefined;
    } else if (/^[ \t]/.test(line) && current !== undefined) {
      current.set(field, `${current.get(field)}\n${line.trim()}`);
    } else {
      const colon = line.indexOf(":");
      if (colon < 1 || /^\s/.test(line)) throw new Error(`line ${index + 1} is no field: ${line.slice(0, 60)}`);
      if (current === undefined) {
        current = new Map();
        stanzas.push(current);
      }
      field = line.slice(0, colon).toLowerCase();
      current.set(field, line.slice(colon + 1).trim());
    }
  }
  return stanzas;
}
