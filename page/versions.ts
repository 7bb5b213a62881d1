import { compareVersions } from "../cli/deb/version-order";
import { AGENT, KEYRING } from "../cli/fleet/groups";
import type { StatusRow } from "../cli/fleet/status";

/** Packages that towline brings along: their versions colour no tile where there is another. */
const OWN = [AGENT, KEYRING];
/** Colours of page.css that colour-blind people tell apart; the letter tells those apart that come round again. */
const COLOURS = 7;

/** How the tiles of hosts are marked that run the same. */
export interface Mark {
  /** What they run: "hello 1.2.0". */
  readonly label: string;
  readonly letter: string;
  /** Class of page.css. */
  readonly colour: string;
}

/** Marks by what hosts of a group run; a mark stays what it was for as long as the page is open. */
export class Marks {
  private readonly known = new Map<string, Mark>();

  /** The mark of each host of a group. */
  of(rows: readonly Pick<StatusRow, "packages">[]): (row: Pick<StatusRow, "packages">) => Mark {
    const labels = new Set(rows.map(({ packages }) => labelOf(packages)));
    for (const label of [...labels].filter((one) => one !== "" && !this.known.has(one)).sort(byVersion)) {
      const place = this.known.size;
      const letter = String.fromCharCode(65 + (place % 26)) + (place < 26 ? "" : Math.floor(place / 26));
      this.known.set(label, { label, letter, colour: `v${place % COLOURS}` });
    }
    return ({ packages }) =>
      this.known.get(labelOf(packages)) ?? { label: "nothing known", letter: "–", colour: "none" };
  }
}

function labelOf(packages: Readonly<Record<string, string>>): string {
  const all = Object.entries(packages);
  const apps = all.filter(([name]) => !OWN.includes(name));
  const shown = apps.length > 0 ? apps : all.filter(([name]) => name === AGENT);
  return shown
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([name, version]) => `${name} ${version}`)
    .join(", ");
}

function byVersion(a: string, b: string): number {
  const version = (label: string) => label.split(" ").at(-1) ?? "";
  return compareVersions(version(a), version(b)) || a.localeCompare(b);
}
